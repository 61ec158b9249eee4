import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeStored } from '../../test/contract/decode-stored.ts'
import { bytesOf, decodeUtf8, encodeUtf8 } from './byte-text.ts'
import { readMakefileCommands, readMakefileFields } from './makefile-fields.ts'

const hasMake = ((): boolean => {
  try {
    return execFileSync('make', ['--version']).length > 0
  } catch {
    return false
  }
})()
if (!hasMake) process.stderr.write('make is not installed: what make itself reads is NOT compared\n')

const secret = fc
  .string({ unit: fc.constantFrom(...'abXY09_-:/@=%#"\'$ ^,.+é€'), minLength: 1, maxLength: 12 })
  .filter((text) => text.trim() === text)
const written = (text: string): string => text.replaceAll('$', '$$$$').replaceAll('#', '\\#')

describe('makefile', () => {
  test.each([
    ['flavours', 'A = b\nC := d\nE ?= f\nG += h\nI ::= j', 'A=b C=d E=f G=h I=j'],
    ['export, override, of a target', 'export A := b\noverride C = d\nall: E = f\n', 'A=b C=d E=f'],
    ['a comment, a dollar sign', 'A = b$$c \\# d # e\n#F = g', 'A=b$c # d'],
    ['a continuation', 'A = b \\\n  c\nD = e', 'A=b c D=e'],
    ['a definition', 'define A =\nb $$c\nd\nendef\nE = f', 'A=b $c\nd E=f'],
    ['recipes are shell', 'all: x\n\t@A=$$B C="d e" run \\\n\t  F=g\n\nH = i', 'A=$B C=d e F=g H=i'],
    ['a recipe behind a semicolon', 'all: x ; A=b run', 'A=b'],
  ])('%s', (_, document, expected) => {
    const read = readMakefileFields(document).fields.map(({ keys, value }) => `${keys[0]}=${value.text}`)
    expect(read.join(' ')).toBe(expected)
  })

  test('variables of make and of the shell', () => {
    const [command] = readMakefileCommands('all:\n\tcurl -u "$(U):$$P" https://x/$${Q}\n')
    expect(command?.words.map(({ variables }) => variables)).toEqual([[], [], ['U', 'P'], ['Q']])
  })

  test('any secret is found, and its bytes alone mean it', () => {
    fc.assert(
      fc.property(secret, (text) => {
        const inRecipe = `'${text.replaceAll("'", "'\\''")}'`.replaceAll('$', '$$$$')
        const document = encodeUtf8(`# é\nexport SET := ${written(text)} # c\nall:\n\t@JOB=${inRecipe} run\n`)
        const { fields } = readMakefileFields(document)
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

  test.runIf(hasMake)('make reads the same', () => {
    fc.assert(
      fc.property(fc.array(secret, { minLength: 20, maxLength: 30 }), (secrets) => {
        const document = encodeUtf8(secrets.map((text, index) => `V${index} = ${written(text)} # c\n`).join(''))
        const print = secrets.map((_, index) => `$(info <$(V${index})>)\n`).join('')
        const input = Buffer.from(`${document}${print}all:;@:\n`, 'latin1')
        const output = execFileSync('make', ['-s', '-f', '-'], { input }).toString('utf8')
        const read = readMakefileFields(document).fields.map(({ value }) => `<${decodeUtf8(value.text)}>`)
        // Make keeps the blank in front of a comment.
        expect(output.trim().replaceAll(' >\n', '>\n').replace(/ >$/, '>').split('\n')).toEqual(read)
        expect(read).toEqual(secrets.map((text) => `<${text}>`))
      }),
      { numRuns: 10 },
    )
  })

  test('nothing throws', () => {
    const unit = fc.constantFrom(
      'A',
      '=',
      ':',
      '"',
      '\\',
      '\n',
      '\t',
      ' ',
      '#',
      '$$',
      '$(',
      'define A\n',
      'endef\n',
      ';',
    )
    fc.assert(fc.property(fc.array(unit), (list) => void readMakefileFields(list.join(''))))
  })

  test.each(['A=b\n', 'a: ', 'a:\n\tb\n', '\\\n', 'define A\n', '\\', '$$', 'A = \\#', '\t', 'a:b;', ' \\\n'])(
    'a megabyte of %j takes linear time',
    (unit) => {
      const timeOf = (length: number): number => {
        const text = unit.repeat(length / unit.length)
        const start = process.cpuUsage()
        readMakefileFields(text)
        return process.cpuUsage(start).user / 1000
      }
      timeOf(100_000)
      // Five times the text, and collecting garbage beside.
      expect(timeOf(1_000_000)).toBeLessThan(15 * timeOf(200_000) + 2000)
    },
  )
})
