import { spawn } from 'node:child_process'
import { cp, lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { type Sandbox, startSandbox } from '../../sandbox/index.ts'
import { startJenkins } from '../../sandbox/jenkins/index.ts'
import { type Keyturn, openKeyturn } from '../../src/index.ts'
import { type FiveParts, readFiveParts } from './five-parts.ts'

const MAIN = resolve(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js')

/** A command that goes on although it should have failed is ended. */
const PATIENCE_MS = 15_000

/** A developer's files and a stopped Jenkins, a vault with the new token, and a plan: ready for `apply`. One folder per case. */
export interface Migration {
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  /** Path of the plan for the developer's files. */
  readonly plan: string
  readonly planId: string
}

/** The sandbox, and a folder that every case copies. */
export interface Ground {
  readonly sandbox: Sandbox
  readonly folder: string
  readonly token: string
  /** App password of the developer. */
  readonly oldSecret: string
  stop(): Promise<void>
}

export const REPOSITORY = 'https://bitbucket.org/acme/app.git'

export async function layGround(): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-failures-'))
  const sandbox = await startSandbox({ folder: join(folder, 'sandbox') })
  const { world } = sandbox
  world.addUser({ username: 'alice', email: 'alice@acme.example' })
  world.addWorkspace('acme')
  await world.addRepository({ workspace: 'acme', slug: 'app', isPrivate: true })
  world.grant('alice', 'acme/app', 'write')
  const [mine, ci] = [world.addAppPassword('alice'), world.addAppPassword('alice')]
  const original = join(folder, 'original')
  await write(join(original, 'dev', '.netrc'), `machine bitbucket.org login alice password ${mine}\n`)
  await write(join(original, 'dev', '.git-credentials'), `https://alice:${mine}@bitbucket.org\n`)
  await writeClone(join(original, 'dev', 'app'))
  const jenkins = await startJenkins({ home: join(original, 'jenkins'), gitEnvironment: {} })
  await jenkins.addCredential({ store: 'system', id: 'bb', username: 'alice', secret: ci })
  await jenkins.addFreestyleJob({ fullName: 'app', url: REPOSITORY, credentialsId: 'bb' })
  await jenkins.stop()
  const token = world.addApiToken('alice', { name: 'new' })
  const keyturn = await openKeyturn({ environment: {}, home: join(original, 'keyturn') })
  await keyturn.addToken({ name: 'new', secret: token, username: 'alice', email: 'alice@acme.example', offline: true })
  return {
    sandbox,
    folder,
    token,
    oldSecret: mine,
    stop: async () => {
      await sandbox.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Its remote tells which repository the developer's credentials serve. */
async function writeClone(folder: string): Promise<void> {
  for (const name of ['objects', 'refs']) await mkdir(join(folder, '.git', name), { recursive: true })
  await write(join(folder, '.git', 'HEAD'), 'ref: refs/heads/main\n')
  await write(join(folder, '.git', 'config'), `[core]\n\tbare = false\n[remote "origin"]\n\turl = ${REPOSITORY}\n`)
}

let cases = 0

/** A copy in a folder of its own, with a plan for `dev` saved in it. */
export async function startMigration(ground: Ground): Promise<Migration> {
  cases++
  const folder = join(ground.folder, `case-${cases}`)
  await cp(join(ground.folder, 'original'), folder, { recursive: true })
  const keyturn = await libraryOf(folder)
  const plan = await keyturn.plan(await keyturn.scan({ paths: [join(folder, 'dev')] }), { offline: true })
  await keyturn.savePlan(plan)
  const [name = ''] = await readdir(join(folder, 'keyturn', 'state', 'plans'))
  const environment = {
    ...ground.sandbox.environment(),
    PATH: process.env['PATH'] ?? '',
    HOME: join(folder, 'dev'),
    LC_ALL: 'C.UTF-8',
  }
  return { folder, environment, plan: join(folder, 'keyturn', 'state', 'plans', name), planId: plan.id }
}

export function libraryOf(folder: string): Promise<Keyturn> {
  return openKeyturn({ environment: {}, home: join(folder, 'keyturn') })
}

export interface Call {
  readonly args: readonly string[]
  readonly input?: string
  readonly environment?: Readonly<Record<string, string>>
  /** A program that starts keyturn: without capabilities, in a namespace of its own. */
  readonly through?: readonly string[]
  readonly patienceMs?: number
}

export interface Answer {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the built command line in the folder of the case, with its home in it. */
export function call({ folder, environment }: Migration, asked: Call): Promise<Answer> {
  const [command, ...args] = [...(asked.through ?? []), process.execPath, MAIN, '--home', 'keyturn', ...asked.args]
  return new Promise((done, failed) => {
    const child = spawn(command ?? '', args, {
      cwd: folder,
      env: { ...environment, ...asked.environment },
      timeout: asked.patienceMs ?? PATIENCE_MS,
    })
    const answer = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const)
      child[name].on('data', (chunk: Buffer) => {
        answer[name] += chunk.toString('utf8')
      })
    child.stdin.on('error', () => undefined)
    child.stdin.end(asked.input ?? '')
    child.on('error', failed)
    child.on('close', (code) =>
      done({
        exitCode: code ?? -1,
        stdout: named(answer.stdout, folder),
        stderr: named(answer.stderr, folder),
      }),
    )
  })
}

/** How a command failed: its exit code, nothing on standard output, and the error part by part. */
export async function failureOf(migration: Migration, asked: Call): Promise<FiveParts & { readonly exitCode: number }> {
  const { exitCode, stdout, stderr } = await call(migration, asked)
  if (stdout !== '') throw new Error(`a failure wrote to standard output:\n${stdout}`)
  return { exitCode, ...readFiveParts(stderr) }
}

/** What differs from run to run: folders, ids, times. */
function named(text: string, folder: string): string {
  return text
    .replaceAll(folder, 'FOLDER')
    .replaceAll(/#[0-9a-f]{12}\b/g, '#FINGERPRINT')
    .replaceAll(/\bp[0-9a-f]{10}\b/g, 'PLACE')
    .replaceAll(/\b(plan|apply) [0-9a-f]{8}\b/g, '$1 PLAN')
    .replaceAll(/r\d{8}-\d{6}-[0-9a-f]{8}/g, 'RUN')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, 'TIME')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
}

/** Every file below the folder with its bytes and mode, but for names that `but` matches. */
export async function bytesUnder(folder: string, but = /^$/): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const kept = files.filter((path) => !but.test(path.slice(folder.length))).sort()
  const read = kept.map(async (path) => {
    const mode = (await lstat(path)).mode & 0o777
    return [path.slice(folder.length), `${mode.toString(8)} ${await readFile(path, 'latin1')}`] as const
  })
  return Object.fromEntries(await Promise.all(read))
}

export async function write(path: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content, { mode })
}
