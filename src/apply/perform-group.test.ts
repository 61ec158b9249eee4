import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { failureOf } from '../../test/support/memory-run.ts'
import { apiToken, appPassword } from '../../test/support/synthetic-secrets.ts'
import type { Connector } from '../model/consumer.ts'
import { Failure } from '../model/failure.ts'
import type { Digest, Plan, Step } from '../model/plan.ts'
import type { Context, Files } from '../model/ports.ts'
import { Secret } from '../model/secret.ts'
import { nodeSystem } from '../system/node-system.ts'
import { applyPlan, resumeRun } from './apply-plan.ts'
import type { ApplyDeps } from './deps.ts'
import { groupsOf } from './file-groups.ts'
import { forgetRun } from './forget-run.ts'
import { rollbackRun } from './rollback.ts'
import { runStore } from './run-folder.ts'
import type { RunState } from './run-state.ts'
import { verifyRun } from './verify-run.ts'

const ALL = ['a', 'b', 'c', 'd', 'e', 'f']
const OLD = appPassword()
const NEW = apiToken()

let folder: string
let context: Context
let deps: ApplyDeps
/** How often the file of the places was written. */
let writes: number
/** Awaited before each of these writes. */
let beforeWrite: () => Promise<void>
let refused: Set<string>
/** Awaited while a place is asked about. */
let whileAsked: (address: string) => Promise<void>
let digest: (text: string) => Digest

const file = (): string => join(folder, 'places')
const stored = (): Promise<string> => readFile(file(), 'utf8')
const original = (): string => `${ALL.map((address) => `${address}=${OLD}`).join('\n')}\n`
const changed = async (): Promise<readonly string[]> =>
  (await stored()).split('\n').flatMap((line) => (line.endsWith(NEW) ? [line.slice(0, 1)] : []))

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-group-'))
  writes = 0
  beforeWrite = async () => undefined
  refused = new Set()
  whileAsked = async () => undefined
  const system = nodeSystem({ environment: {}, now: () => new Date('2026-11-23T09:00:00Z') })
  digest = (text) => `hmac:${Buffer.from(text).toString('hex')}`
  context = {
    system,
    seal: Secret.sealer(new Uint8Array(32)),
    digest: (bytes) => digest(Buffer.from(bytes).toString()),
    logins: [],
  }
  const secret = context.seal(NEW)
  const plain = { sealBytes: async (clear: Uint8Array) => clear, openBytes: async (sealed: Uint8Array) => sealed }
  const evidence = { asked: 'git ls-remote', answered: '200' }
  deps = {
    context,
    hands: () => ({
      connector,
      verifier: {
        verify: async ({ address }) => {
          await whileAsked(address)
          return refused.has(address)
            ? { kind: 'no', reason: 'unauthorized', missing: [], evidence }
            : { kind: 'yes', scopes: 'not reported', evidence }
        },
      },
    }),
    token: async () => secret,
    runs: runStore(folder, system.files, plain),
    state: folder,
  }
  await writeFile(file(), original())
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Lines `ADDRESS=SECRET`. */
const lines = async (): Promise<Map<string, string>> =>
  new Map((await stored()).split('\n').flatMap((line) => (line === '' ? [] : [[line.slice(0, 1), line.slice(2)]])))

async function write(next: ReadonlyMap<string, string>, expected: ReadonlyMap<string, string>): Promise<boolean> {
  await beforeWrite()
  const meanwhile = await lines()
  if ([...expected].some(([address, text]) => meanwhile.get(address) !== text)) return false
  const all = [...meanwhile].map(([address, text]) => `${address}=${next.get(address) ?? text}\n`).join('')
  writes += 1
  await writeFile(file(), all)
  return true
}

async function together(
  asked: readonly { readonly address: string; readonly expected: Digest; readonly to: string }[],
) {
  const now = await lines()
  const fit = asked.map(({ address, expected }) => digest(now.get(address) ?? '') === expected)
  const chosen = asked.filter((_, index) => fit[index])
  return {
    each: asked.map(({ address, to }, index) =>
      fit[index] ? { to: digest(to), backup: Buffer.from(now.get(address) ?? '') } : undefined,
    ),
    commit: async () => {
      const expected = new Map(chosen.map(({ address }) => [address, now.get(address) ?? '']))
      const done = await write(new Map(chosen.map(({ address, to }) => [address, to])), expected)
      return done ? ('changed' as const) : ('conflict' as const)
    },
  }
}

