import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeStored } from '../../test/contract/decode-stored.ts'
import { bytesOf, decodeUtf8, encodeUtf8 } from './byte-text.ts'
import { readCrontabCommands, readCrontabFields } from './crontab-fields.ts'

const secret = fc.string({ unit: fc.constantFrom(...'abXY09_-:/@=%#"\'$\\ ^,.+é€'), minLength: 1, maxLength: 12 })

describe('crontab', () => {
  test('settings and the commands of jobs', () => {
    const document = 'A = "b c" \nD=e # f\n# X=1\n*/5 * * * 1-5 G=h curl -u "u:p\\%q" https://x%input\n@daily I=j k\n'
    const read = readCrontabFields(document).fields.map(({ keys, value }) => [keys[0], value.text])
    expect(read).toEqual([
      ['A', 'b c'],
      ['D', 'e # f'],
      ['G', 'h'],
      ['I', 'j'],
    ])
    const [command] = readCrontabCommands(document)
    expect(command?.words.map(({ value }) => value.text)).toEqual(['G=h', 'curl', '-u', 'u:p%q', 'https://x'])
  })

  test('a user stands before the command of a system', () => {
    const [command] = readCrontabCommands('1 2 * * * root git fetch\n', { hasUser: true })
    expect(command?.words.map(({ value }) => value.text)).toEqual(['git', 'fetch'])
  })

  test('any secret is found, and its bytes alone mean it', () => {
    fc.assert(
      fc.property(secret, (text) => {
        const inJob = `'${text.replaceAll("'", "'\\''")}'`.replaceAll('%', '\\%')
        const quote = text.includes("'") ? '"' : "'"
        // Behind a backslash of its own a percent sign cannot be written.
        fc.pre(!text.includes('\\%'))
        const document = encodeUtf8(`# é\nSET=${quote}${text}${quote}\n0 1 * * * JOB=${inJob} x "$SET"\n`)
        const { fields } = readCrontabFields(document)
        for (const name of ['SET', 'JOB']) {
          const value = fields.find(({ keys }) => keys[0] === name)?.value
          if (value === undefined) throw new Error('the value is missing')
          expect(decodeUtf8(value.text)).toBe(text)
          let bytes = bytesOf(document.slice(...value.spanOf(0, value.text.length)))
          for (const layer of value.layers) bytes = Buffer.from(decodeStored(bytes, layer))
          expect(Buffer.from(bytes).toString()).toBe(text)
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('nothing throws', () => {
    const unit = fc.constantFrom('A', '=', '"', "'", '\\', '\n', '* ', ' ', '#', '%', '@daily ', '1 2 3 4 5 ', '$(')
    fc.assert(fc.property(fc.array(unit), (list) => void readCrontabFields(list.join(''))))
  })

  test.each(['A="\n', '* ', '1 2 3 4 5 a\n', '1 2 3 4 5 \\%', '%', '@a ', 'A '])(
    'half a megabyte of %j takes linear time',
    (unit) => {
      const timeOf = (length: number): number => {
        const text = unit.repeat(length / unit.length)
        const start = process.cpuUsage()
        readCrontabFields(text)
        return process.cpuUsage(start).user / 1000
      }
      timeOf(50_000)
      // Five times the text, and collecting garbage beside.
      expect(timeOf(500_000)).toBeLessThan(15 * timeOf(100_000) + 1000)
    },
  )
})
