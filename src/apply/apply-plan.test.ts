import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Answer } from '../model/answer.ts'
import type { Change, Connector, Staged } from '../model/consumer.ts'
import { Failure } from '../model/failure.ts'
import type { Digest, Plan, Step } from '../model/plan.ts'
import type { Context } from '../model/ports.ts'
import { Secret } from '../model/secret.ts'
import { nodeSystem } from '../system/node-system.ts'
import { applyPlan, resumeRun } from './apply-plan.ts'
import type { ApplyDeps } from './deps.ts'
import { rollbackRun } from './rollback.ts'
import { runStore } from './run-folder.ts'

const context: Context = {
  system: nodeSystem({ environment: {}, now: () => new Date('2026-11-23T09:00:00Z') }),
  seal: Secret.sealer(new Uint8Array(32)),
  digest: (bytes) => `hmac:${Buffer.from(bytes).toString('hex')}`,
  logins: [],
}
const secret = context.seal('the new secret')
const bytes = (text: string): Uint8Array => Buffer.from(text)
const digestOf = (text: string): Digest => context.digest(bytes(text))

/** Address to what is stored there. */
let world: Map<string, string>
let answers: Map<string, Answer['kind'] | Failure>
let state = ''
/** Called before a commit writes. */
let beforeCommit: (address: string) => void
/** A system that encrypts, so that nobody can say what it will hold. */
let isOpaque = false

beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'keyturn-apply-'))
  world = new Map(['a', 'b', 'c'].map((address) => [address, `old ${address}`]))
  answers = new Map()
  beforeCommit = () => undefined
  isOpaque = false
})
afterEach(() => rm(state, { recursive: true, force: true }))

function stage(
  address: string,
  expected: Digest,
  next: string,
): Staged | { kind: 'conflict'; found: Digest | 'absent' } {
  const now = world.get(address)
  if (now === undefined || digestOf(now) !== expected)
    return { kind: 'conflict', found: now === undefined ? 'absent' : digestOf(now) }
  const commit = async (): Promise<Change> => {
    beforeCommit(address)
    const found = world.get(address) ?? ''
    if (digestOf(found) !== expected) return { kind: 'conflict', found: digestOf(found) }
    world.set(address, next)
    return { kind: 'changed', now: digestOf(next) }
  }
  return { kind: 'staged', to: isOpaque ? 'unpredictable' : digestOf(next), backup: bytes(now), commit }
}

const connector: Connector = {
  read: async (place) => {
    const now = world.get(place.address)
    return now === undefined
      ? { kind: 'absent' }
      : { kind: 'present', place: { ...place, host: 'bitbucket.org', uses: [] }, digest: digestOf(now) }
  },
  stageReplace: async ({ address }, expected) => stage(address, expected, `new ${address}`),
  stageRestore: async ({ address }, expected, backup) => stage(address, expected, Buffer.from(backup).toString()),
}

function answerOf(address: string): Answer {
  const kind = answers.get(address) ?? 'yes'
  const evidence = { asked: `git ls-remote through ${address}`, answered: '401' }
  if (kind instanceof Failure) throw kind
  if (kind === 'no') return { kind, reason: 'unauthorized', missing: [], evidence }
  return kind === 'yes' ? { kind, scopes: 'not reported', evidence } : { kind, reason: 'timed out', evidence }
}

function deps(): ApplyDeps {
  const plain = { sealBytes: async (clear: Uint8Array) => clear, openBytes: async (sealed: Uint8Array) => sealed }
  return {
    context,
    hands: () => ({ connector, verifier: { verify: async ({ address }) => answerOf(address) } }),
    token: async (name) => (name === 'ci' ? secret : undefined),
    runs: runStore(state, context.system.files, plain),
    state,
  }
}

function readingAs(read: Connector['read']): ApplyDeps {
  const { hands } = deps()
  return { ...deps(), hands: (consumer) => ({ ...hands(consumer), connector: { ...connector, read } }) }
}

function plan(to: Step['to'] = { username: 'keep', token: 'ci', fingerprint: secret.fingerprint }): Plan {
  const steps = ['a', 'b', 'c'].map(
    (address): Step => ({
      id: `s-${address}`,
      place: { id: address, consumer: 'memory', at: { kind: 'url', url: 'https://ci.example.org' }, address },
      from: { digest: digestOf(`old ${address}`) },
      to,
      uses: [{ operation: 'git-fetch', by: 'job x' }],
      reason: 'app passwords ended',
    }),
  )
  return {
    schema: 'keyturn/plan/1',
    id: 'plan1234',
    createdAt: '2026-11-23T09:00:00.000Z',
    sources: [],
    requests: [],
    steps,
    kept: [],
    manual: [],
  }
}

