import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { failureOf, type MemoryRun, memoryRun, placeOf } from '../../test/support/memory-run.ts'
import { Failure } from '../model/failure.ts'
import { applyPlan, resumeRun } from './apply-plan.ts'
import type { ApplyDeps } from './deps.ts'
import { rollbackRun } from './rollback.ts'

const TWELVE = Array.from({ length: 12 }, (_, index) => `a${index}`)
let run: MemoryRun

beforeEach(async () => {
  run = await memoryRun(TWELVE)
})
afterEach(() => run.end())

const plan = () => run.plan(TWELVE.map((address) => ({ address })))
const changed = (): readonly string[] => TWELVE.filter((address) => run.world.get(address) === `new ${address}`)
const onlyRun = async (): Promise<string> => (await run.deps.runs.names())[0] ?? ''

describe('a run of several steps at a time', () => {
  it('changes so many places at the same time and no more, and its journal is one chain', async () => {
    run.beforeCommit = () => pause(5)
    const { state, exitCode } = await applyPlan(plan(), run.deps, { jobs: 3 })
    expect({ most: run.most, exitCode, changed: changed() }).toEqual({ most: 3, exitCode: 0, changed: TWELVE })
    const { journal } = await run.deps.runs.inspect(state.run)
    expect(journal).toMatchObject({ lines: 2 + 3 * 12, tornBytes: 0 })
  })

  it('begins nothing more after a failure; what runs comes to its end, and the rest is done when it is continued', async () => {
    run.beforeCommit = async (address) => {
      await pause(address === 'a0' ? 1 : 40)
      if (address === 'a0') throw new Failure('R404', { because: 'HTTP 500' })
    }
    expect(await failureOf(applyPlan(plan(), run.deps, { jobs: 4 }))).toMatchObject({
      code: 'R404',
      state:
        '3 of 12 places use their new credential and were proved. Whether this place was changed is read again when the run continues or is put back.',
    })
    expect(changed()).toEqual(['a1', 'a2', 'a3'])
    run.beforeCommit = async () => undefined
    const { state } = await resumeRun(await onlyRun(), run.deps, { jobs: 4 })
    expect([state.outcome, changed()]).toEqual(['applied', TWELVE])
  })

  it('continued while the refusal lasts, changes nothing more: what was refused is asked about first', async () => {
    run.answers.set('a0', 'no')
    expect(await failureOf(applyPlan(plan(), run.deps, { jobs: 1 }))).toMatchObject({ code: 'R206' })
    for (const jobs of [4, 12]) {
      expect(await failureOf(resumeRun(await onlyRun(), run.deps, { jobs }))).toMatchObject({ code: 'R206' })
      expect(changed()).toEqual(['a0'])
    }
    run.answers.clear()
    const { state } = await resumeRun(await onlyRun(), run.deps, { jobs: 4 })
    expect([state.outcome, changed()]).toEqual(['applied', TWELVE])
  })

  it('says how many steps failed together', async () => {
    run.beforeCommit = async () => {
      await pause(5)
      throw new Failure('R404', { because: 'HTTP 500' })
    }
    expect(await failureOf(applyPlan(plan(), run.deps, { jobs: 3 }))).toMatchObject({
      state: expect.stringMatching(/^0 of 12 .* 2 more steps failed at the same time\.$/),
    })
  })

  it('lets what runs come to its end when it is interrupted', async () => {
    const stop = new AbortController()
    run.beforeCommit = async () => {
      stop.abort()
      await pause(5)
    }
    const { state, exitCode } = await applyPlan(plan(), run.deps, { jobs: 4, signal: stop.signal })
    expect([exitCode, state.outcome, changed()]).toEqual([130, 'stopped', ['a0', 'a1', 'a2', 'a3']])
    const states = [...state.steps.values()]
    expect(states.filter(({ phase }) => phase === 'announced')).toEqual([])
  })

  it.each([
    ['begins nothing when it is interrupted before', [] as readonly string[], 130, 'stopped'],
    ['ends as applied when it is interrupted after everything was done', TWELVE, 0, 'applied'],
  ])('%s', async (_, before, code, outcome) => {
    const stop = new AbortController()
    const goOn = async (): Promise<boolean> => {
      stop.abort()
      return true
    }
    const canary = { after: before.length, goOn }
    const { state, exitCode } = await applyPlan(plan(), run.deps, { signal: stop.signal, canary })
    expect([exitCode, state.outcome, changed()]).toEqual([code, outcome, before])
  })

  it('makes a credential before what names it, whatever stands first in the plan', async () => {
    const order: string[] = []
    run.beforeCommit = async (address) => {
      order.push(address)
      await pause(5)
    }
    await applyPlan(
      run.plan([
        { address: 'a0', to: { username: 'keep', reference: { from: 'old', to: 'made' } } },
        { address: 'made', to: { username: 'keep', token: 'ci', create: { like: placeOf('a1') } } },
      ]),
      run.deps,
      { jobs: 4 },
    )
    expect(order).toEqual(['made', 'a0'])
  })
})

