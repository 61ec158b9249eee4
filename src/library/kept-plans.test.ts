import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { madePlace, madePlan } from '../../test/support/made-plan.ts'
import { type MemoryRun, memoryRun } from '../../test/support/memory-run.ts'
import { loadPlan, savePlan } from './kept-plans.ts'

let run: MemoryRun

beforeEach(async () => {
  run = await memoryRun([])
})
afterEach(() => run.end())

const planAt = (now: string) => madePlan([madePlace('a')], { now: new Date(now) })

it.each([
  ['after it', '2026-11-23T09:00:00.001Z'],
  ['in the same moment', '2026-11-23T09:00:00.000Z'],
  ['when the clock was put back by months', '2026-05-01T00:00:00.000Z'],
])('the newest plan is the one that was kept last: %s', async (_, now) => {
  const kept = { context: run.context, folders: { config: run.folder, state: join(run.folder, 'state'), cache: '' } }
  await savePlan(planAt('2026-11-23T09:00:00.000Z'), kept)
  const plans = [planAt(now), { ...planAt(now), id: '00000000' }]
  for (const plan of plans) {
    const path = await savePlan(plan, kept)
    expect(path.endsWith(`-${plan.id}.json`)).toBe(true)
  }
  const last = planAt(now)
  await savePlan(last, kept)
  expect((await loadPlan(undefined, kept)).id).toBe(last.id)
})
