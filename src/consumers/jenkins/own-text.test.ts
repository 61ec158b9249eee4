import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { ownText } from './own-text.ts'

test.each(['', 'https://bitbucket.org/acme/shop.git', 'é 漢 😀', '\u0000\r\n'])('%j stays as it is', (text) => {
  expect(ownText(text)).toBe(text)
})

test('what is kept of many documents does not keep the documents', () => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const heldAfter = (): number => {
    collect()
    return process.memoryUsage().heapUsed
  }
  const before = heldAfter()
  const kept: string[] = []
  for (let at = 0; at < 100; at++) {
    const document = `${'x'.repeat(1_000_000)}${at} a part of it, long enough`
    kept.push(ownText(document.slice(-20)))
  }
  expect(heldAfter() - before).toBeLessThan(20_000_000)
  expect(kept).toHaveLength(100)
})