async function alone(address: string, expected: Digest, to: string) {
  const staged = await together([{ address, expected, to }])
  const [ready] = staged.each
  if (ready === undefined) return { kind: 'conflict', found: 'absent' } as const
  const commit = async () => {
    const outcome = await staged.commit()
    return outcome === 'changed' ? { kind: outcome, now: ready.to } : ({ kind: outcome, found: 'absent' } as const)
  }
  return { kind: 'staged', ...ready, commit } as const
}

const connector: Connector = {
  read: async (place) => {
    const text = (await lines()).get(place.address)
    if (text === undefined) return { kind: 'absent' }
    return { kind: 'present', place: { ...place, host: 'bitbucket.org', uses: [] }, digest: digest(text) }
  },
  stageReplace: ({ address }, expected) => alone(address, expected, NEW),
  stageRestore: ({ address }, expected, backup) => alone(address, expected, Buffer.from(backup).toString()),
  stageMany: (asked) => together(asked.map(({ place: { address }, expected }) => ({ address, expected, to: NEW }))),
  stageRestoreMany: (asked) =>
    together(
      asked.map(({ place: { address }, expected, backup }) => ({
        address,
        expected,
        to: Buffer.from(backup).toString(),
      })),
    ),
}

const stepOf = (address: string, path = file()): Step => ({
  id: `s-${address}`,
  place: { id: address, consumer: 'lines', at: { kind: 'file', path }, address },
  from: { digest: digest(OLD) },
  to: { username: 'keep', token: 'ci' },
  uses: [{ operation: 'rest', by: 'a job' }],
  reason: 'app passwords ended',
})

const GIT_FETCH = { operation: 'git-fetch', by: 'a clone' } as const

const plan = (): Plan => ({
  schema: 'keyturn/plan/1',
  id: 'plan1234',
  createdAt: '2026-11-23T09:00:00.000Z',
  sources: [],
  requests: [],
  steps: ALL.map((address) => stepOf(address)),
  kept: [],
  manual: [],
})

const onlyRun = async (): Promise<string> => (await deps.runs.names())[0] ?? ''
const backupsOf = async (run: string): Promise<readonly string[]> => readdir(join(folder, 'runs', run, 'backups'))

describe('steps of one file', () => {
  it('are changed by one write with one file of backups, and put back by one', async () => {
    const { state, exitCode } = await applyPlan(plan(), deps)
    expect([exitCode, state.outcome, await changed()]).toEqual([0, 'applied', ALL])
    expect([writes, await backupsOf(state.run)]).toEqual([1, ['several-1.ages']])
    const back = await rollbackRun(state.run, deps)
    expect([back.exitCode, back.restored.length, await stored(), writes]).toEqual([0, ALL.length, original(), 2])
  })

  it('are written with canaries and batches as barriers', async () => {
    const canary = { after: 1, goOn: async () => true }
    await applyPlan(plan(), deps, { canary, batch: 3 })
    expect([writes, await changed()]).toEqual([3, ALL])
  })

  it('are all proved when one of them is refused; then the run stops, and goes on without another write', async () => {
    refused.add('b')
    const batch = 4
    expect(await failureOf(applyPlan(plan(), deps, { batch }))).toMatchObject({
      code: 'R206',
      state:
        '3 of 6 places use their new credential and were proved. This place holds the new credential, which was refused.',
    })
    expect([await changed(), writes]).toEqual([['a', 'b', 'c', 'd'], 1])
    refused.clear()
    const { state } = await resumeRun(await onlyRun(), deps)
    expect([state.outcome, await changed(), writes]).toEqual(['applied', ALL, 2])
  })

  it('leave what someone else wrote at the last moment, change the others before it, and put everything of theirs back', async () => {
    let first = true
    beforeWrite = async () => {
      if (!first) return
      first = false
      await writeFile(file(), (await stored()).replace(`d=${OLD}`, 'd=theirs'))
    }
    expect(await failureOf(applyPlan(plan(), deps))).toMatchObject({ code: 'R205', exitCode: 4 })
    expect([await changed(), (await lines()).get('d')]).toEqual([['a', 'b', 'c'], 'theirs'])
    const { exitCode, left } = await rollbackRun(await onlyRun(), deps)
    expect([exitCode, left.map(({ step }) => step.id)]).toEqual([4, ['s-d']])
    expect(await stored()).toBe(original().replace(`d=${OLD}`, 'd=theirs'))
  })

  it('stand as announced when the write fails, and are changed by one write when the run goes on', async () => {
    beforeWrite = async () => {
      throw new Failure('R105', { at: file(), because: 'no space is left on the device' })
    }
    expect(await failureOf(applyPlan(plan(), deps))).toMatchObject({ code: 'R105' })
    const open = await deps.runs.read(await onlyRun())
    expect([await stored(), open.outcome]).toEqual([original(), 'open'])
    const why = { phase: 'announced', gaveUp: { code: 'R105', because: 'no space is left on the device' } }
    expect([...open.steps.values()]).toMatchObject(ALL.map(() => why))
    beforeWrite = async () => undefined
    const { state } = await resumeRun(await onlyRun(), deps)
    expect([state.outcome, await changed(), writes]).toEqual(['applied', ALL, 1])
    expect(await backupsOf(state.run)).toEqual(['several-1.ages'])
    await rollbackRun(state.run, deps)
    expect(await stored()).toBe(original())
  })

  it('are proved later when a signal comes after the write', async () => {
    const stop = new AbortController()
    beforeWrite = async () => stop.abort()
    const { state, exitCode } = await applyPlan(plan(), deps, { signal: stop.signal })
    expect([exitCode, state.outcome, await changed()]).toEqual([130, 'stopped', ALL])
    const after = await resumeRun(state.run, deps)
    expect([after.exitCode, after.state.outcome, writes]).toEqual([0, 'applied', 1])
  })
})