describe('canaries', () => {
  it('are changed and proved alone, then the others follow', async () => {
    const before: (readonly string[])[] = []
    const goOn = async (proved: number, open: number): Promise<boolean> => {
      before.push([...changed(), `${proved} proved, ${open} open`])
      return true
    }
    const { exitCode } = await applyPlan(plan(), run.deps, { jobs: 4, canary: { after: 2, goOn } })
    expect([exitCode, before]).toEqual([0, [['a0', 'a1', '2 proved, 0 open']]])
  })

  it('are one more where a manifest and its lock file would be parted, and the question comes all the same', async () => {
    const asked: (readonly string[])[] = []
    const goOn = async (): Promise<boolean> => {
      asked.push(changed())
      return true
    }
    const whole = plan()
    const needs: Readonly<Record<string, readonly string[]>> = { 's-a1': ['s-a2'], 's-a2': ['s-a1'] }
    const steps = whole.steps.map((step) => ({ ...step, needs: needs[step.id] ?? [] }))
    await applyPlan({ ...whole, steps }, run.deps, { jobs: 4, canary: { after: 2, goOn } })
    expect(asked).toEqual([['a0', 'a1', 'a2']])
  })

  it('that are none let the question come before anything is changed', async () => {
    const asked: unknown[] = []
    const goOn = async (...given: readonly number[]): Promise<boolean> => {
      asked.push([...given, changed()])
      return false
    }
    const { state, exitCode } = await applyPlan(plan(), run.deps, { canary: { after: 0, goOn } })
    expect([exitCode, state.outcome, asked, changed()]).toEqual([3, 'stopped', [[0, 0, []]], []])
  })

  it('that are refused keep every other place as it is', async () => {
    run.answers.set('a1', 'no')
    const goOn = (): Promise<boolean> => Promise.reject(new Error('asked'))
    expect(await failureOf(applyPlan(plan(), run.deps, { jobs: 4, canary: { after: 2, goOn } }))).toMatchObject({
      code: 'R206',
    })
    expect(changed()).toEqual(['a0', 'a1'])
  })

  it('stop the run when the answer is no; continued, it does not ask again', async () => {
    let asked = 0
    const canary = {
      after: 2,
      goOn: async (): Promise<boolean> => {
        asked += 1
        return false
      },
    }
    const { state, exitCode } = await applyPlan(plan(), run.deps, { canary })
    expect([exitCode, state.outcome, changed()]).toEqual([3, 'stopped', ['a0', 'a1']])
    const after = await resumeRun(state.run, run.deps, { canary })
    expect([after.exitCode, asked, changed()]).toEqual([0, 1, TWELVE])
  })
})

describe('a canary question that is left without an answer', () => {
  it('stops the run there, and says what was changed', async () => {
    const goOn = async () => 'interrupted' as const
    const { state, exitCode } = await applyPlan(plan(), run.deps, { canary: { after: 2, goOn } })
    expect([exitCode, state.outcome, changed()]).toEqual([130, 'stopped', ['a0', 'a1']])
  })

  it('with a failure does not keep back what was changed', async () => {
    const goOn = async () => {
      throw new Failure('R112', { because: 'the terminal is gone', state: 'Nothing was changed.' })
    }
    expect(await failureOf(applyPlan(plan(), run.deps, { canary: { after: 2, goOn } }))).toMatchObject({
      code: 'R112',
      state: '2 of 12 places use their new credential and were proved.',
    })
  })
})

