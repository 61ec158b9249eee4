import fc from 'fast-check'
import { getStaticTOMLValue, parseTOML } from 'toml-eslint-parser'
import { describe, expect, test } from 'vitest'
import { decodeStored } from '../../test/contract/decode-stored.ts'
import { bytesOf, decodeUtf8, encodeUtf8 } from './byte-text.ts'
import { splice } from './splice.ts'
import { readTomlFields } from './toml-fields.ts'

const secrets = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...'ab0é€😀=%#:"\'\\ -[]{}'), minLength: 1, maxLength: 12 }),
)

/** As a basic string may be written: the least escapes there must be, or the most there can be. */
function basic(text: string, isEscaped: boolean): string {
  return text.replace(isEscaped ? /[^a-z]/gu : /["\\\x00-\x08\x0a-\x1f\x7f]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16)
    return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`
  })
}

const isLiteral = (text: string) => !/['\x00-\x08\x0a-\x1f\x7f]/.test(text)

const strings = (secret: string) =>
  fc.constantFrom(
    `"${basic(secret, false)}"`,
    `"${basic(secret, true)}"`,
    `"""${basic(secret, false)}"""`,
    `"""\n${basic(secret, false)}"""`,
    `"""\r\n\\\n  ${basic(secret, true)}\\  \r\n\n """`,
    ...(isLiteral(secret) ? [`'${secret}'`, `'''${secret}'''`, `'''\n${secret}'''`] : []),
  )

const documents = secrets.chain((secret) =>
  strings(secret).chain((string) =>
    fc
      .constantFrom(
        [
          'hosts.1.auth.pass word',
          `[[hosts]]\nx = 1\n[[hosts]]\n[hosts.auth]\n"pass word" = ${string} # é\n[z]\nn = 1979-05-27`,
        ],
        ['a.b.c', `# é\na.b.c = ${string}\n`],
        ['a.b.c', `a = { b = { c = ${string} }, n = 1 }\n`],
        ['t.list.1.0', `[t]\nlist = [1, [${string}, # x\n ], true]\n`],
        ['a.0.k', `\ufeffa = [{ 'k' = ${string} }]`],
      )
      .map(([key, source]) => ({ secret, key: String(key), text: encodeUtf8(String(source)) })),
  ),
)

const keyed = (text: string) =>
  readTomlFields(text).fields.map(({ keys, value }) => [keys.join('.'), value.text] as const)

describe('the fields of TOML', () => {
  test('a secret is found under its key, whatever the kind of string, and its bytes mean the secret', () => {
    fc.assert(
      fc.property(documents, ({ secret, key, text }) => {
        const { fields, problem } = readTomlFields(text)
        expect(problem).toBeUndefined()
        const field = fields.find(({ keys }) => keys.join('.') === key)
        if (field === undefined) throw new Error('no field')
        expect(decodeUtf8(field.value.text)).toBe(secret)
        const stored = text.slice(...field.value.spanOf(0, field.value.text.length))
        expect(decodeStored(bytesOf(stored), field.value.layers[0] ?? 'plain')).toBe(secret)
        const whole = decodeUtf8(text.slice(...field.extent))
        expect(getStaticTOMLValue(parseTOML(`k = ${whole}`))).toEqual({ k: secret })
      }),
      { numRuns: 500 },
    )
  })

  test('the bytes of the part behind a colon mean that part', () => {
    fc.assert(
      fc.property(secrets, secrets, fc.boolean(), (user, secret, isEscaped) => {
        const text = encodeUtf8(`auth = "${basic(user, isEscaped)}:${basic(secret, isEscaped)}"`)
        const value = readTomlFields(text).fields[0]?.value
        if (value === undefined) throw new Error('no field')
        const stored = text.slice(...value.spanOf(encodeUtf8(user).length + 1, value.text.length))
        expect(decodeStored(bytesOf(stored), value.layers[0] ?? 'plain')).toBe(secret)
      }),
    )
  })

  test('replacing nothing, or each value by its own bytes, keeps the document', () => {
    fc.assert(
      fc.property(documents, ({ text }) => {
        const edits = readTomlFields(text).fields.map(({ extent }) => ({
          span: extent,
          bytes: bytesOf(text.slice(...extent)),
        }))
        expect(splice(bytesOf(text), [])).toEqual(bytesOf(text))
        expect(splice(bytesOf(text), edits)).toEqual(bytesOf(text))
      }),
    )
  })

  test.each<[string, string, readonly (readonly [string, string])[]]>([
    [
      'a value without quotes',
      '[a]\nb = "c"\nd = oops\ne = "f"\n[g]\n"h i".j = \'k\'\n',
      [
        ['a.b', 'c'],
        ['a.e', 'f'],
        ['g.h i.j', 'k'],
      ],
    ],
    [
      'a key that is there twice',
      'a = "b"\na = "c"\nd = "e"',
      [
        ['a', 'b'],
        ['a', 'c'],
        ['d', 'e'],
      ],
    ],
    ['an open string', 'a = "b\nc = "d" # x\n', [['c', 'd']]],
    [
      'an open array',
      'a = [\nc = "d"\n[e]\nf = "g"',
      [
        ['c', 'd'],
        ['e.f', 'g'],
      ],
    ],
    [
      'a string over several lines behind it',
      'x\na = """\nb\\"""\n""" # y\nc = "d"',
      [
        ['a', 'b"""\n'],
        ['c', 'd'],
      ],
    ],
    [
      'a template',
      '[a]\n{{ if x }}\nb = "{{ c }}"\n{{ end }}\nd = "e"\n',
      [
        ['a.b', '{{ c }}'],
        ['a.d', 'e'],
      ],
    ],
  ])('of a file with %s: what can be read is read', (_, text, expected) => {
    expect(keyed(text)).toEqual(expected)
    expect(readTomlFields(text).problem).toBeDefined()
  })

  test('arbitrary bytes and truncated documents are a result', () => {
    const garbage = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
      fc.string({ unit: fc.constantFrom(...'{}[]=,"\'\\.#a1 \t\n\r'), maxLength: 80 }),
      fc.tuple(documents, fc.nat()).map(([{ text }, cut]) => text.slice(0, cut % (text.length + 1))),
    )
    fc.assert(
      fc.property(garbage, (text) => {
        for (const { value, extent } of readTomlFields(text).fields) {
          const [from, to] = value.spanOf(0, value.text.length)
          expect(extent[0] <= from && from <= to && to <= extent[1] && to <= text.length).toBe(true)
        }
      }),
      { numRuns: 1000 },
    )
  })

  test.each<[string, string]>([
    ['one long string', `a = "${'x\\n'.repeat(350_000)}"\nb = "c"`],
    ['blanks behind a backslash', `a = """${`\\${' '.repeat(1000)}`.repeat(500)}"""`],
    ['brackets', `a = ${'['.repeat(100_000)}`],
    ['closed brackets', `a = ${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['keys', Array.from({ length: 20_000 }, (_, n) => `k${n} = "v"\n`).join('')],
    ['open strings', 'a = """\n'.repeat(100_000)],
    ['the same key', 'a = "b"\n'.repeat(100_000)],
    ['quotes', '"'.repeat(500_000)],
    ['lines that are none', 'x\n'.repeat(300_000)],
  ])(
    'a long run of %s takes no long time',
    (_, text) => {
      const start = performance.now()
      readTomlFields(text)
      expect(performance.now() - start).toBeLessThan(10_000)
    },
    20_000,
  )
})
