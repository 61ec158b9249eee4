import { expect, test } from 'vitest'
import { rememberingRecent } from './remembering-recent.ts'

function counting(most: number): { made: string[]; ask: (key: string) => string } {
  const made: string[] = []
  const remember = rememberingRecent<string>(most)
  const ask = (key: string) =>
    remember(key, () => {
      made.push(key)
      return `value of ${key}`
    })
  return { made, ask }
}

test('what is known is not made again', () => {
  const { made, ask } = counting(2)
  expect([ask('a'), ask('b'), ask('a')]).toEqual(['value of a', 'value of b', 'value of a'])
  expect(made).toEqual(['a', 'b'])
})

test('what nobody asked for longest is forgotten first', () => {
  const { made, ask } = counting(2)
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) ask(key)
  expect(made).toEqual(['a', 'b', 'c', 'b'])
})

test('nothing is a value, too', () => {
  let made = 0
  const remember = rememberingRecent<undefined>(2)
  const make = () => {
    made++
    return undefined
  }
  remember('a', make)
  remember('a', make)
  expect(made).toBe(1)
})
