import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Keyturn, loadConsumers, openKeyturn } from '../../src/index.ts'
import { FAILURE_HEADLINES } from '../../src/messages/failures.ts'
import type { Verifier } from '../../src/model/consumer.ts'
import { Failure, type FailureParts } from '../../src/model/failure.ts'
import type { Plan } from '../../src/model/plan.ts'
import { type HttpReply, NetworkError, type System } from '../../src/model/ports.ts'
import { nodeSystem } from '../../src/system/node-system.ts'
import { contentsOf, copyOf, type FivePlaces, makeFivePlaces } from '../support/five-places.ts'
import { keyturn as commandLine } from '../support/keyturn-process.ts'

let machine: FivePlaces
let here: { readonly folder: string; readonly plan: Plan }
let original: readonly string[] = []
/** Told before each act on a file; may do what somebody else does at that moment. */
let meanwhile: (moment: Moment, path: string) => Promise<void> = async () => undefined
let now = new Date('2026-11-23T09:00:00Z')
/** What comes back in place of an answer of Bitbucket; absent: a stand-in for it says yes. */
let answer: HttpReply | NetworkError | undefined

type Moment = 'plan and act' | 'stage and commit' | 'read and rename'

beforeAll(async () => {
  machine = await makeFivePlaces()
})
afterAll(() => rm(machine.folder, { recursive: true, force: true }))
beforeEach(async () => {
  here = await copyOf(machine)
  original = await contentsOf(here.folder)
  meanwhile = async () => undefined
  answer = undefined
  now = new Date('2026-11-23T09:00:00Z')
})
afterEach(() => rm(here.folder, { recursive: true, force: true }))

const accepting: Verifier = {
  verify: async () => ({
    kind: 'yes',
    scopes: 'not reported',
    evidence: { asked: 'a stand-in', answered: '200' },
  }),
}

function system(): System {
  const real = nodeSystem({ environment: { PATH: process.env['PATH'], TMPDIR: here.folder } })
  const { files } = real
  return {
    ...real,
    clock: { ...real.clock, now: () => now },
    http: {
      send: async () => {
        if (answer instanceof NetworkError) throw answer
        if (answer === undefined) throw new Error('nobody is to be asked')
        return answer
      },
    },
    files: {
      ...files,
      append: async (path, bytes, held) => {
        const appended = await files.append(path, bytes, held)
        const step = /"kind":"intends","step":"([^"]+)"/.exec(Buffer.from(bytes).toString())?.[1]
        const place = here.plan.steps.find(({ id }) => id === step)?.place.at
        if (place?.kind === 'file') await meanwhile('stage and commit', place.path)
        return appended
      },
      replace: async (path, ...rest) => {
        await meanwhile('read and rename', path)
        return files.replace(path, ...rest)
      },
    },
  }
}

async function open(): Promise<Keyturn> {
  const consumers = await loadConsumers()
  return openKeyturn({
    environment: { PATH: process.env['PATH'] },
    home: join(here.folder, 'keyturn'),
    system: system(),
    consumers: answer === undefined ? consumers.map((consumer) => ({ ...consumer, verifier: accepting })) : consumers,
  })
}

async function failureOf(act: Promise<unknown>): Promise<FailureParts & { readonly code: string }> {
  try {
    await act
  } catch (error) {
    if (error instanceof Failure) return { code: error.code, ...error.parts }
    throw error
  }
  throw new Error('it did not fail')
}

/** All five, and no command of a person without a place to write it on. */
function expectFiveParts({ code, at, because, state, next }: FailureParts & { readonly code: string }): void {
  expect(FAILURE_HEADLINES[code as keyof typeof FAILURE_HEADLINES]).toBeTruthy()
  expect({ at, because, state }).toEqual({
    at: expect.stringMatching(/./),
    because: expect.stringMatching(/./),
    state: expect.stringMatching(/\.$/),
  })
  expect(next?.some((line) => /^ {2}keyturn \w/.test(line))).toBe(true)
}

const netrc = (): string => join(here.folder, 'dev', '.netrc')
const stepOf = (path: string): string =>
  here.plan.steps.find(({ place }) => place.at.kind === 'file' && place.at.path === path)?.id ?? ''

