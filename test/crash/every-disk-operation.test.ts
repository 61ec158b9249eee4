import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { build, type Plugin } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyPlan, resumeRun } from '../../src/apply/apply-plan.ts'
import { rollbackRun } from '../../src/apply/rollback.ts'
import { gitConfigDetector } from '../../src/consumers/git-config/detect.ts'
import { gitCredentialsDetector } from '../../src/consumers/git-credentials/detect.ts'
import { netrcDetector } from '../../src/consumers/netrc/detect.ts'
import type { Plan } from '../../src/model/plan.ts'
import { makePlan } from '../../src/plan/planner.ts'
import { scan } from '../../src/scan/scan.ts'
import { apiToken, appPassword } from '../support/synthetic-secrets.ts'
import { type CrashWorld, openWorld } from './disk-world.ts'

const run = promisify(execFile)
const base = mkdtempSync(join(tmpdir(), 'keyturn-crash-'))
const applier = join(base, 'applier.cjs')
const template = join(base, 'template')
const newSecret = apiToken()
const oldSecrets = [appPassword(), appPassword(), appPassword()] as const

/** Five places in five files, each with something around the credential that must not change. */
const FILES: Readonly<Record<string, string>> = {
  'alice/.netrc': `# mine\nmachine example.org login x password y\nmachine bitbucket.org login alice password ${oldSecrets[0]}\n`,
  'alice/.git-credentials': `https://u:p@example.org\nhttps://alice:${oldSecrets[0]}@bitbucket.org\n`,
  'alice/clone/.git/config': `[core]\n\tbare = false\n[remote "origin"]\n\turl = https://alice:${oldSecrets[1]}@bitbucket.org/acme/app.git\n`,
  'agent/.netrc': `machine bitbucket.org\r\n  login alice\r\n  password ${oldSecrets[2]}`,
  'agent/.git-credentials': `https://alice:${oldSecrets[2]}@bitbucket.org\n`,
}

/** Operations of the disk that the journalled run makes; known once the undisturbed run has counted them. */
let boundaries = 0
let applied: Readonly<Record<string, string>> = {}

beforeAll(async () => {
  const swap: Plugin = {
    name: 'counted-disk',
    setup: ({ onResolve }) => {
      onResolve({ filter: /^node:fs\/promises$/ }, ({ importer }) =>
        importer.endsWith('counted-disk.ts')
          ? { external: true }
          : { path: join(import.meta.dirname, 'counted-disk.ts') },
      )
    },
  }
  const entryPoints = [join(import.meta.dirname, 'disk-applier.ts')]
  await build({
    entryPoints,
    outfile: applier,
    bundle: true,
    mainFields: ['module', 'main'],
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    plugins: [swap],
    logLevel: 'error',
  })
  await makeTemplate()
  const undisturbed = worldAt('undisturbed')
  boundaries = Number((await run(process.execPath, [applier, undisturbed, '0'])).stdout)
  applied = contents(undisturbed)
})
afterAll(() => rmSync(base, { recursive: true, force: true }))

async function makeTemplate(): Promise<void> {
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(join(template, path, '..'), { recursive: true })
    writeFileSync(join(template, path), text, { mode: 0o600 })
  }
  const { context, vault, deps } = await openWorld(template)
  const token = {
    name: 'ci',
    kind: 'api-token',
    secret: context.seal(newSecret),
    username: 'alice',
    scopes: 'not reported',
    addedAt: '',
  } as const
  await vault.add(token)
  const detectors = { 'git-config': gitConfigDetector, 'git-credentials': gitCredentialsDetector, netrc: netrcDetector }
  const consumers = Object.entries(detectors).map(([id, detector]) => ({ id, title: id, detector }))
  const { places, sources } = await scan(
    { roots: [join(template, 'alice'), join(template, 'agent')] },
    consumers,
    context,
  )
  const digests = new Map()
  for (const place of places) {
    const state = await deps.hands(place.consumer).connector?.read(place, context)
    if (state?.kind === 'present') digests.set(place.id, state.digest)
  }
  const { secret, ...known } = token
  const tokens = [{ ...known, fingerprint: secret.fingerprint }]
  const plan = makePlan({
    places,
    sources,
    diagnoses: new Map(),
    digests,
    tokens,
    policy: { token: 'ci' },
    now: context.system.clock.now(),
  })
  expect(plan.steps).toHaveLength(5)
  writeFileSync(join(template, 'plan.json'), JSON.stringify(plan))
}

