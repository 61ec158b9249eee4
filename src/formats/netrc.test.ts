import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesOf, encodeUtf8, sliceText } from './byte-text.ts'
import { encodeNetrcToken, readNetrc, unquoteNetrc } from './netrc.ts'
import { splice } from './splice.ts'

const word = fc.string({ unit: fc.constantFrom(...'abcé=%@:/"\\#! \t'), minLength: 1, maxLength: 12 })
const gap = fc.constantFrom(' ', '\n', '\t', '\r\n', '\n# comment é login x\n  ')
const entry = fc.record({
  host: fc.domain(),
  login: word,
  password: word,
  quoted: fc.boolean(),
  gaps: fc.array(gap, { minLength: 6, maxLength: 6 }),
})
const document = fc.array(entry, { minLength: 1, maxLength: 4 })

function written(
  entries: readonly { host: string; login: string; password: string; quoted: boolean; gaps: string[] }[],
): Uint8Array {
  const value = (text: string, quoted: boolean) =>
    quoted ? `"${encodeNetrcToken(text, true)}"` : encodeNetrcToken(text, false)
  const texts = entries.map(({ host, login, password, quoted, gaps }) => {
    const words = ['machine', host, 'login', value(login, quoted), 'password', value(password, quoted)]
    return words.map((part, index) => part + encodeUtf8(gaps[index] ?? ' ')).join('')
  })
  return bytesOf(texts.join('\n'))
}

describe('netrc', () => {
  test('every span decodes to its value', () => {
    fc.assert(
      fc.property(document, (entries) => {
        const bytes = written(entries)
        const read = readNetrc(bytes).entries
        expect(read.map(({ login, password }) => [login?.text, password?.text])).toEqual(
          entries.map(({ login, password }) => [login, password]),
        )
        for (const token of read.flatMap(({ login, password }) => [login, password])) {
          if (token === undefined) throw new Error('a value is missing')
          const stored = sliceText(bytes, token.span)
          expect(token.quoted ? unquoteNetrc(stored) : Buffer.from(stored, 'latin1').toString()).toBe(token.text)
        }
      }),
    )
  })

  test('a new value reads back, and everything else keeps its bytes', () => {
    fc.assert(
      fc.property(document, word, fc.nat(), (entries, next, choice) => {
        const bytes = written(entries)
        const index = choice % entries.length
        const token = readNetrc(bytes).entries[index]?.password
        if (token === undefined) throw new Error('a value is missing')
        const put = bytesOf(encodeNetrcToken(next, token.quoted))
        const after = splice(bytes, [{ span: token.span, bytes: put }])
        expect(readNetrc(after).entries.map(({ password }) => password?.text)).toEqual(
          entries.map(({ password }, at) => (at === index ? next : password)),
        )
        const back = splice(after, [
          { span: [token.span[0], token.span[0] + put.length], bytes: bytes.subarray(...token.span) },
        ])
        expect(back).toEqual(bytes)
      }),
    )
  })

  test('splicing nothing gives the same bytes, and no input throws', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(splice(bytes, [])).toEqual(bytes)
        readNetrc(bytes)
      }),
    )
  })
})
