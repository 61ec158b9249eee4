import { afterEach, beforeEach, expect, test } from 'vitest'
import { failureOf, type MemoryRun, memoryRun } from '../../test/support/memory-run.ts'
import { applyPlan } from '../apply/apply-plan.ts'
import { runStore } from '../apply/run-folder.ts'
import { Failure } from '../model/failure.ts'
import type { Files } from '../model/ports.ts'
import { damageWord, knownRuns } from './known-runs.ts'

let run: MemoryRun
beforeEach(async () => {
  run = await memoryRun(['a', 'b'])
})
afterEach(() => run.end())

/** A disk that keeps everything in one folder from this user. */
function withholding(folder: string, files: Files): Files {
  const unless =
    <Given extends readonly [string, ...unknown[]], Result>(act: (...given: Given) => Promise<Result>) =>
    async (...given: Given): Promise<Result> => {
      if (given[0].startsWith(`${folder}/`))
        throw new Failure('R102', { at: given[0], because: 'permission denied', state: 'Nothing was changed.' })
      return act(...given)
    }
  return { ...files, entry: unless(files.entry), read: unless(files.read), list: unless(files.list) }
}

test('a run whose folder this user may not read is named, and hides no other', async () => {
  const [mine, theirs] = [run.plan([{ address: 'a' }]), { ...run.plan([{ address: 'b' }]), id: 'plan5678' }]
  const names = [(await applyPlan(mine, run.deps)).state.run, (await applyPlan(theirs, run.deps)).state.run]
  const withheld = `${run.folder}/runs/${names[1]}`
  const plain = { sealBytes: async (clear: Uint8Array) => clear, openBytes: async (sealed: Uint8Array) => sealed }
  const store = runStore(run.folder, withholding(withheld, run.context.system.files), plain)
  const { runs, damaged } = await knownRuns({ runNames: store.names, run: store.read })
  expect(runs.map((each) => each.run)).toEqual([names[0]])
  expect(damaged).toEqual([
    { run: names[1], because: expect.stringMatching(/^.*: permission denied$/), unreadable: true },
  ])
  expect(damaged.map(damageWord)).toEqual(['! not readable'])
  expect(await failureOf(store.read(names[1] ?? ''))).toMatchObject({ code: 'R102' })
})
