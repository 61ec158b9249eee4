import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { applyPlan } from '../../src/apply/apply-plan.ts'
import type { ApplyDeps } from '../../src/apply/deps.ts'
import { forgetRun } from '../../src/apply/forget-run.ts'
import { rollbackRun } from '../../src/apply/rollback.ts'
import { verifyRun } from '../../src/apply/verify-run.ts'
import { gitCredentialsConnector } from '../../src/consumers/git-credentials/connect.ts'
import { netrcConnector } from '../../src/consumers/netrc/connect.ts'
import type { Plan, Step } from '../../src/model/plan.ts'
import { MACHINE_STOPS, stoppingAfterWriteOf } from '../support/machine-stops.ts'
import { type MemoryRun, memoryRun } from '../support/memory-run.ts'

/** Entries of one name in one file are told apart by their order, and anybody may put one before another after a run. */

interface Format {
  readonly name: string
  readonly consumer: string
  readonly file: string
  readonly entry: (username: string, secret: string) => string
  readonly address: (number: number) => string
}

const FORMATS: readonly Format[] = [
  {
    name: "git's store",
    consumer: 'git-credentials',
    file: '.git-credentials',
    entry: (username, secret) => `https://${username}:${secret}@bitbucket.org\n`,
    address: (number) => (number === 1 ? 'bitbucket.org' : `bitbucket.org#${number}`),
  },
  {
    name: 'netrc',
    consumer: 'netrc',
    file: '.netrc',
    entry: (username, secret) => `machine bitbucket.org login ${username} password ${secret}\n`,
    address: (number) => (number === 1 ? 'machine/bitbucket.org' : `machine/bitbucket.org#${number}`),
  },
]

let run: MemoryRun
let deps: ApplyDeps
let asked: string[]
beforeEach(async () => {
  run = await memoryRun([])
  asked = []
  deps = {
    ...run.deps,
    hands: (consumer) => ({
      connector: consumer === 'netrc' ? netrcConnector : gitCredentialsConnector,
      verifier: {
        verify: async ({ address }) => {
          asked.push(address)
          return { kind: 'yes', scopes: 'not reported', evidence: { asked: address, answered: '200' } }
        },
      },
    }),
  }
})
afterEach(() => run.end())

const secret = (): string => randomBytes(12).toString('hex')

/** Writes a file with an entry for each username, and changes those that are named: under which username each. */
async function changed(format: Format, entries: readonly string[], change: readonly (readonly [number, string])[]) {
  const path = join(run.folder, format.file)
  await writeFile(path, entries.join(''))
  const connector = deps.hands(format.consumer).connector
  const steps: Step[] = []
  for (const [number, username] of change) {
    const address = format.address(number)
    const place = { id: `p${number}`, consumer: format.consumer, at: { kind: 'file', path } as const, address }
    const state = await connector?.read(place, deps.context)
    if (state?.kind !== 'present') throw new Error(`nothing at ${address}`)
    steps.push({
      id: `s${number}`,
      place,
      from: { digest: state.digest },
      to: { username: { set: username }, token: 'ci' },
      uses: [{ operation: 'git-fetch', by: 'remote origin' }],
      reason: 'app passwords ended',
    })
  }
  const plan: Plan = { ...run.plan([]), steps }
  const { state } = await applyPlan(plan, deps)
  asked = []
  return { path, name: state.run, lines: (await readFile(path, 'utf8')).split(/(?<=\n)/) }
}

