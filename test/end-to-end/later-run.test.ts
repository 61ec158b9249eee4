import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { applyPlan } from '../../src/apply/apply-plan.ts'
import { whyNotOn } from '../../src/apply/can-go-on.ts'
import type { ApplyDeps } from '../../src/apply/deps.ts'
import { forgetRun } from '../../src/apply/forget-run.ts'
import { rollbackRun } from '../../src/apply/rollback.ts'
import { verifyRun } from '../../src/apply/verify-run.ts'
import { gitCredentialsConnector } from '../../src/consumers/git-credentials/connect.ts'
import { failureOf, type MemoryRun, memoryRun } from '../support/memory-run.ts'
import { apiToken, appPassword } from '../support/synthetic-secrets.ts'

/** Two runs change one place, one after the other, as it happens each time that a token is replaced. */

const evidence = { asked: 'git ls-remote', answered: 'exit 0' }
const OLD = `https://alice:${appPassword()}@bitbucket.org\n`
let run: MemoryRun
let deps: ApplyDeps
let first: string
let second: string
let between: string
const path = (): string => join(run.folder, '.git-credentials')

beforeEach(async () => {
  run = await memoryRun([])
  const tokens = new Map(['one', 'two'].map((name) => [name, run.context.seal(apiToken())]))
  deps = {
    ...run.deps,
    token: async (name) => tokens.get(name),
    hands: () => ({
      connector: gitCredentialsConnector,
      verifier: { verify: async () => ({ kind: 'yes', scopes: 'not reported', evidence }) },
    }),
  }
  await writeFile(path(), OLD)
  first = await applied('one')
  between = await readFile(path(), 'utf8')
  second = await applied('two')
})
afterEach(() => run.end())

/** Puts a token of the vault into the place as it is now; gives the run. */
async function applied(token: string): Promise<string> {
  const place = {
    id: 'p1',
    consumer: 'git-credentials',
    at: { kind: 'file', path: path() },
    address: 'bitbucket.org',
  } as const
  const found = await gitCredentialsConnector.read(place, deps.context)
  if (found.kind !== 'present') throw new Error('nothing there')
  const [step] = run.plan([{ address: 'bitbucket.org', place, from: { digest: found.digest } }]).steps
  if (step === undefined) throw new Error('no step')
  const steps = [{ ...step, to: { username: 'keep', token } as const }]
  return (await applyPlan({ ...run.plan([]), id: `plan-${token}`, steps }, deps)).state.run
}

describe('a place that a later run changed', () => {
  it('is left by a rollback of the earlier one, which names the later', async () => {
    const { left, exitCode } = await rollbackRun(first, deps)
    const because = `run ${second} changed it since; it was left as it is`
    expect([left, exitCode]).toMatchObject([[{ because, foreign: true, by: second }], 4])
  })

  it('leaves nothing to go on with in the earlier one, which does not count as complete anew', async () => {
    await rollbackRun(first, deps)
    expect(whyNotOn(await deps.runs.read(first))).toMatchObject({ code: 'R317' })
  })

  it('comes back in two steps, the later run first', async () => {
    await rollbackRun(first, deps)
    await rollbackRun(second, deps)
    expect(await readFile(path(), 'utf8')).toBe(between)
    expect((await rollbackRun(first, deps)).exitCode).toBe(0)
    expect(await readFile(path(), 'utf8')).toBe(OLD)
  })

  it('is what verify and forget tell of the earlier one', async () => {
    const detail = `run ${second} changed it after that`
    expect(await verifyRun(await deps.runs.read(first), deps)).toMatchObject([{ proof: { detail } }])
    expect(await failureOf(forgetRun(first, deps))).toMatchObject({
      code: 'R314',
      because: `it does not hold its new credential any more: ${detail}`,
    })
  })

  it('that somebody changed after both is that somebody’s', async () => {
    await writeFile(path(), OLD.replace('alice', 'bob'))
    expect((await rollbackRun(first, deps)).left).toMatchObject([{ because: expect.stringContaining('someone else') }])
  })
})
