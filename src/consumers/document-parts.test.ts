import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { partsOf } from './document-parts.ts'

const at = (offset: number) => ({ extent: [offset, offset + 1] as const })

describe('documents of a stream', () => {
  test('a line of three dashes starts the next one', () => {
    const text = '---\na: 1\n--- # second\na: 2\n'
    const partOf = partsOf('yaml', text)
    expect([partOf(at(text.indexOf('1'))), partOf(at(text.indexOf('2')))]).toEqual([1, 2])
  })

  test('dashes elsewhere start nothing', () => {
    const text = 'a: ---\nb: |\n  ---\n  x\n----\nc: 3\n'
    expect(partsOf('yaml', text)(at(text.indexOf('3')))).toBe(0)
  })

  test('other formats have one document', () => {
    expect(partsOf('dotenv', '---\nA=1\n')(at(5))).toBe(0)
  })

  test('a place is in as many documents as marks stand before it', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('---', 'a: 1', ''), { maxLength: 30 }), (lines) => {
        const text = lines.join('\n')
        const partOf = partsOf('yaml', text)
        let offset = 0
        let marks = 0
        for (const line of lines) {
          if (line === '---') marks++
          expect(partOf(at(offset))).toBe(marks)
          offset += line.length + 1
        }
      }),
    )
  })
})

describe('blocks of a text', () => {
  test('each has its own names, and the one around it goes on behind it', () => {
    const text =
      'a = 1\nproviders {\n  b = 2\n  github {\n    c = 3\n  }\n  d = 4\n  other {\n    e = 5\n  }\n}\nf = 6\n'
    const partOf = partsOf('text', text)
    const [a, b, c, d, e, f] = [...'123456'].map((digit) => partOf(at(text.indexOf(digit))))
    expect([a, b]).toEqual([f, d])
    expect(new Set([a, b, c, e]).size).toBe(4)
  })

  test('a brace that nothing closes, or that closes nothing, ends no document', () => {
    const text = '}\na = 1\n}\nb = 2\n'
    const partOf = partsOf('text', text)
    expect(partOf(at(text.indexOf('1')))).toBe(partOf(at(text.indexOf('2'))))
  })
})
