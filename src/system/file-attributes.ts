import { execFile } from 'node:child_process'
import { statSync } from 'node:fs'
import { dirname } from 'node:path'

/** Both copy access control lists, extended attributes and labels of SELinux; GNU's copies nothing else (cp(1)). */
const COPY: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: ['--attributes-only', '--preserve=all'],
  darwin: ['-p'],
}
/** Paths in one question: far below what an argument list may be. */
const BATCH = 200
const LONGEST_MS = 10_000

export interface AttributeKeeper {
  /** Asks about many files at once whether they have anything besides owner and mode. */
  lookAhead(paths: readonly string[]): Promise<void>
  /**
   * Gives `to` what else `from` has, which Node knows nothing of. `changed`: when the state of `from` changed, as `stat` has it (`ctimeMs`).
   * `to` may hold the bytes of `from` afterwards. What no program of this system can do (busybox) or may do is left out.
   */
  keep(from: string, changed: number, to: string): Promise<void>
  /** `path` was written with what it had before; its state is now of `changed`. */
  written(path: string, before: number, changed: number): void
}

/** Starting a process takes as long as all the rest of a write, so that files without anything are known beforehand. */
export function attributeKeeper(): AttributeKeeper {
  /** Files that have nothing, with the time at which their state last changed; any list that is given to them is a change. */
  const plain = new Map<string, number>()
  return {
    async lookAhead(paths) {
      const changed = new Map(paths.flatMap((path) => stateOf(path)))
      for (let at = 0; at < paths.length; at += BATCH)
        for (const path of await withNothing(paths.slice(at, at + BATCH))) plain.set(path, changed.get(path) ?? 0)
    },
    async keep(from, changed, to) {
      const options = COPY[process.platform]
      // What is gone by now has nothing to give.
      if (options === undefined || plain.get(from) === changed || stateOf(from).length === 0) return
      await outputOf('cp', [...options, '--', from, to])
    },
    written(path, before, changed) {
      if (plain.get(path) === before) plain.set(path, changed)
    },
  }
}

/** Nothing of what cannot be looked at (a circle of links, a folder that is closed to this user): whoever writes it meets the reason, and it alone. */
function stateOf(path: string): readonly (readonly [string, number])[] {
  try {
    return [[path, statSync(path).ctimeMs]]
  } catch {
    return []
  }
}

/** A folder may have a list for whatever is made in it, which a file with nothing must not get. */
async function withNothing(paths: readonly string[]): Promise<readonly string[]> {
  const bare = await unmarked('ls', ['-ldn', '--'], [...new Set([...paths, ...paths.map(dirname)])])
  const files = paths.filter((path) => bare.has(path) && bare.has(dirname(path)))
  if (process.platform !== 'linux' || files.length === 0) return files
  const withoutAttributes = await unmarked('tar', ATTRIBUTES_SHOWN, files)
  return files.filter((path) => withoutAttributes.has(path))
}

/**
 * Of an attribute alone `ls` of GNU shows nothing; its tar writes `*`. It reads no byte of what goes to `/dev/null` (info tar, "--file"). Another tar
 * does not know these options, and then no file counts as one without anything.
 */
const ATTRIBUTES_SHOWN = [
  ...['--create', '--file=/dev/null', '--verbose', '--verbose', '--xattrs', '--xattrs-include=*'],
  ...['--absolute-names', '--no-recursion', '--numeric-owner', '--quoting-style=literal', '--'],
]

/** Of these the ones behind whose mode is no mark: `+` for a list, `.` for a label, `@` or `*` for an attribute. */
async function unmarked(
  command: string,
  options: readonly string[],
  paths: readonly string[],
): Promise<ReadonlySet<string>> {
  const listed = await outputOf(command, [...options, ...paths])
  const lines = listed.split('\n').filter((line) => /^.{10} /.test(line))
  return new Set(lines.map((line) => line.slice(line.indexOf(' /') + 1)))
}

/** What it wrote, also when it failed. */
function outputOf(command: string, args: readonly string[]): Promise<string> {
  const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' }
  const settings = { timeout: LONGEST_MS, maxBuffer: 16 * 1024 * 1024, env }
  return new Promise((resolve) => execFile(command, args, settings, (_, stdout) => resolve(stdout)))
}
