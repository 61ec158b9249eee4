import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { Failure } from '../model/failure.ts'
import type { Context, ControllerLogin, System } from '../model/ports.ts'
import { Secret } from '../model/secret.ts'

/** Where keyturn keeps its own things: the XDG folders, or one folder given with `--home`. */
export interface Folders {
  readonly config: string
  readonly state: string
  /** What may be lost at any time. */
  readonly cache: string
}

export function foldersOf(environment: Readonly<Record<string, string | undefined>>, home?: string): Folders {
  if (home !== undefined)
    return { config: join(home, 'config'), state: join(home, 'state'), cache: join(home, 'cache') }
  const user = environment['HOME'] ?? ''
  if (!isAbsolute(user)) {
    const because =
      user === '' ? 'it is not set' : 'it is no absolute path: keys and backups would lie in the working folder'
    throw new Failure('R112', { at: 'HOME', because, next: ['  keyturn --home FOLDER ...'] })
  }
  /** A relative path is no valid value, and counts as none (XDG Base Directory Specification): each working folder would be another home. */
  const below = (variable: string, ...usual: readonly string[]): string => {
    const named = environment[variable] ?? ''
    return join(isAbsolute(named) ? named : join(user, ...usual), 'keyturn')
  }
  return {
    config: below('XDG_CONFIG_HOME', '.config'),
    state: below('XDG_STATE_HOME', '.local', 'state'),
    cache: below('XDG_CACHE_HOME', '.cache'),
  }
}

/** The key must outlive the command, so a folder that cannot be written is no place for it. */
function withAdvice(error: unknown): never {
  if (!(error instanceof Failure)) throw error
  throw new Failure(error.code, { ...error.parts, next: ['  keyturn --home FOLDER ...'] })
}

const KEY_BYTES = 32

/** Opens this installation: its key names secrets and digests places. The key is made on first use. */
export async function openContext(
  system: System,
  folders: Folders,
  logins: readonly ControllerLogin[] = [],
): Promise<Context> {
  for (const folder of [folders.config, folders.state]) await requireTarget(folder, system)
  const key = await installationKey(system, folders)
  return {
    system,
    logins,
    seal: Secret.sealer(key),
    digest: (bytes) => `hmac:${createHmac('sha256', key).update('place\0').update(bytes).digest('hex')}`,
  }
}

/** Whoever takes a disk that is not there for an empty folder says that there is no run. */
async function requireTarget(folder: string, { files }: System): Promise<void> {
  if ((await files.entry(folder))?.kind !== 'link') return
  const target = await files.resolve(folder).catch((cause: unknown) => {
    if (cause instanceof Failure && cause.code !== 'R101') throw cause
    return undefined
  })
  if (target !== undefined) return
  throw new Failure('R101', {
    at: folder,
    because: 'it is a symbolic link, and what it leads to is not there',
    state: 'Nothing was changed.',
    next: ['Put it back, or mount the disk that it is on, then repeat the command.'],
  })
}

const KEY_FILE = 'fingerprint.key'

/** Before anything else is loaded; `undefined`: there is none yet, or it is damaged. */
export function keyOf(folders: Folders): Uint8Array | undefined {
  try {
    const key = readFileSync(join(folders.config, KEY_FILE))
    return key.length === KEY_BYTES ? key : undefined
  } catch {
    return undefined
  }
}

async function installationKey(system: System, folders: Folders): Promise<Uint8Array> {
  const path = join(folders.config, KEY_FILE)
  if ((await system.files.entry(path)) === undefined) {
    if (await hasRuns(system, folders)) throw lost(path, folders)
    await system.files.makeFolder(folders.config).catch(withAdvice)
    await system.files.create(path, system.random.bytes(KEY_BYTES))
  }
  const key = await system.files.read(path)
  if (key.length === KEY_BYTES) return key
  throw new Failure('R104', {
    at: path,
    because: `it has ${key.length} bytes; the key of an installation has ${KEY_BYTES}`,
    state: 'Nothing was changed.',
    next: ['Put the key back from a backup. Without it, old plans and runs cannot be matched with their places.'],
  })
}

async function hasRuns({ files }: System, { state }: Folders): Promise<boolean> {
  return (await files.entry(join(state, 'runs'))) !== undefined
}

/** Under a new key every place of an earlier run would look as if somebody else had changed it since. */
function lost(path: string, { state }: Folders): Failure {
  return new Failure('R104', {
    at: path,
    because: 'it is missing, and by it runs recognise their places',
    state: 'Nothing was changed.',
    next: [
      'Put the file back from a backup of this folder. Where there is none, no run can go on or be put back any more; to begin anew, move away:',
      `  ${join(state, 'runs')}`,
    ],
  })
}
