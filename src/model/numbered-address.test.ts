import { expect, test } from 'vitest'
import { byNumbers, isNumbered, movedWith, nameOfEntry } from './numbered-address.ts'

test('an address counts when a key of it is a number, or when it has a number behind it', () => {
  expect(['repos.1.url', '0.url', 'text#2', 'remote.origin.url', 'v1.2x.url'].map(isNumbered)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ])
})

test('all entries of a list have one name', () => {
  expect(['repos.1.urls.0', 'repos.12.urls.3', 'text#2', 'text'].map(nameOfEntry)).toEqual([
    'repos.*.urls.*',
    'repos.*.urls.*',
    'text',
    'text',
  ])
})

test('addresses are in the order of their numbers', () => {
  const sorted = ['text', 'text#2', 'text#10', 'repos.2.urls.0', 'repos.2.urls.1', 'repos.10.urls.0']
  for (const [one, other] of [sorted.slice(0, 2), sorted.slice(1, 3), sorted.slice(3, 5), sorted.slice(4, 6)])
    expect(byNumbers(one ?? '', other ?? '')).toBeLessThan(0)
})

test('what lies in an entry goes with it, and nothing else does', () => {
  const [from, to] = ['repos.1.password', 'repos.3.password']
  expect(['repos.1.token', 'repos.2.token', 'token'].map((other) => movedWith(other, from, to))).toEqual([
    'repos.3.token',
    'repos.2.token',
    'token',
  ])
  expect(movedWith('data.token', 'data.password', 'data.password#2')).toBe('data.token#2')
})