describe('a run that fails before its first change', () => {
  it('is not open: it ends as stopped, and can go on', async () => {
    const { hands } = run.deps
    const refusing: ApplyDeps['hands'] = (consumer) => {
      const { connector, ...rest } = hands(consumer)
      if (connector === undefined) return rest
      const stageReplace = () => Promise.reject(new Failure('R401', { because: 'it does not answer' }))
      return { ...rest, connector: { ...connector, stageReplace } }
    }
    expect(await failureOf(applyPlan(plan(), { ...run.deps, hands: refusing }))).toMatchObject({ code: 'R401' })
    expect((await run.deps.runs.read(await onlyRun())).outcome).toBe('stopped')
    const { state } = await resumeRun(await onlyRun(), run.deps)
    expect([state.outcome, changed()]).toEqual(['applied', TWELVE])
  })

  it('is open as soon as a change was announced', async () => {
    run.beforeCommit = () => Promise.reject(new Failure('R401', { because: 'it does not answer' }))
    await failureOf(applyPlan(plan(), run.deps))
    expect((await run.deps.runs.read(await onlyRun())).outcome).toBe('open')
  })
})

describe('batches', () => {
  it('are proved whole before the next one begins', async () => {
    run.answers.set('a4', 'no')
    expect(await failureOf(applyPlan(plan(), run.deps, { jobs: 2, batch: 5 }))).toMatchObject({ code: 'R206' })
    expect(changed()).toEqual(['a0', 'a1', 'a2', 'a3', 'a4'])
  })
})

describe('rolling back', () => {
  it('removes what was made after what names it is put back, several places at a time', async () => {
    const steps = [
      { address: 'made', to: { username: 'keep', token: 'ci', create: { like: placeOf('a1') } } } as const,
      { address: 'a0', to: { username: 'keep', reference: { from: 'old', to: 'made' } } } as const,
      { address: 'a2' },
    ]
    const { state } = await applyPlan(run.plan(steps), run.deps, { jobs: 4 })
    expect([run.world.get('made'), run.world.get('a0')]).toEqual(['new made', 'new a0'])
    const order: string[] = []
    run.beforeCommit = async (address) => void order.push(address)
    const outcome = await rollbackRun(state.run, run.deps, { jobs: 4 })
    expect([outcome.exitCode, outcome.state.outcome, run.world.get('made'), run.world.get('a0')]).toEqual([
      0,
      'rolled back',
      undefined,
      'old a0',
    ])
    expect(order.indexOf('a0')).toBeLessThan(order.indexOf('made'))
  })

  it('keeps what was made while something that was rewired still names it, and says why', async () => {
    const steps = [
      { address: 'made', to: { username: 'keep', token: 'ci', create: { like: placeOf('a1') } } } as const,
      { address: 'a0', to: { username: 'keep', reference: { from: 'old', to: 'made' } } } as const,
    ]
    const { state } = await applyPlan(run.plan(steps), run.deps)
    run.world.set('a0', 'theirs')
    const { left, exitCode } = await rollbackRun(state.run, run.deps)
    expect([exitCode, left.map(({ step, because }) => [step.place.address, because])]).toEqual([
      4,
      [
        ['a0', 'someone else changed it since; it was left as it is'],
        [
          'made',
          'it was made by this run, and a place that still holds the change of this run names it; put that back, too',
        ],
      ],
    ])
    expect(run.world.get('made')).toBe('new made')
  })

  it('of one place leaves a run that is partly rolled back; of the last one, a run that is rolled back', async () => {
    const { state } = await applyPlan(run.plan([{ address: 'a0' }, { address: 'a1' }]), run.deps)
    expect((await rollbackRun(state.run, run.deps, { only: 'a0' })).state.outcome).toBe('partly rolled back')
    expect((await rollbackRun(state.run, run.deps, { only: 'a1' })).state.outcome).toBe('rolled back')
    expect(changed()).toEqual([])
  })
})

describe('a plan of which some steps were taken out and carried out', () => {
  it('is not carried out whole: the rest takes another plan', async () => {
    const whole = plan()
    const { state } = await applyPlan({ ...whole, steps: whole.steps.slice(0, 10) }, run.deps)
    expect(await failureOf(applyPlan(whole, run.deps))).toMatchObject({
      code: 'R201',
      because: `it was carried out as run ${state.run}, without 2 of these steps`,
    })
    expect(await failureOf(applyPlan({ ...whole, steps: whole.steps.slice(0, 10) }, run.deps))).toMatchObject({
      because: `it was carried out as run ${state.run}`,
    })
  })
})