describe('places of one file that are put back', () => {
  const leftOf = (outcome: Awaited<ReturnType<typeof rollbackRun>>) =>
    outcome.left.map(({ step }) => step.place.id).join('')

  it('are all announced before they are written', async () => {
    const { state } = await applyPlan(plan(), deps)
    let announced: readonly string[] = []
    beforeWrite = async () => {
      announced = [...(await deps.runs.read(state.run)).steps.values()].map(({ phase }) => phase)
    }
    await rollbackRun(state.run, deps)
    expect(announced).toEqual(ALL.map(() => 'undo announced'))
  })

  it('do not wait for one that is gone', async () => {
    const { state } = await applyPlan(plan(), deps)
    await writeFile(file(), (await stored()).replace(`b=${NEW}\n`, ''))
    const outcome = await rollbackRun(state.run, deps)
    expect([leftOf(outcome), outcome.restored.length, outcome.exitCode, writes]).toEqual(['b', 5, 4, 2])
    expect(await stored()).toBe(original().replace(`b=${OLD}\n`, ''))
  })

  it('are each told of when their backups are gone', async () => {
    const { state } = await applyPlan(plan(), deps)
    await rm(join(folder, 'runs', state.run, 'backups', 'several-1.ages'))
    const outcome = await rollbackRun(state.run, deps)
    expect([leftOf(outcome), outcome.exitCode, await changed()]).toEqual(['fedcba', 1, ALL])
    expect(outcome.left[0]?.because).toContain('its backup several-1.ages#s-f cannot be read')
  })

  it('are left for the next time when a signal comes, and somebody else kept them from being written', async () => {
    const { state } = await applyPlan(plan(), deps)
    const stop = new AbortController()
    beforeWrite = async () => {
      stop.abort()
      await writeFile(file(), (await stored()).replace(`d=${NEW}`, 'd=theirs'))
    }
    const first = await rollbackRun(state.run, deps, { signal: stop.signal })
    expect([first.exitCode, first.restored, first.remaining.length]).toEqual([130, [], ALL.length])
    beforeWrite = async () => undefined
    const outcome = await rollbackRun(state.run, deps)
    expect([leftOf(outcome), outcome.exitCode]).toEqual(['d', 4])
    expect(await stored()).toBe(original().replace(`d=${OLD}`, 'd=theirs'))
  })
})

