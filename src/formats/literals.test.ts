import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeStored } from '../../test/contract/decode-stored.ts'
import { INTERPRETERS, interpret } from '../../test/support/literal-interpreters.ts'
import { LITERAL_STYLES } from '../../test/support/literal-writers.ts'
import { byteText, decodeUtf8, encodeUtf8 } from './byte-text.ts'
import { type CodeLanguage, SYNTAXES } from './literal-styles.ts'
import { lexCode, type Token } from './literals.ts'

/** Everything that some quoting style treats in its own way, and characters of two, three and four bytes. */
const secrets = fc.string({
  unit: fc.constantFrom(...'abcuUxnNtr019_-"\'`\\$#%{}()[]/:=@,;&|<>!?*+~^ .éß€漢😀'),
  minLength: 1,
  maxLength: 24,
})
const languages = Object.keys(SYNTAXES) as readonly CodeLanguage[]

function literalsOf(source: string, language: CodeLanguage): readonly Token[] {
  return lexCode(encodeUtf8(source), language).filter(({ kind }) => kind === 'literal')
}

function texts(source: string, language: CodeLanguage): readonly string[] {
  return literalsOf(source, language).map(({ value }) => decodeUtf8(value?.text ?? ''))
}

/** The text of a heredoc ends with its line end. */
function chomped(text: string): string {
  return text.replace(/\n$/, '')
}

describe('literals', () => {
  for (const { name, language, write } of LITERAL_STYLES) {
    it(`${name}: the text is the secret, and so are the stored bytes, decoded`, () => {
      fc.assert(
        fc.property(secrets, (secret) => {
          const literal = write(secret)
          fc.pre(literal !== undefined)
          const document = Buffer.from(`${language === 'php' ? '<?php ' : ''}é = ${literal}\nb = 1\n`)
          const [token, ...others] = lexCode(byteText(document), language).filter(({ kind }) => kind === 'literal')
          expect(others).toEqual([])
          if (token?.value === undefined) throw new Error(`not found in ${literal}`)
          const { text, layers, spanOf } = token.value
          expect(chomped(decodeUtf8(text))).toBe(secret)
          const stored = document.subarray(...spanOf(0, encodeUtf8(secret).length))
          expect(decodeStored(stored, layers[0] ?? 'plain')).toBe(secret)
        }),
        { numRuns: 200 },
      )
    })
  }

  for (const interpreter of INTERPRETERS) {
    const { language, command } = interpreter
    it(`${language}: ${command} takes the literals for the same`, (context) => {
      const literals = LITERAL_STYLES.filter((style) => style.language === language).flatMap(({ write }) =>
        fc.sample(secrets, { numRuns: 60, seed: 7 }).flatMap((secret) => write(secret) ?? []),
      )
      const meant = interpret(interpreter, literals)
      if (meant === undefined) {
        console.warn(`LEFT OUT: ${command} is not installed, so ${language} is held by a table of its escapes alone`)
        return context.skip()
      }
      const source = literals.map((literal) => `x = ${literal}\n`).join('')
      const read = texts(language === 'php' ? `<?php\n${source}` : source, language)
      expect(read.map(chomped)).toEqual(meant)
    }, 60_000)
  }

  it('Kotlin, Scala, C# and Rust are held by tables of their escapes alone', () => {
    const asked = new Set(INTERPRETERS.map(({ language }) => language))
    expect(languages.filter((language) => !asked.has(language))).toEqual(['kotlin', 'scala', 'csharp', 'rust'])
  })
})

describe('escapes that the interpreters know', () => {
  it.each<[CodeLanguage, string, string]>([
    ['php', '<?php "\\x41\\101\\u{e9}\\e\\q\\$"', 'AAé\x1b\\q$'],
    ['php', "<?php '\\n\\\\\\''", "\\n\\'"],
    ['python', '"\\x41\\101\\xe9\\u00e9\\q\\\n."', 'AAéé\\q.'],
    ['python', 'rb"\\x41\\""', '\\x41\\"'],
    ['javascript', "'\\x41\\101\\u{1f600}\\q\\\n.'", 'AA😀q.'],
    ['groovy', "'\\u0041\\101\\$'", 'AA$'],
    ['ruby', '"\\x41\\101\\s\\q\\u{41}"', 'AA qA'],
    ['go', '"\\x41\\101\\u00e9"', 'AAé'],
    ['java', '"\\101\\uu0041\\s"', 'AA '],
    ['csharp', '"\\x41\\u0041\\0"', 'AA\0'],
    ['rust', '"\\x41\\u{e9}\\\n   b"', 'Aéb'],
    ['hcl', 'a = "\\u0041$${b}%%{c}"', 'A${b}%{c}'],
  ])('%s %s', (language, source, text) => {
    expect(texts(source, language)).toEqual([text])
  })
})