const stored = (): readonly (string | undefined)[] => ['a', 'b', 'c'].map((address) => world.get(address))
const onlyRun = async (): Promise<string> => (await deps().runs.names())[0] ?? ''
const failure = (act: Promise<unknown>): Promise<unknown> =>
  act.then(
    () => 'no failure',
    (error: unknown) => (error instanceof Failure ? { code: error.code, ...error.parts } : error),
  )

describe('applying a plan', () => {
  it('changes and proves every place', async () => {
    const { state: after, exitCode } = await applyPlan(plan(), deps())
    expect([stored(), after.outcome, exitCode]).toEqual([['new a', 'new b', 'new c'], 'applied', 0])
  })

  it('is refused whole when one place is not as the plan expects', async () => {
    world.set('c', 'changed by hand')
    expect(await failure(applyPlan(plan(), deps()))).toMatchObject({
      code: 'R201',
      exitCode: 4,
      state: 'Nothing was changed.',
    })
    expect([stored(), await deps().runs.names()]).toEqual([['old a', 'old b', 'changed by hand'], []])
  })

  it('is refused before the first act when a token has yet to be created, is gone, or is another one', async () => {
    const other = context.seal('another').fingerprint
    for (const [to, because] of [
      [{ request: 't1' }, '3 steps wait for a token that a person has to create'],
      [{ token: 'gone' }, 'the vault holds no such token'],
      [{ token: 'ci', fingerprint: other }, expect.stringMatching(/^the vault holds another token under this name/)],
    ] as const)
      expect(await failure(applyPlan(plan({ username: 'keep', ...to }), deps()))).toMatchObject({
        code: 'R203',
        because,
        exitCode: 3,
      })
    expect([stored(), await deps().runs.names()]).toEqual([['old a', 'old b', 'old c'], []])
  })

  it('stops at the first refusal and says what was changed; once the cause is gone it continues there', async () => {
    answers.set('b', 'no')
    expect(await failure(applyPlan(plan(), deps()))).toMatchObject({
      code: 'R206',
      exitCode: 1,
      state:
        '1 of 3 places use their new credential and were proved. This place holds the new credential, which was refused.',
    })
    expect(stored()).toEqual(['new a', 'new b', 'old c'])
    answers.delete('b')
    const { state: after } = await resumeRun(await onlyRun(), deps())
    expect([stored(), after.outcome]).toEqual([['new a', 'new b', 'new c'], 'applied'])
  })

  it.each(['unknown' as const, new Failure('R401', { at: 'https://ci.example.org', because: 'refused' })])(
    'goes on where a place cannot be asked about, and says so with exit code 3: %s',
    async (answer) => {
      answers.set('b', answer)
      const { state: after, exitCode } = await applyPlan(plan(), deps())
      expect([exitCode, after.outcome, after.steps.get('s-b')?.proof?.outcome]).toEqual([
        3,
        'applied',
        'not verifiable here',
      ])
    },
  )

  it('counts a place that could not be asked about as not proved, also where another one fails', async () => {
    answers.set('a', 'unknown')
    answers.set('b', 'no')
    expect(await failure(applyPlan(plan(), deps()))).toMatchObject({
      state:
        '0 of 3 places use their new credential and were proved. 1 more holds it and is not proved. This place holds the new credential, which was refused.',
    })
  })

  it.each([
    ['at the moment of the write', 'b'],
    ['before its turn came', 'a'],
  ])('writes nothing over what someone else wrote meanwhile, %s', async (_, during) => {
    beforeCommit = (address) => address === during && world.set('b', 'theirs')
    expect(await failure(applyPlan(plan(), deps()))).toMatchObject({ code: 'R205', exitCode: 4 })
    expect(stored()).toEqual(['new a', 'theirs', 'old c'])
  })

  it.each<[string, (run: string) => Promise<unknown>]>([
    ['goes on', (run) => failure(resumeRun(run, deps()))],
    ['is put back', (run) => rollbackRun(run, deps())],
  ])('nor when the run %s after the system could not be asked in between', async (_, act) => {
    isOpaque = true
    beforeCommit = (address) => address === 'b' && world.set('b', 'theirs')
    await failure(applyPlan(plan(), deps()))
    const away = new Failure('R401', { because: 'it does not answer' })
    expect(
      await failure(
        resumeRun(
          await onlyRun(),
          readingAs(() => Promise.reject(away)),
        ),
      ),
    ).toMatchObject({ code: 'R401' })
    beforeCommit = () => undefined
    await act(await onlyRun())
    expect(world.get('b')).toBe('theirs')
  })

  it('offers to put back only what was changed', async () => {
    const refused = async (place: string): Promise<unknown> => {
      const stageReplace: Connector['stageReplace'] = async ({ address }, expected) => {
        if (address !== place) return stage(address, expected, `new ${address}`)
        throw new Failure('R208', { because: 'its process is running', next: ['Stop the controller.'] })
      }
      const { hands } = deps()
      return failure(
        applyPlan(plan(), {
          ...deps(),
          hands: (consumer) => ({ ...hands(consumer), connector: { ...connector, stageReplace } }),
        }),
      )
    }
    const newest = async (): Promise<string> => (await deps().runs.names()).at(-1) ?? ''
    const goOn = async (): Promise<readonly string[]> => [
      'Stop the controller.',
      'Remove the cause, then continue with this step:',
      `  keyturn apply ${await newest()} --resume`,
    ]
    expect(await refused('a')).toMatchObject({ code: 'R208', next: await goOn() })
    expect(stored()).toEqual(['old a', 'old b', 'old c'])
    expect(await refused('b')).toMatchObject({
      code: 'R208',
      next: [...(await goOn()), 'or put the places back:', `  keyturn rollback ${await newest()}`],
    })
  })

  it.each(['R402', 'R403'] as const)(
    'says that a place is unchanged where a system refused to write: %s',
    async (code) => {
      beforeCommit = (address) => {
        if (address === 'b') throw new Failure(code, { because: 'it may not' })
      }
      expect(await failure(applyPlan(plan(), deps()))).toMatchObject({
        code,
        state: '1 of 3 places use their new credential and were proved. This place is unchanged.',
      })
    },
  )

  it('does not say so of a place that may have been changed before, and cannot be read now', async () => {
    beforeCommit = (address) => {
      if (address === 'b') throw new Failure('R401', { because: 'the connection was closed' })
    }
    await failure(applyPlan(plan(), deps()))
    const refused = new Failure('R403', { because: 'it may not' })
    expect(
      await failure(
        resumeRun(
          await onlyRun(),
          readingAs(() => Promise.reject(refused)),
        ),
      ),
    ).toMatchObject({
      code: 'R403',
      state: expect.stringMatching(
        /Whether this place was changed is read again when the run continues or is put back\.$/,
      ),
    })
  })

  it('keeps why a step stopped, and no defect of a program as if a system had said it', async () => {
    beforeCommit = (address) => {
      if (address === 'b') throw new Failure('R401', { because: 'the connection was closed' })
    }
    await failure(applyPlan(plan(), deps()))
    const gaveUp = async () => (await deps().runs.read(await onlyRun())).steps.get('s-b')?.gaveUp
    expect(await gaveUp()).toEqual({ code: 'R401', because: 'the connection was closed' })
    const defect = new TypeError('a defect')
    expect(
      await failure(
        resumeRun(
          await onlyRun(),
          readingAs(() => Promise.reject(defect)),
        ),
      ),
    ).toBe(defect)
    expect(await gaveUp()).toEqual({ code: 'R401', because: 'the connection was closed' })
  })

  it.each([
    ['yes', 'R401'],
    ['no', 'R206'],
  ] as const)('proves nothing by the answer %s when the system cannot be read after it: %s', async (answer, code) => {
    answers.set('a', answer)
    let isAsked = false
    const { hands } = deps()
    const away = readingAs(async (...given) => {
      if (isAsked) throw new Failure('R401', { because: 'it does not answer' })
      return connector.read(...given)
    })
    const asking: ApplyDeps = {
      ...away,
      hands: (id) => ({
        ...away.hands(id),
        verifier: {
          verify: async (...given) => {
            isAsked = true
            return hands(id).verifier?.verify(...given) ?? answerOf('a')
          },
        },
      }),
    }
    expect(await failure(applyPlan(plan(), asking))).toMatchObject({ code })
    const run = await deps().runs.read(await onlyRun())
    expect(run.steps.get('s-a')).toMatchObject({ phase: 'done', gaveUp: { code } })
    expect(run.steps.get('s-a')?.proof).toBeUndefined()
    answers.delete('a')
    expect((await resumeRun(run.run, deps())).state.outcome).toBe('applied')
  })

  it('does not claim that a place is unchanged when the system failed in the middle of the change', async () => {
    beforeCommit = (address) => {
      if (address !== 'b') return
      world.set('b', 'new b')
      throw new Failure('R401', { because: 'the connection was closed' })
    }
    expect(await failure(applyPlan(plan(), deps()))).toMatchObject({
      code: 'R401',
      state:
        '1 of 3 places use their new credential and were proved. Whether this place was changed is read again when the run continues or is put back.',
    })
    beforeCommit = () => undefined
    await resumeRun(await onlyRun(), deps())
    expect(stored()).toEqual(['new a', 'new b', 'new c'])
  })

  it('finishes the current step when it is interrupted, and continues later', async () => {
    const controller = new AbortController()
    beforeCommit = () => controller.abort()
    const { exitCode } = await applyPlan(plan(), deps(), { signal: controller.signal })
    expect([exitCode, stored()]).toEqual([130, ['new a', 'old b', 'old c']])
    await resumeRun(await onlyRun(), deps())
    expect(stored()).toEqual(['new a', 'new b', 'new c'])
  })

  it('is not begun anew when it was stopped in the middle: the run goes on, or is put back', async () => {
    const controller = new AbortController()
    beforeCommit = () => controller.abort()
    await applyPlan(plan(), deps(), { signal: controller.signal })
    const run = await onlyRun()
    expect(await failure(applyPlan(plan(), deps()))).toMatchObject({
      code: 'R310',
      at: `run ${run}`,
      next: [
        'Go on with it:',
        `  keyturn apply ${run} --resume`,
        'or put its places back:',
        `  keyturn rollback ${run}`,
      ],
    })
  })

  it('does not begin beside a run that is open at the same places', async () => {
    answers.set('a', 'no')
    await failure(applyPlan(plan(), deps()))
    world.set('a', 'old a')
    expect(await failure(applyPlan(plan(), deps()))).toMatchObject({ code: 'R310' })
  })
})

