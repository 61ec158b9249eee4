import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type MemoryRun, memoryRun } from '../../test/support/memory-run.ts'
import type { Step } from '../model/plan.ts'
import { applyPlan } from './apply-plan.ts'
import { provingAgain } from './prove-again.ts'
import { stepState } from './run-state.ts'

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