describe('steps of one file that were announced when a signal came, and that somebody else kept from being written', () => {
  /** One of them is another's at the moment of the write, and the user ends the command. */
  async function stopped(): Promise<string> {
    const stop = new AbortController()
    beforeWrite = async () => {
      stop.abort()
      await writeFile(file(), (await stored()).replace(`d=${OLD}`, 'd=theirs'))
    }
    const { state, exitCode } = await applyPlan(plan(), deps, { signal: stop.signal })
    expect([exitCode, state.outcome, await changed()]).toEqual([130, 'stopped', []])
    beforeWrite = async () => undefined
    await writeFile(file(), original())
    return state.run
  }

  it.each([
    ['the same plan', 'plan1234'],
    ['another plan for them', 'plan5678'],
  ])('are not changed by %s before their run has gone on or was put back', async (_, id) => {
    const name = await stopped()
    const refused = { code: 'R310', because: expect.stringContaining('was stopped') }
    expect(await failureOf(applyPlan({ ...plan(), id }, deps))).toMatchObject(refused)
    await rollbackRun(name, deps)
    expect((await applyPlan({ ...plan(), id }, deps)).state.outcome).toBe('applied')
  })

  it('are free for another plan when that run is forgotten by force', async () => {
    await forgetRun(await stopped(), deps, { force: true })
    expect((await applyPlan({ ...plan(), id: 'plan5678' }, deps)).state.outcome).toBe('applied')
  })
})

describe('steps of one file of which the journal takes no more', () => {
  /** The disk takes no more entries of that kind. */
  function fullAt(kind: string): ApplyDeps {
    const { files } = context.system
    const append: Files['append'] = (path, bytes, held) =>
      Buffer.from(bytes).includes(`"kind":"${kind}"`)
        ? Promise.reject(new Failure('R105', { at: path, because: 'no space is left on the device' }))
        : files.append(path, bytes, held)
    const plain = { sealBytes: async (clear: Uint8Array) => clear, openBytes: async (sealed: Uint8Array) => sealed }
    return { ...deps, runs: runStore(folder, { ...files, append }, plain) }
  }

  it('are not asked about any more, for no answer could be noted', async () => {
    const asked: string[] = []
    whileAsked = async (address) => void asked.push(address)
    expect(await failureOf(applyPlan(plan(), fullAt('verified')))).toMatchObject({
      code: 'R105',
      state:
        '0 of 6 places use their new credential and were proved. 5 more hold it and are not proved. This place holds the new credential; its proof could not be noted.',
    })
    expect(asked).toEqual(['a'])
  })

  it('end with one failure, whatever else fails with it', async () => {
    const unhandled: unknown[] = []
    const listener = (error: unknown): void => void unhandled.push(error)
    process.on('unhandledRejection', listener)
    // Announced and written, but for the last one, and a crash before that was noted.
    await failureOf(applyPlan(plan(), fullAt('did')))
    await writeFile(file(), (await stored()).replace(`f=${NEW}`, `f=${OLD}`))
    const broken = { ...fullAt('did'), token: () => Promise.reject(new Error('a defect')) }
    await expect(resumeRun(await onlyRun(), broken)).rejects.toThrow('a defect')
    await new Promise((done) => setImmediate(done))
    process.off('unhandledRejection', listener)
    expect(unhandled).toEqual([])
  })
})

describe('a run that goes on', () => {
  it('needs git as one that begins: without it nothing is changed', async () => {
    refused.add('a')
    const asksGit: Plan = { ...plan(), steps: plan().steps.map((step) => ({ ...step, uses: [GIT_FETCH] })) }
    await failureOf(applyPlan(asksGit, deps, { batch: 1 }))
    refused.clear()
    const { system } = context
    const run = () => Promise.reject(new Failure('R107', { at: 'git', because: 'it was not found' }))
    const without = { ...context, system: { ...system, processes: { ...system.processes, run } } }
    expect(await failureOf(resumeRun(await onlyRun(), { ...deps, context: without }))).toMatchObject({ code: 'R107' })
    expect(await changed()).toEqual(['a'])
  })
})

