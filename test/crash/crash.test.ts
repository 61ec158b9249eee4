import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Summary } from './summary.ts'

const ROOT = resolve(import.meta.dirname, '..', '..')

interface Played {
  readonly exitCode: number
  readonly summary: Summary
  /** What went wrong, crash by crash. */
  readonly told: string
}

/** `npm run crash -- ... --json`. */
function play(...args: readonly string[]): Promise<Played> {
  const command = [join(ROOT, 'tools', 'crash.mjs'), ...args, '--json']
  return new Promise((done) => {
    execFile(process.execPath, command, { maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      const exitCode = typeof error?.code === 'number' ? error.code : 0
      done({ exitCode, summary: JSON.parse(stdout === '' ? '{}' : stdout), told: stderr })
    })
  })
}

/** All crashes ended as they should; what is told otherwise says where. */
function expectAllWell({ exitCode, summary, told }: Played): void {
  const { kills } = summary
  expect(told).toBe('')
  expect(summary).toMatchObject({ kills, converged: kills, restored: kills, diverged: 0, lost: 0 })
  expect(exitCode).toBe(0)
}

/** What stands before the comma, or after it, in the names of `by`. */
function partsOf({ by }: Summary, part: 0 | 1): ReadonlySet<string | undefined> {
  return new Set(Object.keys(by).map((name) => name.split(', ')[part]))
}

describe('a run that ends by a crash', { timeout: 300_000 }, () => {
  it('before any operation of the disk, of the process or of the power, goes on to its end and back to its start', async () => {
    const played = await play('--every', '--step', '8', '--places', '5-5', '--seed', 'every')
    expectAllWell(played)
    expect(played.summary.kills).toBeGreaterThan(500)
    // A credential is made in each of these plans, and things are told to name it: on disk and over HTTP.
    expect(played.summary.withSplits).toBe(played.summary.kills)
    expect(partsOf(played.summary, 1)).toEqual(new Set(['apply', 'roll back', 'forget']))
  })

  it('at random instants of plans for every consumer, does so too, and after a second crash', async () => {
    const played = await play('--count', '90', '--places', '1-130', '--seed', 'sample')
    expectAllWell(played)
    expect(played.summary).toMatchObject({ kills: 90, leftOut: ['git-helper'] })
    expect(played.summary.withSharedUsernames).toBeGreaterThan(0)
    expect(played.summary.withSplits).toBeGreaterThan(0)
    expect(Object.keys(played.summary.byJobs)).toEqual(['1', '2', '4'])
    expect(partsOf(played.summary, 0)).toEqual(new Set(['any', 'in order', 'kill', 'nothing', 'real kill']))
    expect(partsOf(played.summary, 1)).toEqual(new Set(['apply', 'roll back', 'resume', 'forget']))
  })

  it('is noticed to lose secrets and to diverge on a disk that never makes anything durable', async () => {
    const { exitCode, summary } = await play('--count', '40', '--places', '3-6', '--seed', 'forget', '--forget-syncs')
    expect(summary.diverged).toBeGreaterThan(0)
    expect(summary.lost).toBeGreaterThan(0)
    expect(exitCode).toBe(1)
  })
})
