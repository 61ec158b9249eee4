import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { applyPlan, resumeRun } from '../../src/apply/apply-plan.ts'
import type { ApplyDeps } from '../../src/apply/deps.ts'
import { rollbackRun } from '../../src/apply/rollback.ts'
import type { RunStore } from '../../src/apply/run-folder.ts'
import { loadConsumers } from '../../src/index.ts'
import type { JournalEntry } from '../../src/model/journal-entry.ts'
import type { Plan, Step } from '../../src/model/plan.ts'
import { MACHINE_STOPS, stoppingAfterWriteOf } from '../support/machine-stops.ts'
import { failureOf, type MemoryRun, memoryRun } from '../support/memory-run.ts'
import { apiToken, appPassword } from '../support/synthetic-secrets.ts'

/** Entries of a list are told apart by their number, and after a run many of them hold the same new bytes; the old bytes of each were its own. */

interface Format {
  readonly name: string
  readonly consumer: string
  readonly file: string
  readonly head: string
  readonly entry: (username: string, secret: string) => string
  /** One of a user who has several. */
  readonly titled: (title: string, secret: string) => string
  readonly address: (number: number) => string
}

const URLS: Format = {
  name: 'URLs that name their repository',
  consumer: 'url-userinfo',
  file: 'conf.yaml',
  head: 'repos:\n',
  entry: (username, secret) => `  - url: https://${username}:${secret}@bitbucket.org/acme/${username}.git\n`,
  titled: (title, secret) => `  - url: https://alice:${secret}@bitbucket.org/acme/${title}.git\n`,
  address: (number) => `repos.${number}.url`,
}
const FIELDS: Format = {
  name: 'fields that name no repository',
  consumer: 'scm-backup',
  file: 'settings.yml',
  head: 'localFolder: /backup\nsources:\n',
  entry: (username, secret) =>
    `  - title: x\n    hoster: bitbucket\n    type: user\n    name: ${username}\n    authName: ${username}\n    password: ${secret}\n`,
  titled: (title, secret) =>
    `  - title: ${title}\n    hoster: bitbucket\n    type: user\n    name: x\n    authName: alice\n    password: ${secret}\n`,
  address: (number) => `sources.${number}.password`,
}

let run: MemoryRun
let deps: ApplyDeps
let folder: string
const evidence = { asked: 'git ls-remote', answered: 'exit 0' }

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-moved-lists-'))
  run = await memoryRun([])
  const token = run.context.seal(apiToken())
  const consumers = new Map((await loadConsumers()).map((consumer) => [consumer.id, consumer]))
  deps = {
    ...run.deps,
    token: async () => token,
    hands: (id) => ({
      ...consumers.get(id),
      verifier: { verify: async () => ({ kind: 'yes', scopes: 'not reported', evidence }) },
    }),
  }
})
afterEach(async () => {
  await run.end()
  await rm(folder, { recursive: true, force: true })
})

/** For all entries of a file. */
async function planned(
  format: Format,
  entries: readonly string[],
): Promise<{ readonly path: string; readonly plan: Plan }> {
  const path = join(folder, format.file)
  await writeFile(path, format.head + entries.join(''))
  const connector = deps.hands(format.consumer).connector
  const steps: Step[] = []
  for (const number of entries.keys()) {
    const place = {
      id: `p${number}`,
      consumer: format.consumer,
      at: { kind: 'file', path } as const,
      address: format.address(number),
    }
    const found = await connector?.read(place, deps.context)
    if (found?.kind !== 'present') throw new Error(`nothing at ${place.address}`)
    steps.push({
      id: `s${number}`,
      place,
      from: { digest: found.digest },
      to: { username: { set: 'new' }, token: 'ci' },
      uses: found.place.uses,
      reason: 'app passwords ended',
    })
  }
  return { path, plan: { ...run.plan([]), steps } }
}

/** Changes all entries of a file; gives the run, and the texts of the entries afterwards. */
async function changed(format: Format, entries: readonly string[]) {
  const { path, plan } = await planned(format, entries)
  const { state } = await applyPlan(plan, deps)
  const lines = (await readFile(path, 'utf8')).slice(format.head.length)
  return { path, name: state.run, after: entriesIn(format.head + lines, format) }
}

function entriesIn(text: string, { head }: Format): readonly string[] {
  return text.slice(head.length).split(/(?<=\n)(?= {2}- )/)
}

