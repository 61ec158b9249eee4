import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type MemoryRun, memoryRun } from '../../test/support/memory-run.ts'
import type { Step } from '../model/plan.ts'
import { applyPlan, resumeRun } from './apply-plan.ts'
import { auditRun } from './audit-run.ts'
import { type RollbackOutcome, rollbackRun } from './rollback.ts'

const PLACES = ['a', 'b', 'c', 'd']
let run: MemoryRun
let name = ''

beforeEach(async () => {
  run = await memoryRun(PLACES)
  name = (await applyPlan(run.plan(PLACES.map((address) => ({ address }))), run.deps)).state.run
})
afterEach(() => run.end())

const addresses = (steps: readonly Step[]): string => steps.map(({ place }) => place.address).join('')
const told = ({ restored, left, remaining, exitCode, state }: RollbackOutcome) => ({
  restored: addresses(restored),
  left: addresses(left.map(({ step }) => step)),
  remaining: addresses(remaining),
  exitCode,
  outcome: state.outcome,
})

/** A signal comes while this place is put back. */
function stopAt(address: string): { readonly signal: AbortSignal } {
  const stop = new AbortController()
  run.beforeCommit = async (at) => {
    if (at === address) stop.abort()
  }
  return { signal: stop.signal }
}

describe('a rollback that a signal stops', () => {
  it('names what is left to put back, and the next one puts back that alone', async () => {
    const first = await rollbackRun(name, run.deps, stopAt('c'))
    expect(told(first)).toEqual({
      restored: 'dc',
      left: '',
      remaining: 'ba',
      exitCode: 130,
      outcome: 'partly rolled back',
    })
    run.beforeCommit = async () => undefined
    const second = await rollbackRun(name, run.deps)
    expect(told(second)).toEqual({ restored: 'ba', left: '', remaining: '', exitCode: 0, outcome: 'rolled back' })
    expect([...run.world.values()]).toEqual(['old a', 'old b', 'old c', 'old d'])
  })

  it('after the last place was put back has nothing left to do', async () => {
    const outcome = await rollbackRun(name, run.deps, stopAt('a'))
    expect(told(outcome)).toEqual({ restored: 'dcba', left: '', remaining: '', exitCode: 0, outcome: 'rolled back' })
  })

  it('tells what it left as found from what it did not come to', async () => {
    run.world.set('d', 'theirs')
    expect(told(await rollbackRun(name, run.deps, stopAt('c')))).toMatchObject({
      restored: 'c',
      left: 'd',
      remaining: 'ba',
      exitCode: 130,
    })
  })
})

describe('a run that was put back', () => {
  it('once more puts nothing back, and does not say that it did', async () => {
    await rollbackRun(name, run.deps)
    const again = await rollbackRun(name, run.deps)
    expect(told(again)).toEqual({ restored: '', left: '', remaining: '', exitCode: 0, outcome: 'rolled back' })
  })

  it('in part counts the rest alone', async () => {
    await rollbackRun(name, run.deps, { only: 'b' })
    expect(told(await rollbackRun(name, run.deps)).restored).toBe('dca')
  })
})

describe('a run that was killed before its journal began', () => {
  it('begins as any other when it goes on, also after it was put back', async () => {
    run.world.set('e', 'old e')
    const { run: name } = await run.deps.runs.create(
      'r20261122-090000-cut0',
      run.plan([{ address: 'e' }]),
      run.context.system.clock,
    )
    expect(told(await rollbackRun(name, run.deps))).toMatchObject({ restored: '', exitCode: 0 })
    expect((await resumeRun(name, run.deps)).state).toMatchObject({
      outcome: 'applied',
      startedAt: '2026-11-23T09:00:00.000Z',
    })
    expect(await auditRun(name, run.deps)).toMatchObject({ verdict: 'OK', damage: [], notes: [] })
    expect(await run.context.system.files.entry(join(run.folder, 'runs', name, 'reserve'))).toBeDefined()
  })
})
