import { parseEnv } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeStored } from '../../test/contract/decode-stored.ts'
import { bytesOf, decodeUtf8, encodeUtf8 } from './byte-text.ts'
import { readDotenvFields } from './dotenv-fields.ts'

const secret = fc.string({ unit: fc.constantFrom(...'abXY09_-:/@=%#"\'$`\\ ^,.+é€'), minLength: 1, maxLength: 12 })

describe('dotenv', () => {
  test.each([
    ['plain', 'A=b\nexport C=d\r\n', 'A=b C=d'],
    ['blanks around the sign', '  A = b c  \n', 'A=b c'],
    ['a comment behind a blank only', 'A=b#c # d\n# E=f\nG=\n', 'A=b#c G='],
    ['quotes', `A="b # c" # d\nB='e "f"'\nC=\`g'h\``, `A=b # c B=e "f" C=g'h`],
    ['over lines', 'A="b\nc"\nD=e', 'A=b\nc D=e'],
    ['a colon', 'A: b\nC:d', 'A=b'],
    ['quotes inside of a value', 'A={"b": "c"}\nD="e"f', 'A={"b": "c"} D="e"f'],
    ['a quote that is not closed', 'A="b\nC=d', 'A="b C=d'],
  ])('%s', (_, document, expected) => {
    const read = readDotenvFields(document).fields.map(({ keys, value }) => `${keys[0]}=${value.text}`)
    expect(read.join(' ')).toBe(expected)
  })

  test('any secret in any quotes is found, and its bytes alone mean it', () => {
    const double = (text: string) => `"${text.replace(/["\\$`]/g, '\\$&')}"`
    fc.assert(
      fc.property(secret, (text) => {
        const ways = [double(text)]
        if (!text.includes("'")) ways.push(`'${text}'`)
        if (!text.includes('`')) ways.push(`\`${text}\``)
        if (!/^["'`#]|^ | $| #/.test(text)) ways.push(text)
        for (const way of ways) {
          const document = encodeUtf8(`# é\nX=1\nTOKEN=${way} # c\nY=2\n`)
          const { fields } = readDotenvFields(document)
          expect(fields.map(({ keys }) => keys[0])).toEqual(['X', 'TOKEN', 'Y'])
          const value = fields[1]?.value
          if (value === undefined) throw new Error('the value is missing')
          expect(decodeUtf8(value.text)).toBe(text)
          const bytes = document.slice(...value.spanOf(0, value.text.length))
          expect(decodeStored(bytesOf(bytes), value.layers[0] ?? 'plain')).toBe(text)
        }
      }),
      { numRuns: 2000 },
    )
  })

  // Node unescapes `\n` alone, and takes a `#` without a blank for a comment.
  test('Node reads the same where nothing is escaped', () => {
    const plain = secret.filter((text) => !/["'`\\#$\n]|^ | $/.test(text))
    fc.assert(
      fc.property(plain, fc.constantFrom('', '"', "'", '`'), (text, quote) => {
        const document = `A=1\nexport TOKEN=${quote}${text}${quote}\nB=2\n`
        const ours = readDotenvFields(encodeUtf8(document)).fields.map(({ keys, value }) => [
          keys[0],
          decodeUtf8(value.text),
        ])
        expect(Object.fromEntries(ours)).toEqual({ ...parseEnv(document) })
      }),
    )
  })

  test('nothing throws', () => {
    const unit = fc.constantFrom('A', '=', '"', "'", '\\', '\n', '\r\n', ' ', '#', ': ', 'export ', '`')
    fc.assert(fc.property(fc.array(unit), (list) => void readDotenvFields(list.join(''))))
  })

  test.each(['A="\n', 'A="b\\"\n', "A='\n", 'A=b ', ' ', 'A=b\n', 'A="b"c\n'])(
    'a megabyte of %j takes linear time',
    (unit) => {
      const timeOf = (length: number): number => {
        const text = unit.repeat(length / unit.length)
        const start = process.cpuUsage()
        readDotenvFields(text)
        return process.cpuUsage(start).user / 1000
      }
      timeOf(100_000)
      // Five times the text, and collecting garbage beside.
      expect(timeOf(1_000_000)).toBeLessThan(15 * timeOf(200_000) + 2000)
    },
  )
})
