import { expect, test } from 'vitest'
import { bytesOf, byteText, lineAt } from './byte-text.ts'
import { splice } from './splice.ts'

const edit = (start: number, end: number, text: string) => ({ span: [start, end] as const, bytes: bytesOf(text) })

test('edits in any order replace their spans; two insertions at one point keep their order', () => {
  expect(byteText(splice(bytesOf('abcdef'), [edit(4, 5, 'X'), edit(0, 1, ''), edit(2, 2, '1'), edit(2, 2, '2')]))).toBe(
    'b12cdXf',
  )
})

test.each([[[edit(0, 2, ''), edit(1, 3, '')]], [[edit(2, 1, '')]], [[edit(0, 9, '')]]])(
  'edits that do not fit throw',
  (edits) => {
    expect(() => splice(bytesOf('abc'), edits)).toThrow(RangeError)
  },
)

test('lines are counted from one and end with LF', () => {
  const bytes = bytesOf('a\r\nb\n\nc')
  expect([0, 3, 5, 6].map((offset) => lineAt(bytes, offset))).toEqual([1, 2, 3, 4])
})