/** A copy of a world at another path; plans name absolute paths. */
function worldAt(name: string, from = template): string {
  const root = join(base, name)
  cpSync(from, root, { recursive: true })
  for (const path of filesBelow(root).filter((one) => one.endsWith('plan.json')))
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(`${from}/`, `${root}/`))
  return root
}

function filesBelow(folder: string): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

function contents(root: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(FILES).map((path) => [path, readFileSync(join(root, path), 'utf8')]))
}

/** Files besides the five places that hold a secret in the clear. */
function leaks(root: string): readonly string[] {
  const secrets = [newSecret, ...oldSecrets]
  return filesBelow(root)
    .filter((path) => !(relative(root, path) in FILES))
    .filter((path) => secrets.some((secret) => readFileSync(path, 'latin1').includes(secret.slice(0, 40))))
    .map((path) => relative(root, path))
}

async function killedAt(boundary: number, mode: 'apply' | 'roll-back', from: string): Promise<string> {
  const root = worldAt(`${mode}-${boundary}`, from)
  const end = await run(process.execPath, [applier, root, String(boundary), mode]).catch(
    (error: { signal?: string }) => error,
  )
  expect(end).toMatchObject({ signal: 'SIGKILL' })
  return root
}

const planOf = (root: string): Plan => JSON.parse(readFileSync(join(root, 'plan.json'), 'utf8'))

/** What a person does after a crash: continue the open run, or, when none had begun, apply again. */
async function goOn({ deps }: CrashWorld, root: string): Promise<void> {
  const [name] = await deps.runs.names()
  if (name === undefined) await applyPlan(planOf(root), deps)
  else await resumeRun(name, deps)
}

async function goBack({ deps }: CrashWorld): Promise<void> {
  const [name] = await deps.runs.names()
  if (name !== undefined) expect((await rollbackRun(name, deps)).left).toEqual([])
}

async function survives(boundary: number): Promise<void> {
  const forward = await killedAt(boundary, 'apply', template)
  const backward = worldAt(`back-${boundary}`, forward)
  const [ahead, behind] = [await openWorld(forward), await openWorld(backward)]
  await goOn(ahead, forward)
  expect({ boundary, files: contents(forward), leaks: leaks(forward) }).toEqual({ boundary, files: applied, leaks: [] })
  await goBack(behind)
  expect({ boundary, files: contents(backward), leaks: leaks(backward) }).toEqual({ boundary, files: FILES, leaks: [] })
  await goBack(ahead)
  expect({ boundary, files: contents(forward), leaks: leaks(forward) }).toEqual({ boundary, files: FILES, leaks: [] })
  rmSync(forward, { recursive: true })
  rmSync(backward, { recursive: true })
}

/** Two at a time: a child spends most of its time waiting for the disk. */
async function atEach(total: number, act: (boundary: number) => Promise<void>): Promise<void> {
  const numbers = Array.from({ length: total }, (_, index) => index + 1)
  const worker = async (): Promise<void> => {
    for (let next = numbers.shift(); next !== undefined; next = numbers.shift()) await act(next)
  }
  await Promise.all([worker(), worker()])
}

describe('a run that is killed', () => {
  it('undisturbed, changes the five places and nothing around them', () => {
    const expected = Object.entries(FILES).map(([path, text]) => {
      const swapped = oldSecrets.reduce(
        (now, old) => now.replaceAll(old, newSecret.replace('=', path.endsWith('.netrc') ? '=' : '%3d')),
        text,
      )
      return [path, swapped.replaceAll('alice', 'x-bitbucket-api-token-auth')]
    })
    const folded = (files: Readonly<Record<string, string>>) =>
      Object.fromEntries(Object.entries(files).map(([path, text]) => [path, text.replaceAll('%3D', '%3d')]))
    expect(folded(applied)).toEqual(Object.fromEntries(expected))
    expect(boundaries).toBeGreaterThan(5 * 15)
  })

  it('before any change of the disk: resumes to the same bytes, rolls back to the old ones, leaks and loses no secret', async () => {
    await atEach(boundaries, survives)
  }, 180_000)

  it('before any change of the disk while it is put back: putting back again ends in the old bytes', async () => {
    const done = join(base, 'undisturbed')
    const counting = worldAt('counting', done)
    const total = Number((await run(process.execPath, [applier, counting, '0', 'roll-back'])).stdout)
    expect(total).toBeGreaterThan(5 * 8)
    await atEach(total, async (boundary) => {
      const root = await killedAt(boundary, 'roll-back', done)
      await goBack(await openWorld(root))
      expect({ boundary, files: contents(root), leaks: leaks(root) }).toEqual({ boundary, files: FILES, leaks: [] })
      rmSync(root, { recursive: true })
    })
  }, 180_000)
})
