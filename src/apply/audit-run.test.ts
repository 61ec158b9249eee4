import { appendFile, copyFile, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { failureOf, type MemoryRun, memoryRun } from '../../test/support/memory-run.ts'
import { applyPlan, resumeRun } from './apply-plan.ts'
import { type AuditedRun, auditRun } from './audit-run.ts'
import { rollbackRun } from './rollback.ts'
import { runStore } from './run-folder.ts'
import { verifyRun } from './verify-run.ts'

let run: MemoryRun
let name = ''

beforeEach(async () => {
  run = await memoryRun(['a', 'b'])
  name = (await applyPlan(run.plan([{ address: 'a' }, { address: 'b' }]), run.deps)).state.run
})
afterEach(() => run.end())

const at = (...parts: readonly string[]): string => join(run.folder, 'runs', name, ...parts)
const audit = (): Promise<AuditedRun> => auditRun(name, run.deps)

async function edit(file: string, change: (text: string) => string): Promise<void> {
  await writeFile(at(file), change(await readFile(at(file), 'utf8')))
}

const withoutLine =
  (number: number) =>
  (text: string): string =>
    text
      .split('\n')
      .filter((_, index) => index !== number - 1)
      .join('\n')

describe('an audit', () => {
  it('finds a run whole, also after it was put back', async () => {
    expect(await audit()).toMatchObject({ verdict: 'OK', lines: 8, damage: [], notes: [] })
    await rollbackRun(name, run.deps)
    expect(await audit()).toMatchObject({ verdict: 'OK', damage: [], notes: [] })
  })

  it('tells who did what, and when', async () => {
    const { state } = await audit()
    const { user, host } = run.context.system.processes
    expect(state?.actors).toMatchObject([{ user, host }])
    expect(state?.tokenKinds).toEqual({ ci: 'api-token' })
    expect(state?.steps.get('s-a')).toMatchObject({
      by: { user, host },
      changedAt: '2026-11-23T09:00:00.000Z',
      provedAt: '2026-11-23T09:00:00.000Z',
    })
  })

  it.each<[string, () => Promise<void>, RegExp]>([
    ['a line in the middle left out', () => edit('journal', withoutLine(3)), /^journal, line 3: .* a line is missing/],
    ['the last line left out', () => edit('journal', withoutLine(8)), /ends with line 7; .* it reached line 8/],
    ['the journal cut to nothing', () => truncate(at('journal'), 0), /ends with line 0; .* it reached line 8/],
    [
      'a note of its end that is none',
      () => edit('journal.end', (text) => ` ${text}`),
      /^journal\.end holds no such note/,
    ],
    ['a digit changed', () => edit('journal', (text) => text.replace('s-b', 's-c')), /^journal, line 5: .* changed/],
    ['another plan', () => edit('plan.json', (text) => text.replace('job x', 'job y')), /SHA-256 differs/],
    ['a plan that is no JSON', () => truncate(at('plan.json'), 20), /it is not a whole plan/],
    ['a plan of another shape', () => edit('plan.json', () => '{"id":"x","steps":null}'), /it is not a whole plan/],
    ['the plan taken away', () => rm(at('plan.json')), /plan\.json: it is gone, and the journal of the run is there/],
    ['a backup missing', () => rm(at('backups', 's-a.age')), /the backup s-a\.age is missing/],
  ])('finds damage: %s', async (_, damage, words) => {
    await damage()
    const { verdict, damage: found, notes } = await audit()
    expect([verdict, found]).toEqual(['damaged', [expect.stringMatching(words)]])
    expect(notes.join()).not.toContain('journal.end is not there')
  })

  it('finds damage: a backup that does not open', async () => {
    const closed = { sealBytes: async () => new Uint8Array(), openBytes: () => Promise.reject(new Error('damaged')) }
    const runs = runStore(run.folder, run.context.system.files, closed)
    expect(await auditRun(name, { runs })).toMatchObject({
      verdict: 'damaged',
      damage: ['2 backups do not open, s-a.age among them: damaged, or sealed for another identity'],
    })
  })

  it('finds damage: backups that were exchanged, of which each opens, and no rollback uses them', async () => {
    await rename(at('backups', 's-a.age'), at('backups', 'x'))
    await rename(at('backups', 's-b.age'), at('backups', 's-a.age'))
    await rename(at('backups', 'x'), at('backups', 's-b.age'))
    expect(await audit()).toMatchObject({
      verdict: 'damaged',
      damage: ['2 backups are other files than the run kept, s-a.age among them'],
    })
    const { left, restored, exitCode } = await rollbackRun(name, run.deps)
    expect([left.length, restored.length, exitCode]).toEqual([2, 0, 1])
    expect(left[0]?.because).toContain('it is not the file that the run kept')
    expect([...run.world.values()]).toEqual(['new a', 'new b'])
  })

  it('says when nothing tells whether the end of the journal is there', async () => {
    await edit('journal', withoutLine(8))
    await rm(at('journal.end'))
    expect(await audit()).toMatchObject({ verdict: 'OK', notes: [expect.stringMatching(/^journal\.end is not there/)] })
  })

  it('passes over no run that has a journal, and over one that never began', async () => {
    await rm(at('plan.json'))
    expect(await run.deps.runs.names()).toEqual([name])
    await rm(at('journal'))
    expect(await run.deps.runs.names()).toEqual([])
  })

  it('passes over no run whose folder was moved and left a link', async () => {
    await rename(at(), join(run.folder, 'elsewhere'))
    await symlink(join(run.folder, 'elsewhere'), at())
    expect(await run.deps.runs.names()).toEqual([name])
    expect((await audit()).verdict).toBe('OK')
  })

  it('finds a journal that was written anew with a chain of its own', async () => {
    const other = await memoryRun(['a', 'b'])
    const { state } = await applyPlan(other.plan([{ address: 'a' }, { address: 'b' }]), other.deps)
    await copyFile(join(other.folder, 'runs', state.run, 'journal'), at('journal'))
    expect((await audit()).verdict).toBe('damaged')
    await other.end()
  })

  it('finds the journal of another run, which no command takes for its own', async () => {
    run.world.set('c', 'old c')
    const other = await applyPlan({ ...run.plan([{ address: 'c' }]), id: 'plan5678' }, run.deps)
    for (const file of ['journal', 'journal.end'])
      await copyFile(join(run.folder, 'runs', other.state.run, file), at(file))
    const because = `it is the journal of run ${other.state.run}`
    expect(await audit()).toMatchObject({
      damage: expect.arrayContaining([`the journal is that of run ${other.state.run}`]),
    })
    expect(await failureOf(run.deps.runs.read(name))).toMatchObject({ code: 'R312', because })
    expect(await failureOf(rollbackRun(name, run.deps))).toMatchObject({ code: 'R312', because })
  })

  it('takes the end of a write that was cut off, and zeros of a power loss, for what they are', async () => {
    await appendFile(at('journal'), '123 00')
    expect(await audit()).toMatchObject({
      verdict: 'OK',
      notes: ['the last 6 bytes are a line that was not written to its end'],
    })
    await appendFile(at('journal'), Buffer.alloc(100))
    expect(await audit()).toMatchObject({
      verdict: 'OK',
      notes: [expect.stringMatching(/^the last 106 bytes are zeros/)],
    })
    expect((await rollbackRun(name, run.deps)).exitCode).toBe(0)
    expect(await audit()).toMatchObject({ verdict: 'OK', notes: [] })
  })
})

describe('a run with another plan than it began with', () => {
  it('is not continued', async () => {
    run.answers.set('d', 'no')
    run.world.set('c', 'old c').set('d', 'old d')
    await failureOf(applyPlan({ ...run.plan([{ address: 'c' }, { address: 'd' }]), id: 'plan5678' }, run.deps))
    name = (await run.deps.runs.names()).find((one) => one !== name) ?? ''
    await edit('plan.json', (text) => text.replace('job x', 'job y'))
    expect(await failureOf(resumeRun(name, run.deps))).toMatchObject({ code: 'R312' })
  })

  it('is not put back: old bytes would be written to whatever the plan names by now', async () => {
    run.world.set('c', 'new a')
    await edit('plan.json', (text) => text.replaceAll('"address":"a"', '"address":"c"'))
    expect(await failureOf(rollbackRun(name, run.deps))).toMatchObject({ code: 'R312' })
    expect([...run.world.values()]).toEqual(['new a', 'new b', 'new a'])
  })

  it('is put back when its plan was only laid out anew', async () => {
    await edit('plan.json', (text) => JSON.stringify(JSON.parse(text), undefined, 2))
    expect(await audit()).toMatchObject({ verdict: 'OK' })
    expect((await rollbackRun(name, run.deps)).exitCode).toBe(0)
  })

  it('is not verified: the plan says what is asked, and how', async () => {
    await edit('plan.json', (text) => text.replace('job x', 'job y'))
    const state = await run.deps.runs.read(name)
    expect(state.otherPlan).toBe(true)
    expect(await failureOf(verifyRun(state, run.deps))).toMatchObject({ code: 'R312' })
  })
})

describe('a run whose journal is damaged', () => {
  it('stands in the way of a plan for its places, and of no other', async () => {
    await edit('journal', withoutLine(3))
    run.world.set('c', 'old c')
    const elsewhere = { ...run.plan([{ address: 'c' }]), id: 'plan5678' }
    expect(await failureOf(applyPlan({ ...run.plan([{ address: 'a' }]), id: 'plan9abc' }, run.deps))).toMatchObject({
      code: 'R312',
    })
    expect((await applyPlan(elsewhere, run.deps)).exitCode).toBe(0)
  })
})
