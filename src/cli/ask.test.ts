import { confirm } from '@clack/prompts'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { askToGoOn, askYesNo } from './ask.ts'

const LEFT = Symbol('cancelled')

vi.mock('@clack/prompts', () => ({ confirm: vi.fn(), isCancel: (answer: unknown) => answer === LEFT }))

const terminals = [process.stdin, process.stderr].map((stream) => ({ stream, isTTY: stream.isTTY }))
beforeEach(() => {
  for (const { stream } of terminals) stream.isTTY = true
})
afterEach(() => {
  for (const { stream, isTTY } of terminals) stream.isTTY = isTTY
})

const typed = (answer: unknown) => vi.mocked(confirm).mockResolvedValue(answer as boolean)

describe('a question that is left with Ctrl-C', () => {
  it('before anything was done says that nothing was changed', async () => {
    typed(LEFT)
    await expect(askYesNo('Change it?')).rejects.toMatchObject({
      code: 'R112',
      parts: { state: 'Nothing was changed.', exitCode: 130 },
    })
  })

  it('in the middle of a run is an answer: the run tells what was changed', async () => {
    typed(LEFT)
    expect(await askToGoOn('Go on?')).toBe('interrupted')
  })

  it('is told from a no', async () => {
    typed(false)
    expect([await askToGoOn('Go on?'), await askYesNo('Change it?')]).toEqual([false, false])
  })
})
