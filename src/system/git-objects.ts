import { runGit } from './git-child.ts'
import type { ObjectStore } from './git-store.ts'
import type { FoundBlob, Hit } from './pack-blobs.ts'

/** What git says about an object that was asked for. */
export type GitObject =
  | { readonly kind: 'blob'; readonly oid: string; readonly size: number; readonly found?: FoundBlob }
  | { readonly kind: 'other'; readonly oid: string }
  | {
      readonly kind: 'problem'
      readonly oid: string
      readonly reason: 'missing' | 'corrupt' | 'too-large' | 'no-git' | 'unread'
      readonly detail: string
    }

export interface GitRequest {
  readonly hit: Hit
  readonly reach: number
  /** Only `PATH` is taken from it. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Blobs above this many bytes are searched in pieces, and never handed out. */
  readonly holdBytes: number
}

/** Git ends at the first damaged object; after this many of them the rest is given up. */
const RESTARTS = 50

/** Asks `git cat-file` for these objects, in order. Whatever happens, every id gets an answer. */
export async function* readByGit(
  store: ObjectStore,
  oids: readonly string[],
  request: GitRequest,
): AsyncGenerator<GitObject> {
  let at = 0
  for (let restart = 0; restart < RESTARTS && at < oids.length; restart++) {
    const git = runGit(store, ['cat-file', '--batch', '--buffer'], rest(oids, at), request.environment)
    try {
      for await (const object of objectsIn(git.output, request)) {
        at++
        yield object
      }
    } finally {
      git.stop()
    }
    const { code, complaint } = await git.end
    if (code === 'missing') return yield* refusals(oids, at, 'no-git', complaint)
    if (at >= oids.length) return
    yield { kind: 'problem', oid: oids[at] ?? '', reason: 'corrupt', detail: withoutPaths(complaint) }
    at++
  }
  yield* refusals(oids, at, 'unread', `given up after ${RESTARTS} damaged objects`)
}

function* rest(oids: readonly string[], from: number): Generator<string> {
  for (let at = from; at < oids.length; at++) yield oids[at] ?? ''
}

function* refusals(
  oids: readonly string[],
  from: number,
  reason: 'no-git' | 'unread',
  detail: string,
): Generator<GitObject> {
  for (const oid of rest(oids, from)) yield { kind: 'problem', oid, reason, detail }
}

/** Git quotes names of files, which may hold anything. */
function withoutPaths(complaint: string): string {
  return (
    complaint
      .replace(/[^\x20-\x7e]/g, '?')
      .replace(/\(stored in .*?\)/, '')
      .slice(0, 120) || 'git stopped without a word'
  )
}

/** Frames of `cat-file --batch`: `<oid> <type> <size>`, the content, a line feed; or `<oid> missing`. */
async function* objectsIn(output: AsyncIterable<Buffer>, request: GitRequest): AsyncGenerator<GitObject> {
  const frames = new FrameReader(request)
  for await (const chunk of output) yield* frames.push(chunk)
}

class FrameReader {
  private readonly request: GitRequest
  private line = ''
  private open: OpenFrame | undefined

  constructor(request: GitRequest) {
    this.request = request
  }

  *push(chunk: Buffer): Generator<GitObject> {
    let at = 0
    while (at < chunk.length) {
      if (this.open === undefined) {
        const end = chunk.indexOf(0x0a, at)
        this.line += chunk.toString('latin1', at, end === -1 ? chunk.length : end)
        at = end === -1 ? chunk.length : end + 1
        if (end === -1) continue
        const [oid = '', type = '', size = ''] = this.line.split(' ')
        this.line = ''
        if (size === '')
          yield { kind: 'problem', oid, reason: 'missing', detail: 'the object is not in the repository' }
        else this.open = new OpenFrame(oid, type, Number(size), this.request)
        continue
      }
      at += this.open.take(chunk, at)
      if (!this.open.isDone) continue
      yield this.open.result()
      this.open = undefined
    }
  }
}

class OpenFrame {
  private readonly oid: string
  private readonly type: string
  private readonly size: number
  private readonly request: GitRequest
  /** Of a blob that is held, all of it; otherwise the piece under search, the end of the one before it included. */
  private readonly bytes: Buffer
  private filled = 0
  private seen = 0
  private isHit = false

  constructor(oid: string, type: string, size: number, request: GitRequest) {
    this.oid = oid
    this.type = type
    this.size = size
    this.request = request
    this.bytes = Buffer.allocUnsafe(this.isHeld ? size : Math.max(1024 * 1024, 4 * request.reach))
  }

  get isDone(): boolean {
    return this.seen === this.size + 1
  }

  private get isHeld(): boolean {
    return this.type === 'blob' && this.size <= this.request.holdBytes
  }

  /** Gives how many bytes of the chunk belong to this frame and were taken. */
  take(chunk: Buffer, at: number): number {
    const body = Math.min(chunk.length - at, this.size - this.seen)
    if (body === 0) {
      this.seen++ // the line feed behind the content
      return 1
    }
    if (!this.isHeld && this.filled === this.bytes.length) this.searchPiece()
    const count = Math.min(body, this.bytes.length - this.filled)
    chunk.copy(this.bytes, this.filled, at, at + count)
    this.filled += count
    this.seen += count
    return count
  }

  private searchPiece(): void {
    const { hit, reach } = this.request
    if (this.type === 'blob') this.isHit = this.isHit || hit(this.bytes, 0, this.filled)
    const kept = Math.min(reach, this.filled)
    this.bytes.copyWithin(0, this.filled - kept, this.filled)
    this.filled = kept
  }

  result(): GitObject {
    const { oid, size, bytes } = this
    if (this.type !== 'blob') return { kind: 'other', oid }
    if (this.isHeld)
      return { kind: 'blob', oid, size, ...(this.request.hit(bytes, 0, size) ? { found: { oid, bytes } } : {}) }
    this.searchPiece()
    if (!this.isHit) return { kind: 'blob', oid, size }
    const detail = `it has ${size} bytes, and something in it should be looked at`
    return { kind: 'problem', oid, reason: 'too-large', detail }
  }
}
