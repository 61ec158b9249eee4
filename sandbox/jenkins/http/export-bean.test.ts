import { expect, test } from 'vitest'
import { type Bean, exportJson } from './export-bean.ts'

const BEAN: Bean = {
  _class: 'Root',
  fields: {
    b: 'text',
    a: 1,
    nothing: null,
    map: { entries: { _: { _class: 'Entry', fields: { list: [{ fields: { id: 'x', name: 'y' } }] } } } },
    list: [1, 2, 3].map((number) => ({
      _class: 'Item',
      fields: { number, deep: number * 10 },
      visibility: { number: 2 },
    })),
  },
}

const get = (query: string) => exportJson(BEAN, new URLSearchParams(query))

test('depth 0 shows the fields of the root, and of what is nested only its class and its most visible fields', () => {
  expect(get('')).toEqual({
    _class: 'Root',
    a: 1,
    b: 'text',
    list: [1, 2, 3].map((number) => ({ _class: 'Item', number })),
    map: { _: { _class: 'Entry' } },
    nothing: null,
  })
})

test('depth 1 and depth 2 go one level further each', () => {
  expect(get('depth=1')).toMatchObject({ map: { _: { _class: 'Entry', list: [{}] } } })
  expect(get('depth=2')).toMatchObject({ map: { _: { list: [{ id: 'x', name: 'y' }] } } })
})

test('a tree names what it wants; the class comes unasked', () => {
  expect(get('tree=a,map[list[id]]')).toEqual({
    _class: 'Root',
    a: 1,
    map: { _: { _class: 'Entry', list: [{ id: 'x' }] } },
  })
})

test('a star stands for every field of one level', () => {
  expect(get('tree=map[*]')).toEqual({ _class: 'Root', map: { _: { _class: 'Entry', list: [{}] } } })
})

test('a range takes a part of a list', () => {
  expect(get('tree=list[number]{1,3}')).toMatchObject({ list: [{ number: 2 }, { number: 3 }] })
  expect(get('tree=list[number]{0}')).toMatchObject({ list: [{ number: 1 }] })
})

test.each(['', 'a[', 'a]', 'a[b', 'a,,b', 'a{x}'])('a malformed tree is refused: %s', (tree) => {
  expect(() => get(`tree=${tree}`)).toThrow('Malformed tree expression')
})
