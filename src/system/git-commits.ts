import type { Readable } from 'node:stream'
import { type GitRun, runGit } from './git-child.ts'
import type { ObjectStore } from './git-store.ts'

/** One change that put a blob somewhere. */
export interface Introduction {
  readonly oid: string
  readonly commit: string
  /** ISO 8601, as the author's clock had it. */
  readonly authoredAt: string
  readonly path: string
  /** How many commits of the walk came before: less for a child than for its parents. */
  readonly order: number
}

export type Walk = 'refs' | 'reflogs'

/** Blobs by their ids, or whatever lies under one of these paths from the root; few of them, for each costs time in every commit. */
export type Wanted = { readonly oids: ReadonlySet<string> } | { readonly paths: readonly string[] }

/** A walk that git has begun. It is gone through once, or stopped. */
export interface BegunWalk {
  /**
   * Each change that introduces one of the blobs. Gives what git complained about when the walk broke off, `undefined` when it is
   * complete.
   */
  introductions(wanted: Wanted): AsyncGenerator<Introduction, string | undefined>
  stop(): void
}

/**
 * Goes once through the commits of all refs, or through those that only reflogs still know, old stashes too. Plumbing only: it reads no
 * settings that could start a program. Git goes on while this thread does something else, as far as what it says finds room.
 */
export function beginWalk(
  store: ObjectStore,
  walk: Walk,
  environment: Readonly<Record<string, string | undefined>>,
  within: readonly string[] = [],
): BegunWalk {
  const selection = walk === 'refs' ? ['--all'] : ['--reflog', '--not', '--all']
  const paths = within.length === 0 ? [] : ['--', ...within]
  const full = within.length === 0 ? [] : ['--full-history']
  const list = runGit(store, ['rev-list', '--topo-order', ...full, ...selection, ...paths], [], environment)
  const format = '--format=%x01%H %aI %P'
  const raw = ['diff-tree', '--stdin', '-m', '-r', '-z', '--root', '--raw', '--no-abbrev', '--no-renames', format]
  const diff = runGit(store, [...raw, '--no-ext-diff', '--no-textconv', ...paths], list.output, environment)
  const output = readAhead(diff.output, MOST_AHEAD)
  const stop = (): void => {
    list.stop()
    diff.stop()
  }
  return { introductions: (wanted) => changesOf(wanted, output, list, diff, stop), stop }
}

/** What 25,000 commits with four changes each take is 15 MB. */
const MOST_AHEAD = 32 * 1024 * 1024

async function* changesOf(
  wanted: Wanted,
  output: AsyncIterable<Buffer>,
  list: GitRun,
  diff: GitRun,
  stop: () => void,
): AsyncGenerator<Introduction, string | undefined> {
  const reader = new ChangeReader('oids' in wanted ? wanted.oids : undefined)
  try {
    for await (const chunk of output) yield* reader.push(chunk)
    yield* reader.finish()
  } finally {
    stop()
  }
  const [listed, { code, complaint }] = await Promise.all([list.end, diff.end])
  if (listed.code !== 0) return listed.complaint || 'git could not list the commits'
  return code === 0 ? undefined : complaint || 'git could not compare the commits'
}

/** The same, begun at once. */
export function introductionsOf(
  store: ObjectStore,
  wanted: Wanted,
  walk: Walk,
  environment: Readonly<Record<string, string | undefined>>,
): AsyncGenerator<Introduction, string | undefined> {
  return beginWalk(store, walk, environment, 'paths' in wanted ? wanted.paths : []).introductions(wanted)
}

