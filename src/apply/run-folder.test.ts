import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type MemoryRun, memoryRun } from '../../test/support/memory-run.ts'
import { appPassword } from '../../test/support/synthetic-secrets.ts'
import { applyPlan } from './apply-plan.ts'

let run: MemoryRun
let name = ''

beforeEach(async () => {
  run = await memoryRun(['a', 'b'])
  name = (await applyPlan(run.plan([{ address: 'a' }, { address: 'b' }]), run.deps)).state.run
})
afterEach(() => run.end())

const at = (...parts: readonly string[]): string => join(run.folder, 'runs', name, ...parts)

describe('the folder of a run', () => {
  it('is never made where another run has it', async () => {
    const before = await readFile(at('plan.json'))
    const again = run.deps.runs.create(name, run.plan([{ address: 'b' }]), run.context.system.clock)
    await expect(again).rejects.toMatchObject({ code: 'R205' })
    expect(await readFile(at('plan.json'))).toEqual(before)
  })

  it.each([
    ['among its backups', ['backups', '.s-a.age.keyturn-0123456789ab']],
    ['beside its journal', ['.journal.end.keyturn-0123456789ab']],
  ])('is cleared, when it is opened, of what a crash left half written %s', async (_, parts) => {
    await writeFile(at(...parts), appPassword())
    await run.deps.runs.open(name, run.context.system.clock)
    const reserves = ['reserve', 'reserve-1', 'reserve-2', 'reserve-3']
    expect(await readdir(at())).toEqual(['backups', 'journal', 'journal.end', 'plan.json', ...reserves])
    expect(await readdir(at('backups'))).toEqual(['s-a.age', 's-b.age'])
  })
})