async function ask<Document>(...args: readonly string[]): Promise<Document> {
  const home = join(here.folder, 'keyturn')
  const { exitCode, stdout, stderr } = await commandLine({
    args: ['--home', home, ...args, '--json'],
    folder: here.folder,
  })
  if (exitCode !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

interface Shown {
  readonly run: string
  readonly outcome: string
  readonly changes: readonly {
    readonly step: string
    readonly phase: string
    readonly gaveUp?: { readonly code: string }
  }[]
}

/** What `keyturn status` and `keyturn show` say of each step, as another process reads it, is what its place holds. */
async function expectKnownState(): Promise<Shown> {
  const { runs, damaged } = await ask<{ runs: { run: string }[]; damaged: unknown[] }>('status')
  expect([runs.length, damaged]).toEqual([1, []])
  const shown = await ask<Shown>('show', runs[0]?.run ?? '')
  const held = await contentsOf(here.folder).catch(() => undefined)
  for (const [index, file] of FILES.entries()) {
    const phase = shown.changes.find(({ step }) => step === stepOf(join(here.folder, file)))?.phase
    if (held === undefined || phase === 'announced') continue
    expect([file, phase, held[index] !== original[index]]).toEqual([file, phase, phase === 'done'])
  }
  return shown
}

const FILES = [
  'dev/.netrc',
  'dev/.git-credentials',
  'dev/app/.git/config',
  'dev/web/.git/config',
  'jenkins/credentials.xml',
]

/** After the fault: the run comes to its end, and is put back to the last byte. */
async function expectBothWays(run: string, exitCode = 0): Promise<void> {
  meanwhile = async () => undefined
  answer = undefined
  const keyturn = await open()
  expect((await keyturn.resume(run)).exitCode).toBe(exitCode)
  const held = await contentsOf(here.folder)
  expect(held.filter((text, index) => text === original[index])).toEqual([])
  expect((await keyturn.rollback(run)).left).toEqual([])
  expect(await contentsOf(here.folder)).toEqual(original)
  expect((await keyturn.audit(run)).verdict).not.toBe('damaged')
}

/** What others do to a file, and how they make it good again. */
const DEEDS: Readonly<Record<string, (path: string) => Promise<void>>> = {
  'the file vanishes': (path) => rm(path),
  'its secret is changed': async (path) =>
    writeFile(path, (await readFile(path, 'latin1')).replace(/password \S+/, 'password another')),
  'a folder takes its place': async (path) => {
    await rm(path)
    await mkdir(path)
  },
  'a link to nowhere takes its place': async (path) => {
    await rm(path)
    await symlink(join(dirname(path), 'nowhere'), path)
  },
}

const makeGood = async (path: string): Promise<void> => {
  await rm(path, { recursive: true, force: true })
  await writeFile(path, original[0] ?? '', { encoding: 'latin1', mode: 0o600 })
}

describe.each(Object.entries(DEEDS))('%s', (_, deed) => {
  it('between plan and act: nothing is changed, and a new plan is asked for', async () => {
    await deed(netrc())
    const failure = await failureOf((await open()).apply(here.plan))
    expectFiveParts(failure)
    expect(failure.state).toMatch(/^Nothing was changed/)
    expect(await (await open()).runNames()).toEqual([])
    await makeGood(netrc())
    expect(await contentsOf(here.folder)).toEqual(original)
    expect((await (await open()).apply(here.plan)).exitCode).toBe(0)
  })

  it.each(['stage and commit', 'read and rename'] as const)(
    'between %s: the run stops, its state is known, and both ways lead on',
    async (when) => {
      let done = false
      meanwhile = async (moment, path) => {
        if (done || moment !== when || path !== netrc()) return
        done = true
        await deed(path)
      }
      const failure = await failureOf((await open()).apply(here.plan))
      expect(done).toBe(true)
      expectFiveParts(failure)
      expect(failure.state).toMatch(/^\d of 5 places use their new credential and were proved\./)
      meanwhile = async () => undefined
      const shown = await expectKnownState()
      await makeGood(netrc())
      await expectBothWays(shown.run)
    },
  )
})

describe('somebody writes elsewhere in the file', () => {
  it.each(['stage and commit', 'read and rename'] as const)('between %s: both changes are there', async (when) => {
    let done = false
    meanwhile = async (moment, path) => {
      if (done || moment !== when || path !== netrc()) return
      done = true
      await writeFile(path, `${await readFile(path, 'latin1')}machine other.example login me password x\n`)
    }
    const keyturn = await open()
    const { exitCode, state } = await keyturn.apply(here.plan)
    expect([done, exitCode]).toEqual([true, 0])
    expect(await readFile(netrc(), 'latin1')).toMatch(
      / login x-bitbucket-api-token-auth .*\nmachine other\.example login me/,
    )
    await keyturn.rollback(state.run)
    expect(await readFile(netrc(), 'latin1')).toBe(`${original[0]}machine other.example login me password x\n`)
  })
})

describe('a file that becomes a link to where it was moved', () => {
  it('is written where it leads, and stays a link', async () => {
    const target = join(here.folder, 'dev', 'moved')
    meanwhile = async (moment, path) => {
      if (moment !== 'stage and commit' || path !== netrc()) return
      await rename(path, target)
      await symlink(target, path)
    }
    const { exitCode, state } = await (await open()).apply(here.plan)
    expect(exitCode).toBe(0)
    expect(await readFile(target, 'latin1')).not.toBe(original[0])
    meanwhile = async () => undefined
    await (await open()).rollback(state.run)
    expect(await readFile(target, 'latin1')).toBe(original[0])
  })
})

const page = (status: number): HttpReply => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: Buffer.from('<html><title>Sign in to the network</title></html>'),
})