describe.each([URLS, FIELDS])('a list of $name', (format) => {
  const before = ['alice', 'bob'].map((name) => format.entry(name, appPassword()))
  const foreign = format.entry('carol', 'a-password-of-hers-1')

  it('is put back', async () => {
    const { path, name } = await changed(format, before)
    expect((await rollbackRun(name, deps)).exitCode).toBe(0)
    expect(await readFile(path, 'utf8')).toBe(format.head + before.join(''))
  })

  it('is put back where its entries are, when somebody put one before them', async () => {
    const { path, name, after } = await changed(format, before)
    await writeFile(path, format.head + [foreign, ...after].join(''))
    const { left, exitCode } = await rollbackRun(name, deps)
    expect([left, exitCode]).toEqual([[], 0])
    expect(await readFile(path, 'utf8')).toBe(format.head + [foreign, ...before].join(''))
  })

  it('is put back where its entries are, when they changed places', async () => {
    const { path, name, after } = await changed(format, before)
    await writeFile(path, format.head + after.toReversed().join(''))
    const { left, exitCode } = await rollbackRun(name, deps)
    expect([left, exitCode]).toEqual([[], 0])
    expect(await readFile(path, 'utf8')).toBe(format.head + before.toReversed().join(''))
  })

  it('is put back alone where it is, when they changed places', async () => {
    const { path, name, after } = await changed(format, before)
    await writeFile(path, format.head + after.toReversed().join(''))
    expect((await rollbackRun(name, deps, { only: 'p0' })).left).toEqual([])
    expect(await readFile(path, 'utf8')).toBe(format.head + [after[1], before[0]].join(''))
  })

  it('is put back but for the entry that went, and nothing else gets its old bytes', async () => {
    const { path, name, after } = await changed(format, before)
    await writeFile(path, format.head + after.slice(1).join(''))
    const { left, exitCode } = await rollbackRun(name, deps)
    expect([left.map(({ step }) => step.id), exitCode]).toEqual([['s0'], 4])
    expect(left[0]?.because).toContain('its entry was not found in the list')
    expect(await readFile(path, 'utf8')).toBe(format.head + before.slice(1).join(''))
  })

  it('has nothing put back, where one place alone is asked for and its entry went, into the entry that stands there by now', async () => {
    const { path, name, after } = await changed(format, before)
    await writeFile(path, format.head + after.slice(1).join(''))
    const { left, exitCode } = await rollbackRun(name, deps, { only: 'p0' })
    expect([left.map(({ step }) => step.id), exitCode]).toEqual([['s0'], 4])
    expect(await readFile(path, 'utf8')).toBe(format.head + after.slice(1).join(''))
  })

  it('says of an entry whose secret somebody changed that it was changed', async () => {
    const { path, name, after } = await changed(format, before)
    const [first = '', second = ''] = after
    const [, secret = ''] = /(?:new:|password: )([^@\s]+)/.exec(first) ?? []
    const theirs = first.replace(secret, 'a-password-of-hers-1')
    await writeFile(path, format.head + theirs + second)
    const { left, exitCode } = await rollbackRun(name, deps)
    expect([left, exitCode]).toMatchObject([[{ because: expect.stringContaining('changed it since') }], 4])
    expect(await readFile(path, 'utf8')).toBe(format.head + theirs + before[1])
  })

  it('counts no entry of somebody else as put back because it holds the same old bytes', async () => {
    const secret = appPassword()
    const same = ['app', 'web'].map((title) => format.titled(title, secret))
    const { path, name, after } = await changed(format, same)
    await writeFile(path, format.head + [format.titled('docs', secret), ...after].join(''))
    const { left, restored } = await rollbackRun(name, deps)
    expect([left, restored.length]).toEqual([[], 2])
    expect(await readFile(path, 'utf8')).toBe(format.head + [format.titled('docs', secret), ...same].join(''))
  })

  it('is gone on with after a crash where its entries are by now', async () => {
    const { path, plan } = await planned(format, before)
    const context = stoppingAfterWriteOf(path, deps.context)
    await expect(applyPlan(plan, { ...deps, context })).rejects.toThrow(MACHINE_STOPS)
    const [name = ''] = await deps.runs.names()
    const after = entriesIn(await readFile(path, 'utf8'), format)
    await writeFile(path, format.head + [foreign, ...after.toReversed()].join(''))
    expect((await resumeRun(name, deps)).exitCode).toBe(0)
    expect(await readFile(path, 'utf8')).toBe(format.head + [foreign, ...after.toReversed()].join(''))
    expect((await rollbackRun(name, deps)).exitCode).toBe(0)
    expect(await readFile(path, 'utf8')).toBe(format.head + [foreign, ...before.toReversed()].join(''))
  })
})

it('an entry of a list that went has its old bytes put nowhere, also where a copy of another took the place of that', async () => {
  const before = ['alice', 'bob'].map((name) => FIELDS.entry(name, appPassword()))
  const { path, name, after } = await changed(FIELDS, before)
  const [, second = ''] = after
  const text = FIELDS.head + second + second.replace('name: bob', 'name: dave')
  await writeFile(path, text)
  expect((await rollbackRun(name, deps, { only: 'p0' })).left).toMatchObject([{ step: { id: 's0' }, foreign: true }])
  expect(await readFile(path, 'utf8')).toBe(text)
})

