import { describe, expect, it } from 'vitest'
import type { Keyturn, RunState } from '../index.ts'
import { Failure } from '../model/failure.ts'
import type { Plan } from '../model/plan.ts'
import { runToResume } from './run-to-resume.ts'

type Told = Pick<RunState, 'outcome'> & Partial<Pick<RunState, 'forgotten'>>

const FORGOTTEN = { at: '2026-11-23T09:00:00.000Z', finished: true, forced: false }

describe('the run to go on with', () => {
  it('is the newest one that did not end', async () => {
    expect(
      await named(undefined, { r1: { outcome: 'open' }, r2: { outcome: 'stopped' }, r3: { outcome: 'applied' } }),
    ).toBe('r2')
  })

  it.each([undefined, 'r1', 'p1', 'release.json'])('is found beside a damaged one (%s)', async (name) => {
    expect(await named(name, { r0: 'damaged', r1: { outcome: 'open' }, r2: 'damaged' })).toBe('r1')
  })

  it('may be the damaged one, which is said where no other goes on', async () => {
    const runs = { r1: { outcome: 'applied' }, r2: 'damaged' } as const
    expect(await refusal(undefined, runs)).toMatchObject({ code: 'R312' })
    expect(await refusal('r2', runs)).toMatchObject({ code: 'R312' })
  })

  it.each<[string, Told, string, string]>([
    ['forgotten', { outcome: 'stopped', forgotten: FORGOTTEN }, 'forgotten', '  keyturn plan /work'],
    ['forgotten after its end', { outcome: 'applied', forgotten: FORGOTTEN }, 'forgotten', '  keyturn plan /work'],
    ['rolled back', { outcome: 'rolled back' }, 'rolled back', '  keyturn plan /work'],
    ['partly rolled back', { outcome: 'partly rolled back' }, 'in part', '  keyturn rollback r1'],
    ['applied', { outcome: 'applied' }, 'came to its end', '  keyturn verify r1'],
  ])('is there and %s: the error says so, by whatever it is named', async (_, told, because, next) => {
    for (const name of ['r1', 'p1', 'release.json'])
      expect(await refusal(name, { r1: told })).toMatchObject({
        code: 'R315',
        parts: { at: 'run r1', because: expect.stringContaining(because), next: expect.arrayContaining([next]) },
      })
  })

  it('is not known under a name that nothing has', async () => {
    expect(await refusal('other', { r1: { outcome: 'open' } })).toMatchObject({ code: 'R311' })
    expect(await refusal(undefined, { r1: { outcome: 'rolled back' } })).toMatchObject({ code: 'R311' })
  })
})

type Runs = Readonly<Record<string, Told | 'damaged'>>

async function named(name: string | undefined, runs: Runs): Promise<string> {
  return (await runToResume(name, keyturnWith(runs))).run
}

function refusal(name: string | undefined, runs: Runs): Promise<unknown> {
  return runToResume(name, keyturnWith(runs)).then(
    ({ run }) => `went on with ${run}`,
    (error: unknown) => error,
  )
}

/** Its runs are those of plan `p1`, whose file is `release.json`. */
function keyturnWith(runs: Runs): Pick<Keyturn, 'runNames' | 'run' | 'loadPlan'> {
  const plan: Plan = {
    schema: 'keyturn/plan/1',
    id: 'p1',
    createdAt: '2026-11-23T09:00:00.000Z',
    sources: ['/work'],
    requests: [],
    steps: [],
    kept: [],
    manual: [],
    conditions: [],
    retire: [],
  }
  return {
    runNames: async () => Object.keys(runs),
    run: async (run) => {
      const told = runs[run]
      if (told === undefined || told === 'damaged') throw new Failure('R312', { at: run })
      return { run, plan, startedAt: '', lastAt: '', actors: [], steps: new Map(), ...told }
    },
    loadPlan: async (name) => {
      if (name === 'release.json' || name === 'p1') return plan
      throw new Failure('R111', {})
    },
  }
}
