import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeStored } from '../../test/contract/decode-stored.ts'
import { bytesOf, decodeUtf8, encodeUtf8 } from './byte-text.ts'
import { readPropertiesFields } from './properties-fields.ts'
import { splice } from './splice.ts'

const secrets = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...'ab0é€😀=%#!:"\'\\ \t\f'), minLength: 1, maxLength: 12 }),
)
const latin = fc.string({ unit: fc.constantFrom(...'ab0éÿ=%#:\\ \xa0\x85'), minLength: 1, maxLength: 12 })

/** As `Properties.store` writes a value, or with nothing escaped that need not be. */
function stored(value: string, isAscii: boolean): string {
  return value
    .replace(/[\\\r\n]/g, (character) => ({ '\r': '\\r', '\n': '\\n' })[character] ?? '\\\\')
    .replace(isAscii ? /^[ =:]/ : /^[ \t\f=:]/, (blank) => `\\${blank}`)
    .replace(isAscii ? /[^\x20-\x7e]/g : /\0/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

const layout = fc.record({
  separator: fc.constantFrom('=', ':', ' ', '\t', ' = ', ': ', ' =\\\n   ', '=\\\r\n '),
  newline: fc.constantFrom('\n', '\r\n'),
  isAscii: fc.boolean(),
  bom: fc.constantFrom('', '\ufeff'),
})

const documents = fc
  .record({ secret: secrets, layout })
  .map(({ secret, layout: { separator, newline, isAscii, bom } }) => {
    const lines = [
      '# a comment = é \\',
      '! other',
      '',
      ' a\\ b\\=c = x\\',
      '   y',
      `bit.pass\\u0077ord${separator}${stored(secret, isAscii)}`,
      'z',
    ]
    return { secret, text: encodeUtf8(bom + lines.join(newline)) }
  })

function only(text: string) {
  const field = readPropertiesFields(text).fields.find(({ keys }) => keys[0] === 'bit.password')
  if (field === undefined) throw new Error('no field')
  return field
}

describe('the fields of Java properties', () => {
  test('a secret is found under its key, and its bytes mean the secret', () => {
    fc.assert(
      fc.property(documents, ({ secret, text }) => {
        expect(readPropertiesFields(text).fields.map(({ keys }) => keys)).toEqual([['a b=c'], ['bit.password'], ['z']])
        const { value } = only(text)
        expect(value.text).toBe(encodeUtf8(secret))
        const bytes = bytesOf(text.slice(...value.spanOf(0, value.text.length)))
        expect(decodeStored(bytes, value.layers[0] ?? 'plain')).toBe(secret)
      }),
      { numRuns: 500 },
    )
  })

  test('a file in latin1 is read as such, and handed out as UTF-8', () => {
    fc.assert(
      fc.property(latin, (secret) => {
        const text = `a=\xe9\nbit.password=${stored(secret, false)}\n`
        const { value } = only(text)
        expect(decodeUtf8(value.text)).toBe(secret)
      }),
    )
  })

  test('the bytes of the part behind a colon mean that part', () => {
    fc.assert(
      fc.property(secrets, secrets, fc.boolean(), (user, secret, isAscii) => {
        const text = encodeUtf8(`bit.password=${stored(`${user}:${secret}`, isAscii)}`)
        const { value } = only(text)
        const bytes = bytesOf(text.slice(...value.spanOf(encodeUtf8(user).length + 1, value.text.length)))
        expect(decodeStored(bytes, value.layers[0] ?? 'plain')).toBe(secret)
      }),
    )
  })

  test('replacing nothing, or each value by its own bytes, keeps the document', () => {
    fc.assert(
      fc.property(documents, ({ text }) => {
        const edits = readPropertiesFields(text).fields.map(({ extent }) => ({
          span: extent,
          bytes: bytesOf(text.slice(...extent)),
        }))
        expect(splice(bytesOf(text), [])).toEqual(bytesOf(text))
        expect(splice(bytesOf(text), edits)).toEqual(bytesOf(text))
      }),
    )
  })

  test('escapes begin with a small letter', () => {
    expect(only('bit.password = \\u0041\\U0042').value.text).toBe('AU0042')
  })

  test('a value goes on behind a backslash at the end of its line', () => {
    const value = only('bit.password = one\\\r\n   two\\\n\tthree\\\\\nz=1').value
    expect(value.text).toBe('onetwothree\\')
  })

  test('arbitrary bytes and truncated documents are a result', () => {
    const garbage = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
      fc.string({ unit: fc.constantFrom(...'=:\\ua0#! \t\n\r\xe9'), maxLength: 80 }),
      fc.tuple(documents, fc.nat()).map(([{ text }, cut]) => text.slice(0, cut % (text.length + 1))),
    )
    fc.assert(
      fc.property(garbage, (text) => {
        for (const { value, extent } of readPropertiesFields(text).fields) {
          const [from, to] = value.spanOf(0, value.text.length)
          expect(extent[0] <= from && from <= to && to <= extent[1] && to <= text.length).toBe(true)
        }
      }),
      { numRuns: 1000 },
    )
  })

  test.each<[string, string]>([
    ['one long value', `a=${'x\\n'.repeat(350_000)}`],
    ['backslashes', '\\'.repeat(1_000_000)],
    ['joined lines', 'a\\\n'.repeat(300_000)],
    ['blanks', ' '.repeat(1_000_000)],
    ['lines', 'a=b\n'.repeat(200_000)],
    ['signs', '='.repeat(1_000_000)],
  ])('a long run of %s takes no long time', (_, text) => {
    const start = performance.now()
    readPropertiesFields(text)
    expect(performance.now() - start).toBeLessThan(5000)
  })
})