/** Takes what comes before it is asked for, until it holds `most` bytes. */
function readAhead(output: Readable, most: number): AsyncIterable<Buffer> {
  const held: Buffer[] = []
  let bytes = 0
  let isDone = false
  let wake: () => void = () => undefined
  const finish = (): void => {
    isDone = true
    wake()
  }
  output.on('data', (chunk: Buffer) => {
    held.push(chunk)
    bytes += chunk.length
    if (bytes > most) output.pause()
    wake()
  })
  for (const event of ['end', 'close', 'error']) output.on(event, finish)
  return {
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const chunk = held.shift()
        if (chunk !== undefined) {
          bytes -= chunk.length
          if (bytes <= most) output.resume()
          yield chunk
        } else if (isDone) return
        else await new Promise<void>((resolve) => (wake = resolve))
      }
    },
  }
}

/**
 * Items end with NUL: `^A<commit> <date> <parents>`, `:<modes> <old> <new> <status>`, `<path>`. A merge stands once for each
 * of its parents; it introduces only what none of them had.
 */
class ChangeReader {
  /** Absent: every blob. */
  private readonly wanted: ReadonlySet<string> | undefined
  private rest = Buffer.alloc(0)
  private commit = ''
  private authoredAt = ''
  private order = -1
  private parents = 0
  private pending: string | undefined
  /** By blob and path: with how many of the parents it differs. */
  private readonly met = new Map<string, number>()

  constructor(wanted: ReadonlySet<string> | undefined) {
    this.wanted = wanted
  }

  *push(chunk: Buffer): Generator<Introduction> {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk])
    let from = 0
    for (let end = bytes.indexOf(0, from); end !== -1; end = bytes.indexOf(0, from)) {
      yield* this.take(bytes.subarray(from, end))
      from = end + 1
    }
    this.rest = Buffer.from(bytes.subarray(from))
  }

  *finish(): Generator<Introduction> {
    for (const [key, count] of this.met) {
      if (count < this.parents) continue
      const [oid = '', path = ''] = key.split('\0')
      yield { oid, commit: this.commit, authoredAt: this.authoredAt, path, order: this.order }
    }
    this.met.clear()
  }

  private *take(item: Buffer): Generator<Introduction> {
    if (this.pending !== undefined) {
      const key = `${this.pending}\0${item.toString('utf8')}`
      this.pending = undefined
      const [oid = ''] = key.split('\0')
      if (oid !== '') this.met.set(key, (this.met.get(key) ?? 0) + 1)
      return
    }
    const start = item[0] === 0x0a ? 1 : 0
    if (item[start] === 0x01) {
      const [commit = '', authoredAt = '', ...parents] = item
        .toString('latin1', start + 1)
        .trim()
        .split(' ')
      if (commit !== this.commit) {
        yield* this.finish()
        this.order++
      }
      this.commit = commit
      this.authoredAt = authoredAt
      this.parents = Math.max(1, parents.length)
    } else if (item[start] === 0x3a) {
      const [, mode = '', , oid = ''] = item.toString('latin1', start).split(' ')
      const isWanted = this.wanted === undefined ? mode.startsWith('100') : this.wanted.has(oid)
      this.pending = isWanted ? oid : ''
    }
  }
}

/** What all refs and HEAD point to, in the order of their names. */
export async function refTargets(
  store: ObjectStore,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Uint8Array> {
  const run = runGit(store, ['show-ref', '--head'], [], environment)
  const chunks: Buffer[] = []
  for await (const chunk of run.output) chunks.push(chunk)
  await run.end
  return Buffer.concat(chunks)
}

/** Blobs that the index holds and their paths: staged, perhaps in no commit yet. */
export async function stagedPaths(
  store: ObjectStore,
  wanted: ReadonlySet<string>,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const run = runGit(store, ['ls-files', '--stage', '-z'], [], environment)
  const found = new Map<string, string[]>()
  const chunks: Buffer[] = []
  for await (const chunk of run.output) chunks.push(chunk)
  await run.end
  for (const item of Buffer.concat(chunks).toString('utf8').split('\0')) {
    const [, oid = '', path = ''] = /^\d+ ([0-9a-f]+) \d\t(.*)$/s.exec(item) ?? []
    if (wanted.has(oid)) found.set(oid, [...(found.get(oid) ?? []), path])
  }
  return found
}
