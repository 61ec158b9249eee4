import { afterEach, beforeEach, expect, test } from 'vitest'
import { failureOf, type MemoryRun, memoryRun } from '../../test/support/memory-run.ts'
import { applyPlan, resumeRun } from './apply-plan.ts'
import { auditRun } from './audit-run.ts'
import type { ApplyDeps } from './deps.ts'
import { forgetRun } from './forget-run.ts'
import { rollbackRun } from './rollback.ts'
import { verifyRun } from './verify-run.ts'

let run: MemoryRun
beforeEach(async () => {
  run = await memoryRun(['a', 'b'])
})
afterEach(() => run.end())

/** The same installation after somebody put another key in its folder. */
function underOtherKey({ context, ...rest }: ApplyDeps): ApplyDeps {
  return { ...rest, context: { ...context, digest: (bytes) => `${context.digest(bytes)}00` } }
}

test('a run recognises its places by the key that it began with: under another one nobody is told that the places were changed', async () => {
  run.answers.set('b', 'no')
  await failureOf(applyPlan(run.plan([{ address: 'a' }, { address: 'b' }]), run.deps))
  const [name = ''] = await run.deps.runs.names()
  const other = underOtherKey(run.deps)
  const { damage } = await auditRun(name, other)
  expect(damage).toEqual([expect.stringContaining('fingerprint.key')])
  const state = await run.deps.runs.read(name)
  for (const act of [
    () => rollbackRun(name, other),
    () => resumeRun(name, other),
    () => forgetRun(name, other),
    () => verifyRun(state, other),
  ])
    expect(await failureOf(act())).toMatchObject({
      code: 'R104',
      because: expect.stringContaining('fingerprint.key'),
      state: expect.stringMatching(/^Nothing was (changed|shredded)/),
    })
  expect((await auditRun(name, run.deps)).verdict).toBe('OK')
  expect((await rollbackRun(name, run.deps)).exitCode).toBe(0)
})