describe('a place that another program writes while it is proved', () => {
  /** As git does that was running with the old pair. */
  const overwrite = (secret: string, address = 'b') => {
    whileAsked = async (asked) => {
      if (asked !== address) return
      await writeFile(file(), (await stored()).replace(`${address}=${NEW}`, `${address}=${secret}`))
    }
  }
  const proofOf = (state: RunState, address: string) => state.steps.get(`s-${address}`)?.proof?.outcome

  it.each([
    [
      'with its old bytes',
      OLD,
      'its old bytes were written back after it was changed, as git does that was running with the old credential',
    ],
    ['with others', 'theirs', 'another program wrote it after it was changed'],
  ])('%s is not verified by the answer, whatever it is', async (_, secret, because) => {
    overwrite(secret)
    for (const answer of [new Set<string>(), new Set(['b'])]) {
      refused = answer
      await writeFile(file(), original())
      expect(await failureOf(applyPlan({ ...plan(), id: `plan-${answer.size}` }, deps))).toEqual({
        code: 'R205',
        exitCode: 4,
        because,
        state:
          '5 of 6 places use their new credential and were proved. This place was changed, and holds what another program wrote there since.',
      })
      const [name = ''] = (await deps.runs.names()).toReversed()
      expect(proofOf(await deps.runs.read(name), 'b')).toBeUndefined()
      await forgetRun(name, deps, { force: true })
    }
  })

  it('with its old bytes is changed once more when the run goes on, and put back as ever', async () => {
    overwrite(OLD)
    await failureOf(applyPlan(plan(), deps))
    whileAsked = async () => undefined
    const { state } = await resumeRun(await onlyRun(), deps)
    expect([state.outcome, proofOf(state, 'b'), await changed()]).toEqual(['applied', 'verified', ALL])
    await rollbackRun(state.run, deps)
    expect(await stored()).toBe(original())
  })

  it('is told as that, and changed once more when its old bytes are back, also after it could not be read in between', async () => {
    overwrite(OLD)
    await failureOf(applyPlan(plan(), deps))
    whileAsked = async () => undefined
    const read: Connector['read'] = async () => {
      throw new Failure('R102', { at: file(), because: 'it may not be read' })
    }
    const closed = { ...deps, hands: (id: string) => ({ ...deps.hands(id), connector: { ...connector, read } }) }
    expect(await failureOf(resumeRun(await onlyRun(), closed))).toMatchObject({
      code: 'R102',
      state: expect.stringMatching(/This place was changed, and holds what another program wrote there since\.$/),
    })
    const { state } = await resumeRun(await onlyRun(), deps)
    expect([state.outcome, await changed()]).toEqual(['applied', ALL])
  })

  it('with others stays as it is when the run goes on', async () => {
    overwrite('theirs')
    await failureOf(applyPlan(plan(), deps))
    whileAsked = async () => undefined
    expect(await failureOf(resumeRun(await onlyRun(), deps))).toMatchObject({ code: 'R205' })
    expect((await lines()).get('b')).toBe('theirs')
  })

  it('after its proof is not verified by verify, either', async () => {
    const { state } = await applyPlan(plan(), deps)
    await writeFile(file(), (await stored()).replace(`b=${NEW}`, `b=${OLD}`))
    const places = await verifyRun(state, deps)
    expect(places.filter(({ proof }) => proof.kind !== 'verified')).toMatchObject([
      { step: { id: 's-b' }, proof: { kind: 'not verifiable here', detail: expect.stringContaining('old bytes') } },
    ])
  })
})

describe('a backup of other bytes than its place held', () => {
  it('is not written there, and the others are put back', async () => {
    const { state } = await applyPlan(plan(), deps)
    const backups = join(folder, 'runs', state.run, 'backups', 'several-1.ages')
    const theirs = appPassword()
    await writeFile(backups, (await readFile(backups, 'latin1')).replace(OLD, theirs))
    const { left, restored, exitCode } = await rollbackRun(state.run, deps)
    expect([left, restored.length, exitCode]).toMatchObject([
      [{ step: { id: 's-a' }, because: expect.stringContaining('other bytes than this place held'), foreign: false }],
      5,
      1,
    ])
    expect(await stored()).toBe(original().replace(`a=${OLD}`, `a=${NEW}`))
  })
})

describe('what one write can change', () => {
  const sizes = (steps: readonly Step[], most?: number): readonly number[] =>
    groupsOf(steps, () => connector, most).map(({ length }) => length)

  it('is steps of one file that follow one another, up to a number', () => {
    const steps = ALL.map((address) => stepOf(address))
    expect([sizes(steps), sizes(steps, 4)]).toEqual([[6], [4, 2]])
    expect(sizes([stepOf('a'), stepOf('b', '/elsewhere'), stepOf('c')])).toEqual([1, 1, 1])
  })

  it('is nothing that makes a credential or names one, and nothing of a connector that writes one place at a time', () => {
    const [a, b] = [stepOf('a'), stepOf('b')]
    const made: Step = { ...b, to: { username: 'keep', token: 'ci', create: { like: a.place } } }
    const rewired: Step = { ...b, to: { username: 'keep', reference: { from: 'x', to: 'y' } } }
    expect([sizes([a, made]), sizes([rewired, rewired])]).toEqual([
      [1, 1],
      [1, 1],
    ])
    const { stageMany: _, ...single } = connector
    expect(groupsOf([a, b], () => single)).toEqual([[a], [b]])
  })
})
