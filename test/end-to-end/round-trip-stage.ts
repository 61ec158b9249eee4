import { chmod, cp, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { type Sandbox, startSandbox } from '../../sandbox/index.ts'
import { randomness } from '../../sandbox/jenkins/randomness.ts'
import { openSecretKeys, type SecretCipher, secretCipher } from '../../sandbox/jenkins/secret-cipher.ts'
import { type Ended, keyturn } from '../support/keyturn-process.ts'

export const ALICE = { username: 'alice', email: 'alice@acme.example' }
const SCOPES = ['read:repository:bitbucket', 'write:repository:bitbucket', 'read:user:bitbucket']

/** A folder of one consumer's files as they were before the cut-off, and a sandbox that refuses what they hold. */
export interface RoundTripStage {
  readonly sandbox: Sandbox
  /** The files that are scanned. */
  readonly home: string
  readonly marks: Marks
  readonly environment: Readonly<Record<string, string>>
  /** What the keys of this Jenkins home decrypt. */
  readonly opened: (sealed: string) => string | undefined
  readonly run: (args: readonly string[], input?: string) => Promise<Ended>
  /** The fixture of that side, with its marks filled, as relative path to bytes in Latin-1. */
  readonly filled: (side: Side) => Promise<Files>
  readonly end: () => Promise<void>
}

export type Side = 'before' | 'after'
export type Files = Readonly<Record<string, string>>
/** What stands for `@@NAME@@` in a fixture. */
export type Marks = Readonly<Record<string, string>>

export async function setRoundTripStage(consumer: string): Promise<RoundTripStage> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-round-trip-'))
  const sandbox = await startSandbox({ folder: join(folder, 'bitbucket') })
  await peopleBitbucket(sandbox)
  const home = join(folder, 'home')
  const cipher = jenkinsCipher(join(folder, 'keys'))
  const marks = marksFor(sandbox, cipher)
  const fixture = join(import.meta.dirname, 'round-trip', consumer)
  await copyFilled(join(fixture, 'before'), home, marks)
  await makeClonesReadable(home)
  if (consumer === 'jenkins-home') await cp(join(folder, 'keys'), home, { recursive: true })
  const machine = join(folder, 'machine')
  await mkdir(machine)
  const environment = {
    ...sandbox.environment(),
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: machine,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C.UTF-8',
  }
  return {
    sandbox,
    home,
    marks,
    environment,
    opened: cipher.decrypt,
    run: (args, input) => keyturn({ args, folder: machine, environment, ...(input === undefined ? {} : { input }) }),
    filled: async (side) => {
      const copy = await mkdtemp(join(folder, `${side}-`))
      await copyFilled(join(fixture, side), copy, marks)
      return contentsOf(copy)
    },
    end: async () => {
      await sandbox.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function jenkinsCipher(folder: string): SecretCipher {
  const random = randomness(undefined)
  return secretCipher(openSecretKeys(folder, random), random)
}

async function peopleBitbucket({ world }: Sandbox): Promise<void> {
  world.addUser(ALICE)
  world.addWorkspace('acme')
  for (const slug of ['app', 'web', 'infra']) {
    await world.addRepository({ workspace: 'acme', slug, isPrivate: true })
    world.grant(ALICE.username, `acme/${slug}`, 'write')
  }
}

/** The token ends in `=` and a checksum, so that it differs from its form in a URL. */
function marksFor({ world }: Sandbox, cipher: SecretCipher): Marks {
  const [old, next] = [
    world.addAppPassword(ALICE.username),
    world.addApiToken(ALICE.username, { name: 'new', scopes: SCOPES }),
  ]
  const pair = (username: string, secret: string): string => Buffer.from(`${username}:${secret}`).toString('base64')
  return {
    APP_PASSWORD: old,
    APP_PASSWORD_SEALED: cipher.encrypt(old),
    APP_PASSWORD_PAIR: pair(ALICE.username, old),
    API_TOKEN: next,
    API_TOKEN_URL: encodeURIComponent(next),
    API_TOKEN_STORE: encodeURIComponent(next).replaceAll('%3D', '%3d'), // as git credential-store writes it
    API_TOKEN_PAIR: pair('x-bitbucket-api-token-auth', next),
  }
}

/** `dot-git` becomes `.git`: git does not take a folder of that name into a repository. */
export async function copyFilled(from: string, to: string, marks: Marks): Promise<void> {
  await cp(from, to, { recursive: true })
  for (const path of await filesBelow(to)) {
    const text = await readFile(path, 'latin1')
    await writeFile(path, filledText(text, marks), 'latin1')
    await chmod(path, 0o600)
  }
  await undot(to)
}

export function filledText(text: string, marks: Marks): string {
  return text.replaceAll(/@@([A-Z_]+)@@/g, (mark, name: string) => marks[name] ?? mark)
}

async function undot(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const name = entry.name.replace(/^dot-/, '.')
    if (name !== entry.name) await rename(join(folder, entry.name), join(folder, name))
    if (entry.isDirectory()) await undot(join(folder, name))
  }
}

/** git takes a folder for a repository when it has these. */
async function makeClonesReadable(home: string): Promise<void> {
  for (const path of await filesBelow(home)) {
    if (!path.endsWith('/.git/config')) continue
    const git = path.slice(0, -'/config'.length)
    for (const name of ['objects', 'refs']) await mkdir(join(git, name))
    await writeFile(join(git, 'HEAD'), 'ref: refs/heads/main\n')
  }
}

export async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

/** Without what git itself keeps beside a configuration. */
export async function contentsOf(folder: string): Promise<Files> {
  const files: Record<string, string> = {}
  for (const path of await filesBelow(folder)) {
    if (!/\/(HEAD|secrets\/.*)$/.test(path)) files[relative(folder, path)] = await readFile(path, 'latin1')
  }
  return files
}

/** Mode and owner per path; a symbolic link shows as what it is. */
export async function standingOf(folder: string): Promise<Readonly<Record<string, unknown>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const standing: Record<string, unknown> = {}
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name)
    const { uid, gid, mode } = await (entry.isSymbolicLink() ? lstat(path) : stat(path))
    standing[relative(folder, path)] = { uid, gid, mode: mode.toString(8) }
  }
  return standing
}
