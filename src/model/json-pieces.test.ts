import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chunksOf, jsonPieces } from './json-pieces.ts'

const whole = (value: unknown): string => [...jsonPieces(value)].join('')

test('together they are what JSON.stringify writes with two blanks', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      expect(whole(value)).toBe(JSON.stringify(value, undefined, 2))
    }),
  )
})

test.each([
  ['nothing', {}],
  ['an empty list', []],
  ['members that are undefined', { a: undefined, b: [undefined, 1], c: { d: undefined } }],
  ['only members that are undefined', { a: undefined }],
  ['a date', { at: new Date(0), all: [new Date(1)] }],
  ['lists in lists', { a: [[1, [2]], [], [[]]] }],
  ['line feeds in texts', { 'a\nb': ['c\nd', { e: 'f\ng' }] }],
  ['a text', 'x'],
  ['null', null],
])('%s', (_, value) => {
  expect(whole(value)).toBe(JSON.stringify(value, undefined, 2))
})

test('none of them is long where a list is', () => {
  const places = Array.from({ length: 1000 }, (_, id) => ({ id, at: { path: '/x', lines: [1, 2, 3] } }))
  expect(Math.max(...[...jsonPieces({ places })].map(({ length }) => length))).toBeLessThan(200)
})

test('chunks are few, and are the same text', () => {
  const pieces = Array.from({ length: 100_000 }, (_, at) => `${at},`)
  const chunks = [...chunksOf(pieces)]
  expect(chunks.join('')).toBe(pieces.join(''))
  expect(chunks.length).toBeLessThan(12)
  expect([...chunksOf([])]).toEqual([])
})
