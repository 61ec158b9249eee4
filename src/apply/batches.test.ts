import { describe, expect, it } from 'vitest'
import { inBatches } from './batches.ts'

describe('what is written in batches', () => {
  /** Writes that wait until they are let go on. */
  function heldWrites() {
    const batches: (readonly number[])[] = []
    const go: (() => void)[] = []
    const write = async (items: readonly number[]): Promise<readonly string[]> => {
      batches.push(items)
      await new Promise<void>((done) => go.push(done))
      if (items.includes(0)) throw new Error('refused')
      return items.map((item) => `wrote ${item}`)
    }
    const letGo = async (): Promise<void> => {
      go.shift()?.()
      for (let turn = 0; turn < 10; turn++) await Promise.resolve()
    }
    return { batches, write, letGo }
  }

  it('is together when it comes in one go, or while a write is busy, and each gets its own result', async () => {
    const { batches, write, letGo } = heldWrites()
    const put = inBatches(write)
    const first = [1, 2].map(put)
    await letGo()
    const second = [3, 4, 5].map(put)
    expect(batches).toEqual([[1, 2]])
    await letGo()
    expect(batches).toEqual([
      [1, 2],
      [3, 4, 5],
    ])
    await letGo()
    const results = await Promise.all([...first, ...second])
    expect(results).toEqual([1, 2, 3, 4, 5].map((item) => `wrote ${item}`))
  })

  it('fails together, and what comes after it is written all the same', async () => {
    const { write, letGo } = heldWrites()
    const put = inBatches(write)
    const failing = Promise.allSettled([0, 1].map(put))
    await letGo()
    await letGo()
    expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    const next = put(2)
    await letGo()
    await letGo()
    expect(await next).toBe('wrote 2')
  })
})