describe('where literals begin and end', () => {
  it.each<[string, CodeLanguage, string, readonly string[]]>([
    ['comments hold none', 'javascript', '// "a"\n/* "b" */ "c"', ['c']],
    ['a comment mark inside a literal is text', 'javascript', '"http://a" + "/*" + "b"', ['http://a', '/*', 'b']],
    ['block comments nest in Rust', 'rust', '/* /* "a" */ "b" */ "c"', ['c']],
    ['code in a template literal may hold literals', 'javascript', '`a${`b${"}"}`}c` + "d"', ['a${`b${"}"}`}c', 'd']],
    ['a quote in a regular expression is none', 'javascript', 'x = /["/]/g; y = "a"', ['a']],
    ['a division is no regular expression', 'javascript', 'x = a / b; y = "c"; z = d / e', ['c']],
    ['text outside of PHP is passed over', 'php', '<p>Don\'t</p><?php $a = "b" // c ?> it\'s <?= "d" ?>', ['b', 'd']],
    ['an attribute of PHP is no comment', 'php', '<?php #[A("b")]', ['b']],
    ['two heredocs of one line', 'ruby', 'f(<<~A, <<-B, "c")\n  a\n   a\nA\nb\n  B\n"d"', ['a\n a\n', 'b\n', 'c', 'd']],
    ['shifting is no heredoc', 'ruby', 'a << B\n"c"', ['c']],
    ['a heredoc that is indented', 'hcl', 'a = <<-E\n    a\n     b\n  E\nb = "c"', ['a\n b\n', 'c']],
    ['a lifetime is no character', 'rust', "fn f<'a, 'b>(x: &'a str) { \"c\" }", ['c']],
    ['a quote as a character', 'java', '\'"\' + "a" + \'\\\'\' + "b"', ['a', 'b']],
    ['a template of HCL may hold literals', 'hcl', 'a = "x${f("y")}z"', ['x${f("y")}z']],
    ['an apostrophe in markup', 'javascript', '<p>Don\'t {f("a")}</p>\nx = "b"', ['a', 'b']],
    ['a quote that is never closed', 'python', 'a = "b\nc = "d"', ['d']],
    ['more quotes than needed', 'kotlin', '"""a""""', ['a"']],
    ['behind __END__ stands no Ruby', 'ruby', '"a"\n__END__\n"b"', ['a']],
    ['a byte order mark and a shebang', 'python', '\ufeff#!/usr/bin/env python\'\n"a"', ['a']],
  ])('%s', (_, language, source, expected) => {
    expect(texts(source, language)).toEqual(expected)
  })
})

describe('any text', () => {
  it('is cut without throwing, in order, and the stored bytes of a plain literal are its text', () => {
    const pieces = fc.array(
      fc.constantFrom(
        '"',
        "'",
        '`',
        '"""',
        "'''",
        '\\',
        '${',
        '}',
        '{',
        '/*',
        '*/',
        '//',
        '#',
        '<<-A',
        '<<<A',
        'A',
        '\n',
        '/',
        '$/',
        'r#"',
        '%q(',
        ')',
        '<?',
        '?>',
        'x',
        '=',
        '@"',
        'é',
      ),
      { maxLength: 60 },
    )
    fc.assert(
      fc.property(
        fc.oneof(
          pieces.map((all) => all.join('')),
          fc.string({ unit: 'binary' }),
        ),
        fc.constantFrom(...languages),
        (source, language) => {
          const text = encodeUtf8(source)
          for (const { kind, extent, value } of lexCode(text, language)) {
            expect(extent[0]).toBeLessThan(extent[1])
            expect(extent[1]).toBeLessThanOrEqual(text.length)
            if (kind !== 'literal' || value === undefined) continue
            if (value.layers.length === 0) expect(text.slice(...value.spanOf(0, value.text.length))).toBe(value.text)
          }
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('one escape may stand for more characters than a call takes arguments', () => {
    const [literal] = lexCode(`"\\u{${'61 '.repeat(200_000)}}"`, 'ruby')
    expect(literal?.value?.text).toBe('a'.repeat(200_000))
  })

  it('escapes of Java begin with a small letter', () => {
    expect(texts('"\\uu0041\\uU0041"', 'java')).toEqual(['A\\uU0041'])
  })

  it('may be cut off anywhere', () => {
    for (const { language, write } of LITERAL_STYLES) {
      const source = encodeUtf8(`f(a, b = ${write('secret')}, "c") { 'd' }\n`)
      for (let end = 0; end <= source.length; end++) lexCode(source.slice(0, end), language)
    }
  })

  it.each(languages)('%s: takes linear time, whatever is repeated', (language) => {
    const quotes = ['"', "'", '"""', '"${', '`${', "f'{", '$/', 'r#"', '@"', '%q(', '{"']
    for (const piece of [...quotes, '/*', '<<A ', '<<~A\n', '<<<A\n', '/', '/[']) {
      const text = piece.repeat(60_000 / piece.length)
      const start = performance.now()
      lexCode(text, language)
      expect(performance.now() - start, `sixty kilobytes of ${piece}`).toBeLessThan(3000)
    }
  })

  it('a minified line of a megabyte takes a moment', () => {
    const line = 'a.b=function(c){return{d:"e",f:/[/"]/.test(g)?`h${i}`:\'j\'}};'.repeat(16_000)
    const start = performance.now()
    expect(lexCode(line, 'javascript').length).toBeGreaterThan(300_000)
    expect(performance.now() - start).toBeLessThan(15_000)
  })
})