describe('a list that was changed by a run of before, which noted nothing of what stands beside an entry', () => {
  const before = ['alice', 'bob'].map((name) => FIELDS.entry(name, appPassword()))
  const foreign = FIELDS.entry('carol', appPassword())

  beforeEach(() => {
    const { runs } = deps
    const create: RunStore['create'] = async (...given) => {
      const folder = await runs.create(...given)
      return { ...folder, record: (entry) => folder.record(withoutNote(entry)) }
    }
    deps = { ...deps, runs: { ...runs, create } }
  })

  function withoutNote(entry: JournalEntry): JournalEntry {
    if (entry.kind !== 'intends') return entry
    const { entry: _note, ...rest } = entry
    return rest
  }

  it('is put back where its entries are by their order, one alone and then the rest', async () => {
    const { path, name, after } = await changed(FIELDS, before)
    await writeFile(path, FIELDS.head + [foreign, ...after].join(''))
    expect((await rollbackRun(name, deps, { only: 'p1' })).left).toEqual([])
    expect(await readFile(path, 'utf8')).toBe(FIELDS.head + [foreign, after[0], before[1]].join(''))
    expect((await rollbackRun(name, deps)).left).toEqual([])
    expect(await readFile(path, 'utf8')).toBe(FIELDS.head + [foreign, ...before].join(''))
  })

  it.each([
    ['one of them went', () => [] as readonly string[]],
    ['another came in its place', () => [foreign]],
  ])('is left as it is when %s, for nothing tells which one is left', async (_, more) => {
    const { path, name, after } = await changed(FIELDS, before)
    const text = FIELDS.head + [after[1], ...more()].join('')
    await writeFile(path, text)
    const { left, exitCode } = await rollbackRun(name, deps, { only: 'p0' })
    expect([left, exitCode]).toMatchObject([[{ because: expect.stringContaining('cannot be told') }], 4])
    expect(await readFile(path, 'utf8')).toBe(text)
  })

  it('is put back by the order of its entries, whatever the order of the plan was', async () => {
    const { path, plan } = await planned(FIELDS, before)
    const { state } = await applyPlan({ ...plan, steps: plan.steps.toReversed() }, deps)
    const after = entriesIn(await readFile(path, 'utf8'), FIELDS)
    await writeFile(path, FIELDS.head + [foreign, ...after].join(''))
    expect((await rollbackRun(state.run, deps)).left).toEqual([])
    expect(await readFile(path, 'utf8')).toBe(FIELDS.head + [foreign, ...before].join(''))
  })

  it.each([
    ['itself, which counts as put back', 'p0'],
    ['the one before it, which is in its place then', 'p1'],
  ])('is put back although somebody wrote the old bytes of %s', async (_, only) => {
    const { path, name, after } = await changed(FIELDS, before)
    await writeFile(path, FIELDS.head + [before[0], after[1]].join(''))
    const { left, restored } = await rollbackRun(name, deps, { only })
    expect([left, restored.map(({ place }) => place.id)]).toEqual([[], [only]])
    expect(await readFile(path, 'utf8')).toBe(FIELDS.head + [before[0], only === 'p1' ? before[1] : after[1]].join(''))
  })

  it('counts the old bytes at its number as its own, also where the others changed places', async () => {
    const { path, name, after } = await changed(FIELDS, before)
    const text = FIELDS.head + [before[0], foreign, after[1]].join('')
    await writeFile(path, text)
    expect((await rollbackRun(name, deps, { only: 'p0' })).restored).toHaveLength(1)
    expect(await readFile(path, 'utf8')).toBe(text)
  })

  it('says of an entry that somebody changed that it was changed', async () => {
    const { path, name, after } = await changed(FIELDS, before)
    await writeFile(path, FIELDS.head + [foreign, after[1]].join(''))
    const { left } = await rollbackRun(name, deps, { only: 'p0' })
    expect(left).toMatchObject([{ because: expect.stringContaining('changed it since') }])
  })
})

describe('a list whose entries name their repositories', () => {
  const before = ['alice', 'bob'].map((name) => URLS.entry(name, appPassword()))

  it('is put back but for the entry that somebody changed', async () => {
    const { path, name, after } = await changed(URLS, before)
    const mine = URLS.entry('alice', 'a-password-of-hers-1')
    await writeFile(path, URLS.head + [mine, after[1]].join(''))
    expect((await rollbackRun(name, deps)).restored).toHaveLength(1)
    expect(await readFile(path, 'utf8')).toBe(URLS.head + [mine, before[1]].join(''))
  })

  it('is not as planned when one with the same bytes stands before them by now, which would be changed for the last', async () => {
    const secret = appPassword()
    const entry = (slug: string): string => `  - url: https://alice:${secret}@bitbucket.org/acme/${slug}.git\n`
    const { path, plan } = await planned(URLS, [entry('app'), entry('web')])
    const text = URLS.head + [entry('docs'), entry('app'), entry('web')].join('')
    await writeFile(path, text)
    expect(await failureOf(applyPlan(plan, deps))).toMatchObject({ code: 'R201', exitCode: 4 })
    expect(await readFile(path, 'utf8')).toBe(text)
  })
})
