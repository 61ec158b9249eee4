import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { failureOf, type MemoryRun, memoryRun } from '../../test/support/memory-run.ts'
import type { JournalEntry } from '../model/journal-entry.ts'
import { auditRun } from './audit-run.ts'
import { encodeEntry } from './journal.ts'
import { rollbackRun } from './rollback.ts'

async function writtenAs(run: MemoryRun, entries: readonly JournalEntry[], plan: object): Promise<void> {
  const folder = join(run.folder, 'runs', 'r1')
  await mkdir(join(folder, 'backups'), { recursive: true })
  await writeFile(join(folder, 'plan.json'), JSON.stringify(plan))
  await writeFile(join(folder, 'backups', 's-a.age'), 'old a')
  let chain = '0'.repeat(16)
  const lines = entries.map((entry) => {
    const encoded = encodeEntry(entry, chain)
    chain = encoded.chain
    return encoded.line
  })
  await writeFile(join(folder, 'journal'), Buffer.concat(lines))
}

it('a journal without times, actors and the digest of its plan is read, audited and put back', async () => {
  const run = await memoryRun(['a'])
  const plan = run.plan([{ address: 'a' }])
  const [old, now] = [run.digestOf('old a'), run.digestOf('new a')]
  const entries: readonly JournalEntry[] = [
    { kind: 'began', run: 'r1', plan: plan.id, at: '2026-11-01T09:00:00.000Z' },
    { kind: 'intends', step: 's-a', from: old, to: now, backup: 's-a.age' },
    { kind: 'did', step: 's-a', now },
    { kind: 'verified', step: 's-a', outcome: 'verified', detail: 'git ls-remote: exit 0' },
    { kind: 'ended', outcome: 'applied', at: '2026-11-01T09:00:01.000Z' },
  ]
  await writtenAs(run, entries, plan)
  run.world.set('a', 'new a')
  expect(await auditRun('r1', run.deps)).toMatchObject({
    verdict: 'OK',
    notes: ['the journal names no digest of the plan: it was begun by an older version'],
    state: { startedAt: '2026-11-01T09:00:00.000Z', lastAt: '2026-11-01T09:00:01.000Z', actors: [] },
  })
  expect((await rollbackRun('r1', run.deps)).exitCode).toBe(0)
  expect(run.world.get('a')).toBe('old a')
  await run.end()
})

it.each([
  ['an entry of a kind that is not known', { kind: 'did half', step: 's-a', at: '2026-11-01T09:00:00.000Z' }],
  ['another format', { kind: 'began', run: 'r1', plan: 'plan1234', format: 2, at: '2026-11-01T09:00:00.000Z' }],
])('a journal of a newer version is not guessed at: %s', async (_, entry) => {
  const run = await memoryRun(['a'])
  const plan = run.plan([{ address: 'a' }])
  const [old, now] = [run.digestOf('old a'), run.digestOf('new a')]
  const entries = [
    { kind: 'began', run: 'r1', plan: plan.id, at: '2026-11-01T09:00:00.000Z' },
    { kind: 'intends', step: 's-a', from: old, to: now, backup: 's-a.age' },
    { kind: 'did', step: 's-a', now },
    entry,
  ] as readonly JournalEntry[]
  await writtenAs(run, entries, plan)
  run.world.set('a', 'new a')
  for (const act of [() => rollbackRun('r1', run.deps), () => run.deps.runs.read('r1')])
    expect(await failureOf(act())).toMatchObject({
      code: 'R312',
      because: expect.stringContaining('a newer version of keyturn wrote it'),
    })
  expect((await auditRun('r1', run.deps)).damage).toEqual([expect.stringContaining('a newer version')])
  expect(run.world.get('a')).toBe('new a')
  await run.end()
})

it('a run whose plan is of another version is not guessed at', async () => {
  const run = await memoryRun(['a'])
  await writtenAs(run, [], { ...run.plan([{ address: 'a' }]), schema: 'keyturn/plan/2' })
  expect(await failureOf(rollbackRun('r1', run.deps))).toMatchObject({
    code: 'R312',
    because: expect.stringContaining('keyturn/plan/2'),
  })
  await run.end()
})