describe('a proof that cannot be made', () => {
  it.each([
    ['a page of a proxy with status 200', page(200)],
    ['a page of a proxy with status 403', page(403)],
    ['500', { status: 500, headers: {}, body: Buffer.from('') }],
    ['503', { status: 503, headers: { 'retry-after': '5' }, body: Buffer.from('') }],
    ['429', { status: 429, headers: {}, body: Buffer.from('Rate limit for this resource has been exceeded') }],
    ['a network that is cut', new NetworkError('other', 'the connection was closed')],
    ['no answer in time', new NetworkError('timed out', 'no reply')],
  ])('%s: is open and no refusal; verify makes up for it', async (_, instead) => {
    answer = instead
    const { exitCode, state } = await (await open()).apply(here.plan)
    expect(exitCode).toBe(3)
    expect([...state.steps.values()].map(({ proof }) => proof?.outcome)).toEqual(Array(5).fill('not verifiable here'))
    expect(JSON.stringify([...state.steps.values()])).not.toContain('<')
    const shown = await expectKnownState()
    expect(shown.changes.map(({ gaveUp }) => gaveUp)).toEqual(Array(5).fill(undefined))
    answer = undefined
    const again = await (await open()).verify(state.run)
    expect(again.map(({ proof }) => proof.kind)).toEqual(Array(5).fill('verified'))
    await expectBothWays(state.run, 3)
  })
})

describe('a clock that jumps in the middle of a run', () => {
  it.each([
    ['two years back', '2024-11-23T09:00:00Z'],
    ['to 1970', '1970-01-01T00:00:00Z'],
    ['five years on', '2031-11-23T09:00:00Z'],
  ])('%s: every entry says what the clock said; nothing is mistaken', async (_, then) => {
    let steps = 0
    meanwhile = async (moment) => {
      if (moment === 'stage and commit' && ++steps === 2) now = new Date(then)
    }
    const keyturn = await open()
    const { exitCode, state } = await keyturn.apply(here.plan)
    expect(exitCode).toBe(0)
    const times = new Set([...state.steps.values()].map(({ changedAt }) => changedAt?.slice(0, 4)))
    expect(times).toEqual(new Set(['2026', then.slice(0, 4)]))
    const shown = await expectKnownState()
    expect((await keyturn.audit(shown.run)).verdict).not.toBe('damaged')
    await expectBothWays(shown.run)
  })

  it('back between two runs: the newest run is the one that began last', async () => {
    const keyturn = await open()
    const first = (await keyturn.apply(here.plan)).state.run
    await keyturn.rollback(first)
    now = new Date('2020-01-01T00:00:00Z')
    const second = (await keyturn.apply({ ...here.plan, id: '0again00' })).state.run
    expect(await keyturn.runNames()).toEqual([first, second])
    expect((await keyturn.run(second)).startedAt).toBe('2020-01-01T00:00:00.000Z')
    const home = join(here.folder, 'keyturn')
    const { exitCode } = await commandLine({ args: ['--home', home, 'rollback', '--yes'], folder: here.folder })
    expect(exitCode).toBe(0)
    expect(await contentsOf(here.folder)).toEqual(original)
  })

  it('back, behind a lock that a killed command left: it is taken over all the same', async () => {
    const keyturn = await open()
    const holder = { process: 4_194_304, host: keyturn.context.system.processes.host, since: '2030-01-01T00:00:00Z' }
    await writeFile(join(here.folder, 'keyturn', 'state', 'lock'), `${JSON.stringify(holder)}\n`)
    expect((await keyturn.apply(here.plan)).exitCode).toBe(0)
  })
})

describe('two appliers at once', () => {
  it('one is refused in five parts and changes nothing; the other comes to its end', async () => {
    const refused: (FailureParts & { readonly code: string })[] = []
    let run = ''
    meanwhile = async (moment) => {
      if (moment !== 'stage and commit' || refused.length > 0) return
      const other = await open()
      run = (await other.runNames())[0] ?? ''
      for (const act of [
        () => other.apply(here.plan),
        () => other.resume(run),
        () => other.rollback(run),
        () => other.forget(run),
      ])
        refused.push(await failureOf(act()))
    }
    expect((await (await open()).apply(here.plan)).exitCode).toBe(0)
    expect(refused.map(({ code }) => code)).toEqual(['R207', 'R207', 'R207', 'R207'])
    for (const { at, because, state, next } of refused)
      expect({ at, because, state, next }).toEqual({
        at: expect.stringMatching(/lock$/),
        because: expect.stringMatching(/^process \d+ .* holds it since /),
        state: 'This command changed nothing.',
        next: expect.arrayContaining([expect.stringMatching(/./)]),
      })
    expect((await expectKnownState()).run).toBe(run)
    await expectBothWays(run)
  })
})
