import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import type { Context, Processes, System } from '../model/ports.ts'
import type { HandOver, HandOverRequest } from './git-verifier.ts'

/**
 * A HOME without a netrc: the netrc is a place of its own, and git would ask it first. Below what is no folder nothing can be; a folder that is
 * only not there somebody may have made, and git ends when this user may not look into it.
 */
export const NO_HOME = '/dev/null'

/** Helpers, headers and rewritten URLs of this user are places of their own: git must not answer from them. */
const ALONE = { HOME: NO_HOME, GIT_CONFIG_GLOBAL: '/dev/null' }

/** Single quotes for a POSIX shell. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/**
 * As git-client does (CliGitAPIImpl): username and password in files that only the owner reads, and a script that prints them.
 * Helpers and the netrc of this user stay out. `undefined`: a line feed, which no prompt of git can be answered with.
 */
export async function askpassHandOver({ pair, url, context }: HandOverRequest): Promise<HandOver | undefined> {
  if (/[\r\n]/.test(pair.username + pair.password)) return undefined
  const name = temporaryName(context)
  const [script, username, password] = [`${name}-pass.sh`, `${name}-username.txt`, `${name}-password.txt`] as const
  const files = [
    { path: username, text: `${pair.username}\n`, mode: 0o600 },
    { path: password, text: `${pair.password}\n`, mode: 0o600 },
    { path: script, text: askpassScript(username, password), mode: 0o700 },
  ]
  const done = await writeAll(files, context)
  return { remote: url, settings: [], environment: { ...ALONE, GIT_ASKPASS: script }, done }
}

/**
 * A header in a configuration that only the owner reads: as an option or a variable everyone on the machine could read it.
 * `undefined`: a line feed, which no header holds.
 */
export async function headerHandOver(request: HandOverRequest, authorization: string): Promise<HandOver | undefined> {
  if (/[\r\n]/.test(authorization)) return undefined
  const { url, context } = request
  const path = `${temporaryName(context)}-header.config`
  const value = authorization.replaceAll('\\', '\\\\').replaceAll('"', '\\"')
  // The empty one forgets what other configurations say; nothing is more specific than the whole URL.
  const text = `[http "${url}"]\n\textraHeader =\n\textraHeader = "Authorization: ${value}"\n`
  const done = await writeAll([{ path, text, mode: 0o600 }], context)
  return { remote: url, isHeader: true, settings: [], environment: { HOME: NO_HOME, GIT_CONFIG_GLOBAL: path }, done }
}

/** Names whose process they are of: another one can tell whether it was killed before it could remove them. */
function temporaryName({ system }: Context): string {
  const { processes, random } = system
  const unguessable = Buffer.from(random.bytes(12)).toString('hex')
  return posix.join(temporaryFolder(system), `keyturn-git-${hostMark(processes)}-${processes.ownId}-${unguessable}`)
}

function temporaryFolder({ processes }: System): string {
  // Empty is not a folder.
  return processes.environment()['TMPDIR'] || '/tmp'
}

/** Machines and containers may share a folder, and each counts its processes by itself. */
function hostMark({ host }: Processes): string {
  return createHash('sha256').update(host).digest('hex').slice(0, 8)
}

const HAND_OVER =
  /^keyturn-git-([0-9a-f]{8})-(\d+)-[0-9a-f]{24}-(?:pass\.sh|username\.txt|password\.txt|header\.config)$/

/**
 * Removes what proofs of processes that were killed have left in the temporary folder: files with a secret. Those of a process that runs,
 * of another machine, and of another user stay. Never throws.
 */
export async function sweepHandOvers(system: System): Promise<void> {
  const { files, processes } = system
  const folder = temporaryFolder(system)
  const found = await files.list(folder).catch(() => [])
  for (const { path, kind } of found) {
    const [, host, id] = HAND_OVER.exec(posix.basename(path)) ?? []
    const isLeft = host === hostMark(processes) && Number(id) !== processes.ownId && !processes.isRunning(Number(id))
    if (kind === 'file' && isLeft) await files.remove(path).catch(() => undefined)
  }
}

function askpassScript(username: string, password: string): string {
  return [
    '#!/bin/sh',
    'case "$1" in',
    `Username*) cat ${shellQuoted(username)} ;;`,
    `Password*) cat ${shellQuoted(password)} ;;`,
    'esac',
    '',
  ].join('\n')
}

interface TemporaryFile {
  readonly path: string
  readonly text: string
  readonly mode: number
}

/** Gives what removes them; removes them itself when one cannot be written. */
async function writeAll(files: readonly TemporaryFile[], { system }: Context): Promise<() => Promise<void>> {
  const done = async (): Promise<void> => {
    const removed = await Promise.allSettled(files.map(({ path }) => system.files.remove(path)))
    const failed = removed.find((one) => one.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }
  try {
    for (const { path, text, mode } of files)
      await system.files.replace(path, 'absent', Buffer.from(text, 'utf8'), mode)
  } catch (error) {
    await done()
    throw error
  }
  return done
}
