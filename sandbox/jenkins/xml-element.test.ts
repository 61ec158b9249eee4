import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { className, element, PROLOG_ON_DISK, parseXml, writeXml } from './xml-element.ts'

const folder = mkdtempSync(join(tmpdir(), 'xml-element-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const AWKWARD = 'a & b < c > d "e" \'f\' \r\n\t\u0001\u001b\u0085 é ✓'

test('text is escaped as the writer of Jenkins does it', () => {
  expect(writeXml(element('description', AWKWARD))).toBe(
    '<description>a &amp; b &lt; c &gt; d &quot;e&quot; &apos;f&apos; &#xd;\n\t&#x1;&#x1b;&#x85; é ✓</description>',
  )
})

test('two blanks of indentation, empty text kept apart from no text, no newline at the end', () => {
  const root = element('a', [element('b', [element('c', '')]), element('d')], { class: 'x$Y' })
  expect(writeXml(root)).toBe('<a class="x$Y">\n  <b>\n    <c></c>\n  </b>\n  <d/>\n</a>')
})

test('what was written is read back', () => {
  const root = element('root', [element('one', AWKWARD), element('two'), element('three', '')])
  expect(parseXml(PROLOG_ON_DISK + writeXml(root)).children).toEqual(root.children)
})

test('the value of an element is the text before its first child', () => {
  const password = parseXml('<password>\n    <secret-redacted/>\n  </password>')
  expect(password.text).toBe('\n    ')
  expect(parseXml('<password>a<b/>c</password>').text).toBe('a')
})

test('a supplementary character cannot be written', () => {
  expect(() => writeXml(element('description', '\u{1f600}'))).toThrow('Invalid character in XML stream')
})

test.each(['', 'text', '<a>', '<a></b>', '<a/><b/>', '<a>&nope;</a>'])('malformed text is refused: %s', (source) => {
  expect(() => parseXml(source)).toThrow()
})

test('element names are unescaped, class attributes are taken as they are', () => {
  expect(className(element('a.B_-C__D'))).toBe('a.B$C_D')
  expect(className(element('map', [], { class: 'hudson.util.CopyOnWriteMap$Hash' }))).toBe(
    'hudson.util.CopyOnWriteMap$Hash',
  )
})

const JAVA_PARSER = `
import javax.xml.parsers.DocumentBuilderFactory;
public class Read {
  public static void main(String[] args) throws Exception {
    var text = DocumentBuilderFactory.newInstance().newDocumentBuilder()
        .parse(new java.io.File(args[0])).getDocumentElement().getTextContent();
    System.out.print(java.util.Base64.getEncoder().encodeToString(text.getBytes("UTF-8")));
  }
}
`

const hasJava = spawnSync('java', ['-version']).status === 0

test.skipIf(!hasJava)('the XML parser of the JDK reads the same text', () => {
  const file = join(folder, 'credentials.xml')
  const program = join(folder, 'Read.java')
  writeFileSync(file, PROLOG_ON_DISK + writeXml(element('description', AWKWARD)))
  writeFileSync(program, JAVA_PARSER)
  const done = spawnSync('java', [program, file], { encoding: 'utf8' })
  expect(Buffer.from(done.stdout, 'base64').toString('utf8')).toBe(AWKWARD)
})
