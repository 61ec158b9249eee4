import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { failureOf, type MemoryRun, memoryRun, placeOf } from '../../test/support/memory-run.ts'
import { Failure } from '../model/failure.ts'
import type { Step } from '../model/plan.ts'
import { applyPlan, resumeRun } from './apply-plan.ts'
import { auditRun } from './audit-run.ts'
import type { ApplyDeps } from './deps.ts'
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

describe('a run that stopped half way', () => {
  it('has what it changed put back, and is rolled back whole', async () => {
    await rollbackRun(name, run.deps)
    run.answers.set('b', 'no')
    await failureOf(applyPlan({ ...run.plan(PLACES.map((address) => ({ address }))), id: 'plan5678' }, run.deps))
    const [, second = ''] = await run.deps.runs.names()
    expect(told(await rollbackRun(second, run.deps))).toEqual({
      restored: 'ba',
      left: '',
      remaining: '',
      exitCode: 0,
      outcome: 'rolled back',
    })
  })

  it('before its first change is rolled back, too', async () => {
    run.world.set('e', 'old e')
    run.beforeCommit = () => Promise.reject(new Failure('R401', { because: 'it does not answer' }))
    await failureOf(applyPlan({ ...run.plan([{ address: 'e' }]), id: 'plan5678' }, run.deps))
    const [, second = ''] = await run.deps.runs.names()
    expect(told(await rollbackRun(second, run.deps))).toMatchObject({ exitCode: 0, outcome: 'rolled back' })
    expect(run.world.get('e')).toBe('old e')
  })
})

describe('a place that is put back', () => {
  it('is left when somebody changes it at that moment', async () => {
    run.beforeCommit = async (at) => void (at === 'b' && run.world.set('b', 'theirs'))
    const outcome = await rollbackRun(name, run.deps)
    expect(told(outcome)).toEqual({
      restored: 'dca',
      left: 'b',
      remaining: '',
      exitCode: 4,
      outcome: 'partly rolled back',
    })
    expect(outcome.left).toMatchObject([{ because: 'someone else changed it at the same moment', foreign: true }])
    expect(run.world.get('b')).toBe('theirs')
  })

  it('is left when it is not there any more: nobody knows what removed it', async () => {
    run.world.delete('b')
    const { left, exitCode } = await rollbackRun(name, run.deps)
    expect([left, exitCode]).toMatchObject([[{ because: 'the place is not there any more', foreign: true }], 4])
    expect(run.world.has('b')).toBe(false)
  })

  it('is back when the run made it and somebody removed it', async () => {
    const made = { address: 'made', to: { username: 'keep', token: 'ci', create: { like: placeOf('a') } } } as const
    const { state } = await applyPlan({ ...run.plan([made]), id: 'plan5678' }, run.deps)
    run.world.delete('made')
    expect(told(await rollbackRun(state.run, run.deps))).toEqual({
      restored: 'made',
      left: '',
      remaining: '',
      exitCode: 0,
      outcome: 'rolled back',
    })
  })

  it.each([
    ['R313', ['Give the job its old URL, then repeat the rollback.'], { byHand: [expect.stringContaining('old URL')] }],
    ['R401', ['Start the controller.'], {}],
  ] as const)(
    'and whose system refuses with %s says what a person does instead, where trying again does not help',
    async (code, next, more) => {
      const stageRestore = () => Promise.reject(new Failure(code, { because: 'it is another job by now', next }))
      const hands: ApplyDeps['hands'] = (consumer) => {
        const { connector, ...rest } = run.deps.hands(consumer)
        return connector === undefined ? rest : { ...rest, connector: { ...connector, stageRestore } }
      }
      const { left, exitCode } = await rollbackRun(name, { ...run.deps, hands }, { only: 'a' })
      expect(left).toEqual([
        { step: expect.objectContaining({ id: 's-a' }), because: 'it is another job by now', foreign: false, ...more },
      ])
      expect(exitCode).toBe(1)
    },
  )
})

describe('what a place names', () => {
  const rewired = (address: string, to: string, more: Partial<Step> = {}) => ({
    address,
    to: { username: 'keep', reference: { from: 'old', to } } as const,
    ...more,
  })
  const made = (address: string) => ({
    address,
    id: 's-made',
    to: { username: 'keep', token: 'ci', create: { like: placeOf('a') } } as const,
  })
  const apply = async (steps: Parameters<MemoryRun['plan']>[0]): Promise<string> => {
    for (const { address } of steps) if (!address.includes('made')) run.world.set(address, `old ${address}`)
    return (await applyPlan({ ...run.plan(steps), id: 'plan5678' }, run.deps)).state.run
  }

  it.each([
    ['made', 'made'],
    ['system/made%20one', 'made one'],
    ['system/made%', 'made%'],
  ])('stays while one of several still names it: %s', async (address, named) => {
    const second = await apply([made(address), rewired('x', named), rewired('y', named), rewired('z', named)])
    run.world.set('x', 'theirs').set('y', 'theirs')
    const { left } = await rollbackRun(second, run.deps)
    expect(left.map(({ step }) => step.place.address)).toEqual(['y', 'x', address])
    expect([run.world.get(address), run.world.get('z')]).toEqual([`new ${address}`, 'old z'])
  })

  it('is put back, where it was there before the run, whoever names it', async () => {
    const second = await apply([{ address: 'e' }, rewired('x', 'e')])
    run.world.set('x', 'theirs')
    expect(told(await rollbackRun(second, run.deps))).toMatchObject({ restored: 'e', left: 'x', exitCode: 4 })
    expect(run.world.get('e')).toBe('old e')
  })

  it('stays the new one while the old one holds a change of this run', async () => {
    const second = await apply([
      rewired('x', 'e'),
      { address: 'f', needs: ['s-x'], wave: 2 },
      { address: 'g', needs: ['s-f'], wave: 3 },
    ])
    run.world.set('f', 'theirs')
    const { left } = await rollbackRun(second, run.deps)
    expect(left).toMatchObject([
      { step: { id: 's-f' }, foreign: true },
      { step: { id: 's-x' }, because: expect.stringContaining('what it named before holds a change'), foreign: false },
    ])
    expect([run.world.get('x'), run.world.get('g')]).toEqual(['new x', 'old g'])
    run.world.set('f', 'new f')
    expect(told(await rollbackRun(second, run.deps))).toMatchObject({ restored: 'fx', left: '', exitCode: 0 })
  })

  it('does not keep a credential from being put back that another one waited for', async () => {
    const second = await apply([{ address: 'e' }, { address: 'f', needs: ['s-e'], wave: 2 }])
    run.world.set('f', 'theirs')
    expect(told(await rollbackRun(second, run.deps))).toMatchObject({ restored: 'e', left: 'f' })
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
