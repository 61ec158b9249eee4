import { expect, test } from 'vitest'
import { decodedName, encodedName, mangledName } from './child-name.ts'

// The expected names are those of branch-api's own NameManglerTest.
test.each([
  ['foo', 'foo'],
  ['foo-bar', 'foo-bar'],
  ['foo bar', 'foo-bar.074vf0'],
  ['foo/bar', 'foo-bar.nj9av9'],
  ['foo\\bar', 'foo-bar.730n59'],
  ['.', '0-.tkvgu3'],
  ['..', '0--.mpdh40'],
  ['con', 'con.lkb1gc'],
  ['com2', 'com2.ni698t'],
])('the folder of %j is %j', (name, folder) => {
  expect(mangledName(name)).toBe(folder)
})

test('a long name keeps both ends and never exceeds 32 characters', () => {
  const folder = mangledName('feature/ABC-1234-move-everything-to-scoped-api-tokens')
  expect(folder).toMatch(/^feature-A[^.]*\.[0-9a-v]{12}\.[^.]*tokens$/)
  expect(folder).toHaveLength(32)
})

test.each([
  ['main', 'main'],
  ['feature/x', 'feature%2Fx'],
  ['100%', '100%25'],
  ['..', '%2E%2E'],
])('the item of %j is named %j', (name, item) => {
  expect([encodedName(name), decodedName(item)]).toEqual([item, name])
})
