import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesOf, decodeUtf8, encodeUtf8 } from './byte-text.ts'
import { readJsonFields } from './json-fields.ts'
import { splice } from './splice.ts'

/** JSON.stringify, with some characters written as `\u` escapes as well. */
function jsonString(text: string, isEscaped: boolean): string {
  const plain = JSON.stringify(text)
  if (!isEscaped) return plain
  return plain.replace(/[^\x20-\x7e]|[=%#:]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

const secrets = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
const documents = fc
  .record({
    secret: secrets,
    before: fc.json(),
    after: fc.json(),
    isEscaped: fc.boolean(),
    bom: fc.constantFrom('', '\ufeff'),
  })
  .map(({ secret, before, after, isEscaped, bom }) => ({
    secret,
    text: encodeUtf8(
      `${bom}{"a": ${before}, // x\n "list": [1, {"pass\\u0077ord": ${jsonString(secret, isEscaped)},}], "z": ${after}}`,
    ),
  }))

const keyed = (text: string) =>
  readJsonFields(text).fields.map(({ keys, value }) => [keys.join('.'), value.text] as const)

describe('the fields of JSON', () => {
  test('a secret is found under its key, and its bytes mean the secret', () => {
    fc.assert(
      fc.property(documents, ({ secret, text }) => {
        const reading = readJsonFields(text)
        expect(reading.problem).toBeUndefined()
        const field = reading.fields.find(({ keys }) => keys.join('.') === 'list.1.password')
        if (field === undefined) throw new Error('no field')
        expect(field.value.text).toBe(encodeUtf8(secret))
        const stored = text.slice(...field.value.spanOf(0, field.value.text.length))
        expect(JSON.parse(`"${decodeUtf8(stored)}"`)).toBe(secret)
        expect(JSON.parse(decodeUtf8(text.slice(...field.extent)))).toBe(secret)
      }),
    )
  })

  test('every value of a document is read, in order, with the names that lead to it', () => {
    const leaves = (value: unknown, keys: readonly string[]): readonly unknown[] =>
      value !== null && typeof value === 'object'
        ? Object.entries(value).flatMap(([name, inner]) => leaves(inner, [...keys, name]))
        : [[keys, value]]
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const { fields, problem } = readJsonFields(encodeUtf8(JSON.stringify(value)))
        expect(problem).toBeUndefined()
        const read = fields.map((field) => {
          const isString = field.extent[0] < field.value.spanOf(0, 0)[0]
          const text = decodeUtf8(field.value.text)
          return [field.keys.map(decodeUtf8), isString ? text : JSON.parse(text)]
        })
        expect(read).toEqual(leaves(JSON.parse(JSON.stringify(value)), []))
      }),
    )
  })

  test('the bytes of the part behind a colon mean that part', () => {
    fc.assert(
      fc.property(secrets, secrets, fc.boolean(), (user, secret, isEscaped) => {
        const text = encodeUtf8(`{"auth": ${jsonString(`${user}:${secret}`, isEscaped)}}`)
        const value = readJsonFields(text).fields[0]?.value
        if (value === undefined) throw new Error('no field')
        const span = value.spanOf(encodeUtf8(user).length + 1, value.text.length)
        expect(JSON.parse(`"${decodeUtf8(text.slice(...span))}"`)).toBe(secret)
      }),
    )
  })

  test('replacing nothing, or each value by its own bytes, keeps the document', () => {
    fc.assert(
      fc.property(documents, ({ text }) => {
        const edits = readJsonFields(text).fields.map(({ extent }) => ({
          span: extent,
          bytes: bytesOf(text.slice(...extent)),
        }))
        expect(splice(bytesOf(text), [])).toEqual(bytesOf(text))
        expect(splice(bytesOf(text), edits)).toEqual(bytesOf(text))
      }),
    )
  })

  test('names without quotes, single quotes and comments (JSON5)', () => {
    const text = `{ hostRules: [{ matchHost: 'bitbucket.org', /* x */ token: 'it\\'s', n: +1, }] } // end`
    expect(keyed(text)).toEqual([
      ['hostRules.0.matchHost', 'bitbucket.org'],
      ['hostRules.0.token', "it's"],
      ['hostRules.0.n', '+1'],
    ])
  })

  test('two documents in a row, and two members of one name', () => {
    expect(keyed('{"a": 1, "a": 2}\n{"b": [3, [4]]}')).toEqual([
      ['a', '1'],
      ['a', '2'],
      ['b.0', '3'],
      ['b.1.0', '4'],
    ])
  })

  test.each([
    ['{"a": "b", "c": ', [['a', 'b']]],
    [
      '{"a": "b"\n "c": "d"}',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      '{"a": "cut\n, "c": "d"}',
      [
        ['a', 'cut'],
        ['c', 'd'],
      ],
    ],
    ['{"a": "ends with a quote\\"', [['a', 'ends with a quote"']]],
    [
      '{"a" "b"]',
      [
        ['', 'a'],
        ['', 'b'],
      ],
    ],
  ])('what can be read of %j', (text, expected) => {
    expect(keyed(text)).toEqual(expected)
    expect(readJsonFields(text).problem).toBeDefined()
  })

  test('arbitrary bytes and truncated documents are a result', () => {
    const garbage = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
      fc.string({ unit: fc.constantFrom(...'{}[]:,"\'\\/*u0a \n'), maxLength: 80 }),
      fc.tuple(documents, fc.nat()).map(([{ text }, cut]) => text.slice(0, cut % (text.length + 1))),
    )
    fc.assert(
      fc.property(garbage, (text) => {
        for (const { value, extent } of readJsonFields(text).fields) {
          const [from, to] = value.spanOf(0, value.text.length)
          expect(extent[0] <= from && from <= to && to <= extent[1] && to <= text.length).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })

  test.each<[string, string]>([
    ['one long string', `{"a": "${'x\\n'.repeat(350_000)}"}`],
    ['many members in one line', `{${'"a":"b",'.repeat(120_000)}}`],
    ['brackets', `${'['.repeat(100_000)}1${']'.repeat(100_000)}`],
    ['braces', '{"a":'.repeat(100_000)],
    ['double quotes', '"'.repeat(500_000)],
    ['single quotes', "'".repeat(500_000)],
    ['escaped single quotes', "\\'".repeat(500_000)],
    ['comments', '/*'.repeat(500_000)],
    ['slashes', '/'.repeat(500_000)],
    ['words', 'a '.repeat(300_000)],
  ])('a megabyte of %s takes no long time', (_, text) => {
    const start = performance.now()
    readJsonFields(text)
    expect(performance.now() - start).toBeLessThan(5000)
  })
})
