import { spawnSync } from 'node:child_process'
import { closeSync, constants, openSync, readSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Unread } from './bulk-files.ts'
import { nameOf, osPath } from './bulk-paths.ts'
import { gitEnvironment } from './git-child.ts'
import { openObjectStore } from './git-store.ts'

/** What a walk leaves out. Nothing is left out unless a person asks for it. */
export interface SkipRequest {
  /** What git ignores in the repositories that are met. */
  readonly ignored?: boolean
  /** Folders that say of themselves that they are caches (https://bford.info/cachedir/), and these. */
  readonly caches?: readonly string[]
  /** For git; only `PATH` is taken from it. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Asked of each folder before what lies in it is met; gives absolute paths, its own too. */
export type SkipRules = (folder: string, names: ReadonlySet<string>, isRoot: boolean) => Skipped

export interface Skipped {
  readonly paths: readonly string[]
  readonly problem?: Unread
}

const NOTHING: Skipped = { paths: [] }

export function newSkipRules({ ignored = false, caches, environment }: SkipRequest): SkipRules {
  return (folder, names, isRoot) => {
    // What a person named is read.
    if (caches !== undefined && !isRoot && (caches.includes(folder) || (names.has(TAG) && isTagged(folder))))
      return { paths: [folder] }
    if (!ignored) return NOTHING
    const top = names.has('.git') ? folder : isRoot ? enclosing(folder) : undefined
    return top === undefined ? NOTHING : ignoredBelow(top, environment)
  }
}

const TAG = 'CACHEDIR.TAG'
const SIGNATURE = 'Signature: 8a477f597d28d172789f06886806bc55'

// A FIFO of that name would block for ever.
const OPEN = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW

function isTagged(folder: string): boolean {
  let file: number | undefined
  try {
    file = openSync(osPath(join(folder, TAG)), OPEN)
    const start = Buffer.alloc(SIGNATURE.length)
    return readSync(file, start) === start.length && start.toString('latin1') === SIGNATURE
  } catch {
    return false
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** The working folder around a folder that lies in one. */
function enclosing(folder: string): string | undefined {
  for (let at = dirname(folder); ; at = dirname(at)) {
    if (openObjectStore(at) !== undefined) return at
    if (at === dirname(at)) return undefined
  }
}

const MOST_BYTES = 1024 * 1024 * 1024

/**
 * Git alone knows its rules: nested files, negation, what is tracked all the same. It is asked once for each repository, at its top:
 * inside an ignored folder it may end with an internal error. A person's own list of ignored files is not asked, so that everybody
 * gets the same.
 */
function ignoredBelow(top: string, environment: SkipRequest['environment']): Skipped {
  const store = openObjectStore(top)
  if (store === undefined || top === store.gitFolder) return NOTHING
  const args = ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--directory']
  const run = spawnSync('git', args, {
    cwd: osPath(top).toString(),
    env: { ...gitEnvironment(store, environment['PATH']), GIT_WORK_TREE: top },
    maxBuffer: MOST_BYTES,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (run.status !== 0) {
    const said =
      run.error === undefined ? (run.stderr.toString('utf8').split('\n')[0] ?? '') : 'git could not be started'
    const detail = `git does not tell what it ignores, so all of it is read: ${said}`
    return { paths: [], problem: { kind: 'unread', path: top, code: 'NOGIT', detail } }
  }
  return { paths: pathsIn(run.stdout, top) }
}

function pathsIn(list: Buffer, top: string): readonly string[] {
  const paths: string[] = []
  for (let from = 0, end = list.indexOf(0); end !== -1; from = end + 1, end = list.indexOf(0, from))
    paths.push(`${top}/${nameOf(list.subarray(from, end)).replace(/\/$/, '')}`)
  return paths
}
