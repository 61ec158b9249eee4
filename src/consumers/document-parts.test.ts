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