describe('rolling back', () => {
  it('puts every place back, and again without effect', async () => {
    await applyPlan(plan(), deps())
    const run = await onlyRun()
    const { state: after, left, exitCode } = await rollbackRun(run, deps())
    expect([stored(), after.outcome, left, exitCode]).toEqual([['old a', 'old b', 'old c'], 'rolled back', [], 0])
    await rollbackRun(run, deps())
    expect(stored()).toEqual(['old a', 'old b', 'old c'])
  })

  it('puts one place back alone', async () => {
    await applyPlan(plan(), deps())
    await rollbackRun(await onlyRun(), deps(), { only: 'b' })
    expect(stored()).toEqual(['new a', 'old b', 'new c'])
  })

  it('leaves what someone else wrote since, says so, and puts the others back', async () => {
    await applyPlan(plan(), deps())
    world.set('b', 'theirs')
    const { left, exitCode } = await rollbackRun(await onlyRun(), deps())
    expect([stored(), left.map(({ step }) => step.id), exitCode]).toEqual([['old a', 'theirs', 'old c'], ['s-b'], 4])
  })

  it.each([
    ['and the place has its old bytes, is taken once more', 'old b', 'new b'],
    ['and the place has others, is not taken of those', 'new b, encrypted once', undefined],
  ])('a first backup that cannot be opened any more, %s', async (_, held, after) => {
    isOpaque = true
    beforeCommit = (address) => {
      if (address !== 'b') return
      world.set('b', held)
      throw new Failure('R401', { because: 'the connection was closed' })
    }
    await failure(applyPlan(plan(), deps()))
    beforeCommit = () => undefined
    const damaged = join(state, 'runs', await onlyRun(), 'backups', 's-b.age')
    const opening = (sealed: Uint8Array): Uint8Array => {
      if (Buffer.from(sealed).equals(bytes('damaged'))) throw new Error('it does not open')
      return sealed
    }
    await writeFile(damaged, 'damaged')
    const sealer = {
      sealBytes: async (clear: Uint8Array) => clear,
      openBytes: async (sealed: Uint8Array) => opening(sealed),
    }
    const resumed = resumeRun(await onlyRun(), { ...deps(), runs: runStore(state, context.system.files, sealer) })
    if (after === undefined) expect(await failure(resumed)).toMatchObject({ code: 'R102' })
    else await resumed
    expect([world.get('b'), await readFile(damaged, 'utf8')]).toEqual(
      after === undefined ? [held, 'damaged'] : [after, 'old b'],
    )
  })

  it('keeps the first backup when a step of an encrypting system is repeated', async () => {
    isOpaque = true
    beforeCommit = (address) => {
      if (address !== 'b') return
      world.set('b', 'new b, encrypted once')
      throw new Failure('R401', { because: 'the connection was closed' })
    }
    await failure(applyPlan(plan(), deps()))
    beforeCommit = () => undefined
    await resumeRun(await onlyRun(), deps())
    expect(stored()).toEqual(['new a', 'new b', 'new c'])
    await rollbackRun(await onlyRun(), deps())
    expect(stored()).toEqual(['old a', 'old b', 'old c'])
  })
})