describe.each(FORMATS)('an entry of $name that has another number by now', (format) => {
  const entryOf = (username: string): string => format.entry(username, secret())
  const before = [entryOf('alice'), entryOf('bob'), entryOf('carol')]
  const foreign = entryOf('stranger')
  const all = [1, 2, 3].map((number) => [number, `new-${number}`] as const)

  it('is put back where it is, and what was put before it stays', async () => {
    const { path, name, lines } = await changed(format, before, all)
    await writeFile(path, [foreign, ...lines].join(''))
    const { left, exitCode } = await rollbackRun(name, deps)
    expect([left, exitCode]).toEqual([[], 0])
    expect(await readFile(path, 'utf8')).toBe([foreign, ...before].join(''))
  })

  it('is put back alone, too', async () => {
    const { path, name, lines } = await changed(format, before, all)
    await writeFile(path, [foreign, ...lines].join(''))
    const { left, exitCode } = await rollbackRun(name, deps, { only: 'p2' })
    expect([left, exitCode]).toEqual([[], 0])
    expect(await readFile(path, 'utf8')).toBe([foreign, lines[0], before[1], lines[2]].join(''))
  })

  it('is put back when one before it went, which is told', async () => {
    const { path, name, lines } = await changed(format, before, all)
    await writeFile(path, lines.slice(1).join(''))
    const { left, exitCode } = await rollbackRun(name, deps)
    expect([left.map(({ step }) => step.id), exitCode]).toEqual([['s1'], 4])
    expect(await readFile(path, 'utf8')).toBe(before.slice(1).join(''))
  })

  it('of several with the same bytes is none that could be told apart: it is left as it is', async () => {
    const same = all.map(([number]) => [number, 'new'] as const)
    const { path, name, lines } = await changed(format, before, same)
    await writeFile(path, [foreign, ...lines.slice(1)].join(''))
    const { left, exitCode } = await rollbackRun(name, deps)
    expect([left.map(({ step }) => step.id), exitCode]).toEqual([['s1'], 4])
    expect(await readFile(path, 'utf8')).toBe([foreign, ...before.slice(1)].join(''))
  })

  it('of several with the same bytes is told by its order, where all of them are there', async () => {
    const same = all.map(([number]) => [number, 'new'] as const)
    const { path, name, lines } = await changed(format, before, same)
    await writeFile(path, [foreign, ...lines].join(''))
    const alone = await rollbackRun(name, deps, { only: 'p2' })
    expect([alone.left, await readFile(path, 'utf8')]).toEqual([[], [foreign, lines[0], before[1], lines[2]].join('')])
    const { left, exitCode } = await rollbackRun(name, deps)
    expect([left, exitCode]).toEqual([[], 0])
    expect(await readFile(path, 'utf8')).toBe([foreign, ...before].join(''))
  })

  it('that somebody wrote twice is left as it is', async () => {
    const { path, name, lines } = await changed(format, before.slice(0, 1), all.slice(0, 1))
    const text = [foreign, ...lines, ...lines].join('')
    await writeFile(path, text)
    const { left, exitCode } = await rollbackRun(name, deps)
    expect([left.length, exitCode]).toEqual([1, 4])
    expect(await readFile(path, 'utf8')).toBe(text)
  })

  it('that was put back before a crash counts as put back', async () => {
    const { path, name, lines } = await changed(format, before.slice(0, 1), all.slice(0, 1))
    await writeFile(path, [foreign, ...lines].join(''))
    const context = stoppingAfterWriteOf(path, deps.context)
    await expect(rollbackRun(name, { ...deps, context })).rejects.toThrow(MACHINE_STOPS)
    const { left, exitCode } = await rollbackRun(name, deps)
    expect([left, exitCode]).toEqual([[], 0])
    expect(await readFile(path, 'utf8')).toBe([foreign, ...before.slice(0, 1)].join(''))
  })

  it('is asked about where it is', async () => {
    const { path, name, lines } = await changed(format, before, all)
    await writeFile(path, [foreign, ...lines].join(''))
    const run = await deps.runs.open(name, deps.context.system.clock)
    const proofs = await verifyRun(run.state(), deps)
    expect(proofs.map(({ proof }) => proof.kind)).toEqual(['verified', 'verified', 'verified'])
    expect(asked).toEqual([2, 3, 4].map(format.address))
  })

  it('is not lost: its run can be forgotten', async () => {
    const { path, name, lines } = await changed(format, before, all)
    await writeFile(path, [foreign, ...lines].join(''))
    const { shredded } = await forgetRun(name, deps)
    expect(shredded).toBeGreaterThan(0)
  })

  it('that is there no more is not asked about with what stands there instead', async () => {
    const { path, name } = await changed(format, before, all)
    await writeFile(path, [foreign, entryOf('other'), entryOf('third')].join(''))
    const run = await deps.runs.open(name, deps.context.system.clock)
    const proofs = await verifyRun(run.state(), deps)
    expect(new Set(proofs.map(({ proof }) => proof.kind))).toEqual(new Set(['not verifiable here']))
    expect(asked).toEqual([])
  })

  it('of a file that cannot be read any more is told of, and keeps nothing else from being looked at', async () => {
    const { path, name } = await changed(format, before, all)
    await rm(path)
    await mkdir(path)
    const proofs = await verifyRun((await deps.runs.open(name, deps.context.system.clock)).state(), deps)
    expect(new Set(proofs.map(({ proof }) => proof.detail))).toEqual(
      new Set(['whether it still holds what was written could not be read: R102 it is a folder']),
    )
    const { left, exitCode } = await rollbackRun(name, deps)
    expect([left.map(({ because }) => because), exitCode]).toEqual([Array(3).fill('it is a folder'), 1])
  })
})
