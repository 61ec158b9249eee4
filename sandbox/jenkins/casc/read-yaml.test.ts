import { expect, test } from 'vitest'
import { readYaml } from './read-yaml.ts'

test.each([
  ['a: 1', { a: '1' }],
  ['a:\n  b: "x # y" # comment\n  c: z # comment', { a: { b: 'x # y', c: 'z' } }],
  ['a:\n- b\n- c: 1\n  d: 2\n-\n  e: 3', { a: ['b', { c: '1', d: '2' }, { e: '3' }] }],
  ['a: []\nb: {}\nc:\nd: ~', { a: [], b: {}, c: null, d: null }],
  ["a: 'it''s'\nb: \"q\\\"\\n\\u0041\"", { a: "it's", b: 'q"\nA' }],
  ['a: |\n  one\n    two\n\n  three\nb: 1', { a: 'one\n  two\n\nthree\n', b: '1' }],
  ['url: https://bitbucket.org/x', { url: 'https://bitbucket.org/x' }],
  ['---\n- a', ['a']],
  ['', null],
])('%j', (source, expected) => {
  expect(readYaml(source)).toEqual(expected)
})

test.each(['a: &x 1', 'a: {b: 1}', 'a\nb', '- - a'])('%j is refused, not guessed at', (source) => {
  expect(() => readYaml(source)).toThrow()
})
