import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { failureOf, type MemoryRun, memoryRun } from '../../test/support/memory-run.ts'
import type { Connector, PlaceState } from '../model/consumer.ts'
import { Failure } from '../model/failure.ts'
import { applyPlan } from './apply-plan.ts'
import type { ApplyDeps } from './deps.ts'

let run: MemoryRun
beforeEach(async () => {
  run = await memoryRun(['a', 'b'])
})
afterEach(() => run.end())

type Present = Extract<PlaceState, { kind: 'present' }>

const plan = () => run.plan([{ address: 'a' }, { address: 'b' }])
const inFile = (address: string) => ({
  address,
  place: { id: address, consumer: 'netrc', at: { kind: 'file', path: `/x/${address}` }, address } as const,
})
const held = () => [...run.world.values()]
const CHANGED = ['new a', 'new b']
const UNCHANGED = ['old a', 'old b']

/** The connector as it is, but for what is given. */
function having(given: (connector: Connector) => Partial<Connector>): ApplyDeps {
  const hands: ApplyDeps['hands'] = (consumer) => {
    const { connector, ...rest } = run.deps.hands(consumer)
    return connector === undefined ? rest : { ...rest, connector: { ...connector, ...given(connector) } }
  }
  return { ...run.deps, hands }
}

/** As long as nothing was changed, b is shown with these parts. */
function showing(more: Partial<Present>): ApplyDeps {
  return having(({ read }) => ({
    read: async (place, context) => {
      const found = await read(place, context)
      const isOld = run.world.get('b') === 'old b' && place.address === 'b'
      return isOld && found.kind === 'present' ? { ...found, ...more } : found
    },
  }))
}

describe('before the first act a place', () => {
  it('counts as planned when this login is shown more of it than the one that planned', async () => {
    const { digest } = plan().steps[1]?.from ?? {}
    await applyPlan(
      plan(),
      showing({ digest: 'hmac:00', ...(digest === undefined || digest === 'absent' ? {} : { partDigest: digest }) }),
    )
    expect(held()).toEqual(CHANGED)
  })

  it('of which this login is shown a part alone does not count as changed by somebody, and is not changed', async () => {
    expect(await failureOf(applyPlan(plan(), showing({ digest: 'hmac:00', inPart: true })))).toMatchObject({
      code: 'R201',
      exitCode: 4,
      because: expect.stringContaining('this login is not shown all that the plan was made with'),
    })
    expect(held()).toEqual(UNCHANGED)
  })

  it.each([
    ['of a controller is asked for alone when it was read with others and looks changed', plan, CHANGED],
    ['of a file is not: what it holds does not go by who asks', () => run.plan([inFile('a'), inFile('b')]), UNCHANGED],
  ])('%s', async (_, of, after) => {
    const readAll: Connector['readAll'] = async (places) =>
      places.map((place) => ({
        kind: 'present',
        place: { ...place, host: 'bitbucket.org', uses: [] },
        digest: run.digestOf(`old ${place.address}, and more`),
      }))
    const outcome = await failureOf(
      applyPlan(
        of(),
        having(({ read }) => ({ read, readAll })),
      ),
    )
    expect(held()).toEqual(after)
    if (after === UNCHANGED) expect(outcome).toMatchObject({ code: 'R201' })
  })

  it('that is encrypted and does not open any more is not written over', async () => {
    const fingerprint = run.context.seal('what the plan knew').fingerprint
    const [first, ...rest] = run.plan([inFile('a'), inFile('b')]).steps
    if (first === undefined) throw new Error('a plan without steps')
    const closed = { ...plan(), steps: [{ ...first, from: { ...first.from, fingerprint } }, ...rest] }
    expect(await failureOf(applyPlan(closed, run.deps))).toMatchObject({
      code: 'R112',
      exitCode: 2,
      because: 'it is encrypted, and no password that was given opens it',
    })
    expect(held()).toEqual(UNCHANGED)
  })

  it('that cannot be read keeps the whole plan from being carried out, and it is said that nothing was changed', async () => {
    const read: Connector['read'] = () => Promise.reject(new Failure('R102', { because: 'it may not be read' }))
    expect(
      await failureOf(
        applyPlan(
          plan(),
          having(() => ({ read })),
        ),
      ),
    ).toMatchObject({
      code: 'R102',
      state: 'Nothing was changed.',
    })
    expect([held(), await run.deps.runs.names()]).toEqual([UNCHANGED, []])
  })
})

describe('git', () => {
  const without = (): ApplyDeps => {
    const { system } = run.context
    const gone = () => Promise.reject(new Failure('R107', { at: 'git', because: 'it was not found' }))
    return {
      ...run.deps,
      context: { ...run.context, system: { ...system, processes: { ...system.processes, run: gone } } },
    }
  }

  it('is needed where a place of a file is proved with it: without it nothing is changed', async () => {
    expect(await failureOf(applyPlan(run.plan([inFile('a'), inFile('b')]), without()))).toMatchObject({ code: 'R107' })
    expect(held()).toEqual(UNCHANGED)
  })

  it.each([
    ['a controller, which uses a git of its own', plan],
    [
      'a file that git does not read',
      () =>
        run.plan(
          ['a', 'b'].map((address) => ({ ...inFile(address), uses: [{ operation: 'rest', by: 'x' }] as const })),
        ),
    ],
  ])('is not needed for places of %s', async (_, of) => {
    await applyPlan(of(), without())
    expect(held()).toEqual(CHANGED)
  })
})

describe('another run', () => {
  it('that cannot be read is in the way, for nobody knows which places it has', async () => {
    await applyPlan(run.plan([{ address: 'a' }]), run.deps)
    const read = () => Promise.reject(new Failure('R102', { because: 'it may not be read' }))
    const deps = { ...run.deps, runs: { ...run.deps.runs, read } }
    expect(await failureOf(applyPlan({ ...run.plan([{ address: 'b' }]), id: 'plan5678' }, deps))).toMatchObject({
      code: 'R102',
    })
    expect(run.world.get('b')).toBe('old b')
  })

  it('that is open is in the way of a plan for its places, and of no other', async () => {
    run.answers.set('a', 'no')
    await failureOf(applyPlan(run.plan([{ address: 'a' }]), run.deps))
    const next = { ...plan(), id: 'plan5678' }
    expect(await failureOf(applyPlan(next, run.deps))).toMatchObject({ code: 'R310' })
    await applyPlan({ ...run.plan([{ address: 'b' }]), id: 'plan5678' }, run.deps)
    expect(held()).toEqual(CHANGED)
  })
})
