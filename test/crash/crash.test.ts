import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Keyturn, loadConsumers, openKeyturn } from '../../src/index.ts'
import { contentsOf, copyOf, type FivePlaces, makeFivePlaces } from '../support/five-places.ts'

const ROOT = resolve(import.meta.dirname, '..', '..')
/** Above the last boundary of a five-place run; the loop stops by itself at the first run that is not killed. */
const MOST_BOUNDARIES = 200

let machine: FivePlaces
let bundle = ''
let original: readonly string[] = []
const folders: string[] = []

beforeAll(async () => {
  machine = await makeFivePlaces()
  original = await contentsOf(machine.folder)
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-crash-'))
  folders.push(machine.folder, folder)
  bundle = join(ROOT, 'dist', 'test', 'crash-applier.mjs')
  await build({
    entryPoints: [join(import.meta.dirname, 'applier.ts')],
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  })
})
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))))

type Ended = 'killed' | 'finished'

/** Runs the applier in a process of its own; `boundary` counts from 0. */
function runChild(folder: string, mode: 'apply' | 'rollback', boundary: number, run = ''): Promise<Ended> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [bundle, folder, mode, String(boundary), run], {
      env: { PATH: process.env['PATH'] ?? '' },
    })
    let words = ''
    child.stderr.on('data', (chunk: Buffer) => {
      words += chunk
    })
    child.on('error', failed)
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') done('killed')
      else if (code === 0) done('finished')
      else failed(new Error(`the applier failed at boundary ${boundary}: ${words}`))
    })
  })
}

/** The library on a copy, with a verifier that says yes: what is on trial is the journal. */
async function open(folder: string): Promise<Keyturn> {
  return openKeyturn({
    environment: { PATH: process.env['PATH'] },
    home: join(folder, 'keyturn'),
    consumers: (await loadConsumers()).map((consumer) => ({
      ...consumer,
      verifier: {
        verify: async () => ({ kind: 'yes', scopes: 'not reported', evidence: { asked: 'test', answered: 'yes' } }),
      },
    })),
  })
}

async function prepare(): Promise<string> {
  const { folder, plan } = await copyOf(machine)
  await writeFile(join(folder, 'plan.json'), JSON.stringify(plan))
  return folder
}

/** The applied state has no fixed bytes where Jenkins encrypts, so it is compared by what the places hold. */
async function heldBy(folder: string): Promise<readonly (readonly [string, string | undefined, string | undefined])[]> {
  const keyturn = await open(folder)
  const { places } = await keyturn.scan({ paths: [join(folder, 'dev'), join(folder, 'jenkins')] })
  return places.map((place) => [place.id, place.username?.text, place.secret?.value?.fingerprint] as const).sort()
}

/** Beside the users' files; what lies in keyturn's own folders holds no secret in plain text. */
async function temporaryFiles(folder: string): Promise<readonly string[]> {
  return (await readdir(folder, { recursive: true })).filter((name) =>
    /^(dev|jenkins)\/.*\.keyturn-[0-9a-f]{12}$/.test(name),
  )
}

async function latestRun(keyturn: Keyturn): Promise<string | undefined> {
  return (await keyturn.runs()).at(-1)?.run
}

/** Boundaries from `start` in steps of two, so that two loops share the machine's cores. */
async function eachBoundary(
  start: number,
  mode: 'apply' | 'rollback',
  check: (folder: string, boundary: number) => Promise<void>,
  before: (folder: string) => Promise<string>,
): Promise<number> {
  for (let boundary = start; boundary < MOST_BOUNDARIES; boundary += 2) {
    const folder = await prepare()
    const run = await before(folder)
    const ended = await runChild(folder, mode, boundary, run)
    await check(folder, boundary)
    await rm(folder, { recursive: true, force: true })
    if (ended === 'finished') return boundary
  }
  throw new Error('the run never finished')
}

async function eachBoundaryTwice(
  mode: 'apply' | 'rollback',
  check: (folder: string, boundary: number) => Promise<void>,
  before: (folder: string) => Promise<string> = async () => '',
): Promise<number> {
  const ends = await Promise.all([eachBoundary(0, mode, check, before), eachBoundary(1, mode, check, before)])
  return Math.min(...ends)
}

/** What an administrator does after a crash: continue, or, when nothing had begun, apply. */
async function goOn(folder: string): Promise<string> {
  const keyturn = await open(folder)
  const run = await latestRun(keyturn)
  const begun = run !== undefined && (await keyturn.runs()).at(-1)?.startedAt !== ''
  const outcome = begun
    ? await keyturn.resume(run)
    : await keyturn.apply(await keyturn.loadPlan(join(folder, 'plan.json')))
  return outcome.state.run
}

describe('an applier that is killed at every boundary', { timeout: 240_000 }, () => {
  it('and continued ends as an undisturbed run does, rolls back to the original bytes, and leaves no temporary file', async () => {
    const undisturbed = await prepare()
    folders.push(undisturbed)
    expect(await runChild(undisturbed, 'apply', MOST_BOUNDARIES)).toBe('finished')
    const expected = await heldBy(undisturbed)
    const bytes = (await contentsOf(undisturbed)).slice(0, 4)
    const boundaries = await eachBoundaryTwice('apply', async (folder, boundary) => {
      const run = await goOn(folder)
      expect([boundary, await heldBy(folder)]).toEqual([boundary, expected])
      expect([boundary, (await contentsOf(folder)).slice(0, 4)]).toEqual([boundary, bytes])
      expect([boundary, await temporaryFiles(folder)]).toEqual([boundary, []])
      await (await open(folder)).rollback(run)
      expect([boundary, await contentsOf(folder)]).toEqual([boundary, original])
    })
    expect(boundaries).toBeGreaterThan(50)
  })

  it('while it rolls back, and asked again, ends in the original bytes', async () => {
    const boundaries = await eachBoundaryTwice(
      'rollback',
      async (folder, boundary) => {
        const keyturn = await open(folder)
        await keyturn.rollback((await latestRun(keyturn)) ?? '')
        expect([boundary, await contentsOf(folder)]).toEqual([boundary, original])
        expect([boundary, await temporaryFiles(folder)]).toEqual([boundary, []])
      },
      async (folder) => {
        const keyturn = await open(folder)
        return (await keyturn.apply(await keyturn.loadPlan(join(folder, 'plan.json')))).state.run
      },
    )
    expect(boundaries).toBeGreaterThan(30)
  })
})
