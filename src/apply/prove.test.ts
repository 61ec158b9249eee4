import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { failureOf, type MemoryRun, memoryRun } from '../../test/support/memory-run.ts'
import type { Answer } from '../model/answer.ts'
import type { Step } from '../model/plan.ts'
import type { Use } from '../model/use.ts'
import { applyPlan } from './apply-plan.ts'
import type { ApplyDeps } from './deps.ts'
import { forgetRun } from './forget-run.ts'
import { prove } from './prove.ts'
import { provingAgain } from './prove-again.ts'
import { rollbackRun } from './rollback.ts'
import { stepState } from './run-state.ts'
import { verifyRun } from './verify-run.ts'

let run: MemoryRun
beforeEach(async () => {
  run = await memoryRun(['pin', 'credential', 'other'])
})
afterEach(() => run.end())

const pin = { address: 'pin', to: { username: 'remove', keepSecret: true } } as const
const credential = { address: 'credential', needs: ['s-pin'] } as const

async function proofsOf(steps: readonly (Partial<Step> & { readonly address: string })[]) {
  const { state } = await applyPlan(run.plan(steps), run.deps)
  const [first] = state.plan.steps
  if (first === undefined) throw new Error('a plan without steps')
  const proveStep = await provingAgain([first], () => state, run.deps)
  return { recorded: stepState(state, 's-pin').proof, now: await proveStep(first) }
}

describe('a clone of a repository that the owner of the token may only read', () => {
  const repository = { workspace: 'acme', slug: 'app' }
  const fetch: Use = { operation: 'git-fetch', by: 'remote.origin.url', repository }
  const push: Use = { operation: 'git-push', by: 'remote.origin.url', repository }
  const refused = (reason: 'no access' | 'scope missing'): Answer => ({
    kind: 'no',
    reason,
    missing: [],
    evidence: { asked: 'GET git-receive-pack', answered: '403', status: 403 },
  })
  const proofWith = async (uses: readonly Use[], toPushing: Answer) => {
    const deps: ApplyDeps = {
      ...run.deps,
      hands: (consumer) => ({
        ...run.deps.hands(consumer),
        verifier: {
          verify: async (_place, { operation }) =>
            operation === 'git-push'
              ? toPushing
              : { kind: 'yes', scopes: 'not reported', evidence: { asked: 'git ls-remote', answered: 'exit 0' } },
        },
      }),
    }
    const plan = run.plan([{ address: 'other', uses }])
    const [step] = plan.steps
    return step && prove(step, plan, deps)
  }

  it('is not refused for pushing, which nothing says that it does', async () => {
    expect(await proofWith([fetch, push], refused('no access'))).toEqual({
      kind: 'not verifiable here',
      detail: 'GET git-receive-pack: 403; it fetches from there, and its owner may not push',
    })
  })

  it.each<[string, readonly Use[], 'no access' | 'scope missing']>([
    ['a scope is missing', [fetch, push], 'scope missing'],
    ['a script pushes', [fetch, { ...push, followed: true }], 'no access'],
    ['it is pushed alone', [push], 'no access'],
  ])('is refused where %s', async (_name, uses, reason) => {
    expect(await proofWith(uses, refused(reason))).toMatchObject({ kind: 'refused' })
  })
})

describe('a setting of git that got another username', () => {
  it('is as good as the credential that waits for it, for it holds no secret to ask with', async () => {
    const plan = run.plan([{ address: 'pin' }, credential])
    const [first, ...rest] = plan.steps
    if (first === undefined) throw new Error('a plan without steps')
    const { kind: _none, ...from } = first.from
    const named: Step = { ...first, from, to: { username: { set: 'bot' }, keepSecret: true } }
    expect(await prove(named, { ...plan, steps: [named, ...rest] }, run.deps)).toEqual({
      kind: 'verified',
      detail: 'git asks its store for bot; its credential is proved in a step of its own',
    })
  })
})

describe('a URL of which a username was removed', () => {
  it('is as good as the credential that is sent for it', async () => {
    const { recorded, now } = await proofsOf([pin, credential])
    expect([recorded?.outcome, now.kind]).toEqual(['verified', 'verified'])
  })

  it('is not called proved while that credential is not', async () => {
    run.answers.set('credential', 'unknown')
    const { now } = await proofsOf([pin, credential])
    expect(now).toMatchObject({
      kind: 'not verifiable here',
      detail: expect.stringContaining('the credential that is sent is not proved: '),
    })
  })

  it('is not called proved any more when that credential alone was put back, and the run is not forgotten', async () => {
    const { state } = await applyPlan(run.plan([pin, credential]), run.deps)
    await rollbackRun(state.run, run.deps, { only: 'credential' })
    const words = 'the URL names no username any more, and the credential that is sent is not proved: '
    const places = await verifyRun(await run.deps.runs.read(state.run), run.deps)
    expect(places.map(({ proof }) => proof)).toEqual([
      { kind: 'not verifiable here', detail: expect.stringContaining(words) },
    ])
    expect(await failureOf(forgetRun(state.run, run.deps))).toMatchObject({
      code: 'R314',
      because: expect.stringContaining(words),
    })
    await rollbackRun(state.run, run.deps)
    expect((await forgetRun(state.run, run.deps)).shredded).toBe(2)
  })

  it('holds back no forgetting of a run whose credential is proved by that very command', async () => {
    run.answers.set('credential', 'unknown')
    const { state } = await applyPlan(run.plan([pin, credential]), run.deps)
    run.answers.clear()
    expect((await forgetRun(state.run, run.deps)).shredded).toBe(2)
  })

  it.each([
    ['yes', 'verified'],
    ['unknown', 'not verifiable here'],
    ['no', 'not verifiable here'],
  ] as const)('is asked about where nothing says what is sent: %s is %s', async (answer, kind) => {
    if (answer !== 'yes') run.answers.set('pin', answer)
    const { recorded, now } = await proofsOf([pin, { address: 'other', to: { username: { set: 'x' }, token: 'ci' } }])
    expect([recorded?.outcome, now.kind]).toEqual([kind, kind])
  })

  it.each([
    ['another file', 'nothing shows that git reads '],
    ['another entry', 'another entry comes before '],
  ] as const)('is not called proved by a credential that git may pass over: %s', async (doubt, words) => {
    const use = { operation: 'git-fetch', by: 'remote origin', repository: { workspace: 'acme', slug: 'app' } } as const
    const { recorded, now } = await proofsOf([
      { ...pin, uses: [use] },
      { ...credential, uses: [{ ...use, doubt }] },
    ])
    expect([recorded, now]).toMatchObject([
      { outcome: 'not verifiable here', detail: expect.stringContaining(words) },
      { kind: 'not verifiable here', detail: expect.stringContaining(words) },
    ])
  })

  it('is as good as one that git reads, whatever stands in a file that it may not read', async () => {
    const use = { operation: 'git-fetch', by: 'remote origin', repository: { workspace: 'acme', slug: 'app' } } as const
    const { recorded } = await proofsOf([
      { ...pin, uses: [use] },
      { ...credential, uses: [use] },
      { address: 'other', needs: ['s-pin'], uses: [{ ...use, doubt: 'another file' }] },
    ])
    expect(recorded?.outcome).toBe('verified')
  })
})
