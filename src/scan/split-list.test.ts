import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitList } from './split-list.ts'

const list = (text: string): readonly string[] => splitList(new Uint8Array(Buffer.from(text)))

describe('a list of files', () => {
  it.each([
    ['', []],
    ['a', ['a']],
    ['a\nb\n', ['a', 'b']],
    ['a\r\nb c\r\n', ['a', 'b c']],
    ['a\0b\nc\0', ['a', 'b\nc']],
    ['\n\n a \n', [' a ']],
    ['\ufeffa\nü', ['a', 'ü']],
  ])('%j', (text, names) => {
    expect(list(text)).toEqual(names)
  })

  it('gives back every name that was joined with NUL', () => {
    const name = fc
      .string({ minLength: 1, unit: 'binary' })
      .filter((text) => !/[\0\ufeff]/.test(text) && Buffer.from(text).toString() === text)
    fc.assert(
      fc.property(fc.array(name, { minLength: 2 }), (names) => {
        expect(list(names.join('\0'))).toEqual(names)
      }),
    )
  })
})
