import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeStored } from '../../test/contract/decode-stored.ts'
import { bytesOf, decodeUtf8, encodeUtf8 } from './byte-text.ts'
import { readIniFields } from './ini-fields.ts'
import { splice } from './splice.ts'

const secrets = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(...'ab0é€😀=%#;:"\'\\ []'), minLength: 1, maxLength: 12 }),
  )
  .filter((text) => text === text.trim() && !/[\x00-\x1f\x7f-\x9f\u2028\u2029]|^(["']).*\1/u.test(text))

const documents = fc
  .record({
    secret: secrets,
    separator: fc.constantFrom('=', ' = ', ': ', ' :\t'),
    newline: fc.constantFrom('\n', '\r\n'),
    quote: fc.constantFrom('', '"', "'"),
    bom: fc.constantFrom('', '\ufeff'),
  })
  .map(({ secret, separator, newline, quote, bom }) => {
    const q = secret.includes(quote) ? '' : quote
    const lines = [
      '; a = é',
      '[first]',
      'a = b',
      '  more',
      '# x',
      '  than # one',
      '[server x] ',
      ` pass word${separator}${q}${secret}${q}  `,
      'z = 1',
    ]
    return { secret, text: encodeUtf8(bom + lines.join(newline)) }
  })

const keyed = (
  text: string,
  ...more: Parameters<typeof readIniFields> extends [string, ...infer Rest] ? Rest : never
) => readIniFields(text, ...more).fields.map(({ keys, value }) => [keys.join('.'), value.text] as const)

describe('the fields of INI', () => {
  test('a secret is found under its key, and its bytes are the secret', () => {
    fc.assert(
      fc.property(documents, ({ secret, text }) => {
        const { fields, problem } = readIniFields(text)
        expect(problem).toBeUndefined()
        expect(fields.map(({ keys }) => keys.join('.'))).toEqual(['first.a', 'server x.pass word', 'server x.z'])
        expect(fields[0]?.value.text).toBe('b\nmore\nthan # one')
        const value = fields[1]?.value
        if (value === undefined) throw new Error('no field')
        expect(decodeUtf8(value.text)).toBe(secret)
        expect(value.layers).toEqual([])
        expect(decodeUtf8(text.slice(...value.spanOf(0, value.text.length)))).toBe(secret)
      }),
      { numRuns: 500 },
    )
  })

  test('a value over several lines: each part decodes by itself', () => {
    const text = encodeUtf8('[testenv]\nsetenv =\n    A = x\n\n    # comment\n    B = é:y  \n  C\n\nz = 1')
    const [field] = readIniFields(text).fields
    if (field === undefined) throw new Error('no field')
    expect(field.value.text).toBe(encodeUtf8('\nA = x\n\nB = é:y\nC'))
    const start = field.value.text.indexOf(encodeUtf8('é'))
    expect(text.slice(...field.value.spanOf(start, start + 4))).toBe(encodeUtf8('é:y'))
    const stored = bytesOf(text.slice(...field.value.spanOf(0, field.value.text.length)))
    expect(decodeStored(stored, 'ini')).toBe(decodeUtf8(field.value.text))
  })

  test('replacing nothing, or each value by its own bytes, keeps the document', () => {
    fc.assert(
      fc.property(documents, ({ text }) => {
        const edits = readIniFields(text).fields.map(({ extent }) => ({
          span: extent,
          bytes: bytesOf(text.slice(...extent)),
        }))
        expect(splice(bytesOf(text), [])).toEqual(bytesOf(text))
        expect(splice(bytesOf(text), edits)).toEqual(bytesOf(text))
      }),
    )
  })

  test('dialects', () => {
    expect(keyed('[paths]\ndefault:pushurl = x\n', { delimiters: '=' })).toEqual([['paths.default:pushurl', 'x']])
    expect(keyed('a = b;c ; d\n"e" = "f ; g" ; h\n', { inlineComments: ';' })).toEqual([
      ['.a', 'b;c'],
      ['."e"', 'f ; g'],
    ])
  })

  test('switches, directives, keys above the first section and broken lines', () => {
    expect(keyed('a = 1\nskip\n%include x\n[b\n = c\n[d]\n  e = 2\n  f =\n  g = "x" # y\n')).toEqual([
      ['.a', '1'],
      ['d.e', '2'],
      ['d.f', ''],
      ['d.g', 'x'],
    ])
    expect(readIniFields('[b\n').problem).toBeDefined()
  })

  test("the values are those of Python's configparser", (context) => {
    const line = fc.constantFrom(
      '[s]',
      '[t] ',
      'a = b',
      'c: d=e',
      '  f',
      '    g = h',
      '',
      '  ',
      '# i',
      '  ; j',
      'k =',
      ' l = "m" n',
      '\to = p',
      'q = %r',
    )
    const texts = fc.sample(
      fc.array(line, { maxLength: 8 }).map((lines) => `[top]\n${lines.join('\n')}`),
      300,
    )
    let answers: unknown
    try {
      answers = JSON.parse(execFileSync('python3', ['-c', PROGRAM], { input: JSON.stringify(texts), encoding: 'utf8' }))
    } catch {
      return context.skip('there is no python3')
    }
    const ours = texts.map((text) => readIniFields(text).fields.map(({ keys, value }) => [...keys, value.text]))
    expect(ours).toEqual(ours.map((fields, index) => (Array.isArray(answers) ? (answers[index] ?? fields) : undefined)))
  })

  test('arbitrary bytes and truncated documents are a result', () => {
    const garbage = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
      fc.string({ unit: fc.constantFrom(...'[]=:"\';#a \t\n\r'), maxLength: 80 }),
      fc.tuple(documents, fc.nat()).map(([{ text }, cut]) => text.slice(0, cut % (text.length + 1))),
    )
    fc.assert(
      fc.property(garbage, (text) => {
        for (const { value, extent } of readIniFields(text).fields) {
          const [from, to] = value.spanOf(0, value.text.length)
          expect(extent[0] <= from && from <= to && to <= extent[1] && to <= text.length).toBe(true)
        }
      }),
      { numRuns: 1000 },
    )
  })

  test.each<[string, string]>([
    ['one long value', `a=${'x '.repeat(500_000)}`],
    ['lines that go on', `a=\n${' b\n'.repeat(300_000)}`],
    ['blank lines', `a=b\n${'\n'.repeat(1_000_000)}`],
    ['lines', 'a=b\n'.repeat(200_000)],
    ['open quotes', 'a="\n'.repeat(200_000)],
    ['brackets', '['.repeat(1_000_000)],
  ])('a long run of %s takes no long time', (_, text) => {
    const start = performance.now()
    readIniFields(text)
    expect(performance.now() - start).toBeLessThan(5000)
  })
})

/** Answers null where configparser refuses the text. It refuses a section or a key that comes twice as well. */
const PROGRAM = `
import configparser, json, sys
def read(text):
    parser = configparser.RawConfigParser()
    parser.optionxform = str
    try:
        parser.read_string(text)
    except Exception:
        return None
    return [[s, k, v] for s in parser.sections() for k, v in parser[s].items()]
print(json.dumps([read(text) for text in json.load(sys.stdin)]))
`
