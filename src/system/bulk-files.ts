import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats } from 'node:fs'
import type { Judgement } from '../model/judgement.ts'
import { errorCode, isEscaped, osPath, wordsFor } from './bulk-paths.ts'

/** Says where the bytes in `buffer` may hold something worth a closer look; src/scan/prefilter/prefilter.ts is one. */
export interface ByteSearch {
  readonly buffer: Uint8Array
  /** How many bytes of one part must be seen again with the next one. */
  readonly overlap: number
  /** Offset of the first hit in the first `length` bytes, or -1. */
  hit(length: number): number
  /** The same from the offset `from` on. */
  nextHit(from: number, length: number): number
}

/** Which files are candidates whatever their content; plain data, so that a worker can be told. */
export interface Wanted {
  /** Whole last names: `.netrc`. */
  readonly names: readonly string[]
  /** Ends of paths: `.tfvars`, `/.git/config`. */
  readonly suffixes: readonly string[]
  /** What stands anywhere in the last name, in either case: `bitbucket`. */
  readonly inNames?: readonly string[]
}

/** A file that hit or whose name is wanted. */
export interface Candidate {
  readonly kind: 'candidate'
  /** Bytes of a name that are no UTF-8 stand in it as U+DC80 to U+DCFF; `osPath` gives what the system calls it. */
  readonly path: string
  /** Bytes, and milliseconds since 1970. */
  readonly size: number
  readonly mtimeMs: number
  readonly inode: number
  /** The whole content, a copy; absent when the file is larger than the limit. */
  readonly bytes?: Uint8Array
  /** Offset of the first hit, -1 when only the name is wanted. */
  readonly firstHit: number
}

/** A file or folder that could not be read. */
export interface Unread {
  readonly kind: 'unread'
  readonly path: string
  readonly detail: string
  /** The system's name of the error (`EACCES`, `ENOENT`), `CHANGED`, or `NOTFILE` for a wanted name that is no regular file. */
  readonly code: string
}

/** A symbolic link that was met and not followed. */
export interface Link {
  readonly kind: 'link'
  readonly path: string
}

/** A file that was judged where it was read; nobody needs its bytes. */
export interface Judged {
  readonly kind: 'judged'
  readonly path: string
  readonly judgement: Judgement
}

export type BulkEvent = Candidate | Judged | Unread | Link

/**
 * Judges a file that hit, in the thread that read it. `nextHit` gives the offset of the first hit from an offset on, or -1. `undefined`:
 * whoever asked for the search must look at it. `bytes` is good during the call alone.
 */
export type FileJudge = (path: string, bytes: Uint8Array, nextHit: (from: number) => number) => Judgement | undefined

export interface BulkCounts {
  /** Everything that is no folder: links and devices too. */
  filesSeen: number
  /** Of files that were read; the whole size of candidates. */
  bytesSeen: number
}

export interface FileLimits {
  /** Larger files are candidates without `bytes`. */
  readonly keepBytes: number
}

/** A candidate whose bytes were left where they are, because others of its batch already fill the memory. */
export interface Deferred extends Omit<Candidate, 'kind'> {
  readonly kind: 'deferred'
}

/** What a batch of files gave, in the order of its paths. */
export interface BatchResult {
  readonly found: (Candidate | Judged | Deferred | Unread)[]
  bytesSeen: number
}

/** What searches a file, and what judges it there. */
export interface Searching {
  readonly search: ByteSearch
  readonly judge?: FileJudge | undefined
}

/** Bytes of candidates that one batch may hold before it leaves the rest to `taken`. */
const BATCH_BYTES = 512 * 1024

// A FIFO that took the name of a file meanwhile must not block, and a link must not lead elsewhere.
const OPEN = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW | constants.O_NOCTTY

/**
 * Reads every path, which the folder (or `lstat`) said is a regular file, and searches it. One buffer is used again and again; no
 * `fstat` but for candidates, since it would take longer than reading a small file.
 */
export function searchBatch(
  paths: readonly string[],
  isWanted: (path: string) => boolean,
  searching: Searching,
  limits: FileLimits,
): BatchResult {
  const result: BatchResult = { found: [], bytesSeen: 0 }
  let held = 0
  for (const path of paths) {
    const read = { keep: Math.min(limits.keepBytes, BATCH_BYTES - held), defer: limits.keepBytes }
    const found = searchFile(path, isWanted(path), searching, read, result)
    if (found?.kind === 'candidate') held += found.bytes?.length ?? 0
    if (found !== undefined) result.found.push(found)
  }
  return result
}

/** A deferred candidate with its bytes, read now. */
export function taken(deferred: Deferred, limits: FileLimits): Candidate | Unread {
  const { path, firstHit } = deferred
  return openedFile(path, (file) => candidateOf(file, path, firstHit, limits.keepBytes))
}

interface Keep {
  /** Files up to this size are copied; those up to `defer` are left for later. */
  readonly keep: number
  readonly defer: number
}

function searchFile(
  path: string,
  isWanted: boolean,
  { search, judge }: Searching,
  { keep, defer }: Keep,
  result: BatchResult,
): Candidate | Judged | Deferred | Unread | undefined {
  return openedFile(path, (file) => {
    const seen = searchOpen(file, search)
    result.bytesSeen += seen.bytes
    if (seen.hit === -1 && !isWanted) return undefined
    const judgement = judge === undefined ? undefined : judgementOf(path, seen, search, judge)
    if (judgement !== undefined) return { kind: 'judged', path, judgement }
    const held = seen.whole && seen.bytes <= keep ? new Uint8Array(search.buffer.subarray(0, seen.bytes)) : undefined
    const found = candidateOf(file, path, seen.hit, keep, held)
    if (found.kind === 'candidate') result.bytesSeen += Math.max(0, found.size - seen.bytes)
    if (found.kind === 'unread' || found.bytes !== undefined || found.size > defer) return found
    return { ...found, kind: 'deferred' }
  })
}

function judgementOf(
  path: string,
  { hit, bytes, whole }: Seen,
  { buffer, nextHit }: ByteSearch,
  judge: FileJudge,
): Judgement | undefined {
  if (!whole || hit === -1) return undefined
  return judge(path, buffer.subarray(0, bytes), (from) => nextHit(from, bytes))
}

interface Seen {
  readonly hit: number
  readonly bytes: number
  /** The buffer holds the whole file. */
  readonly whole: boolean
}

/** Parts of a larger file overlap, so that a hit between two is found. Stops at the first hit. */
function searchOpen(file: number, search: ByteSearch): Seen {
  const { buffer, overlap } = search
  let start = 0
  let held = 0
  while (true) {
    const read = readSync(file, buffer, held, buffer.length - held, null)
    if (read !== 0) held += read
    if (read !== 0 && held < buffer.length) continue
    const hit = search.hit(held)
    if (hit !== -1) return { hit: start + hit, bytes: start + held, whole: start === 0 && read === 0 }
    if (read === 0) return { hit, bytes: start + held, whole: start === 0 }
    buffer.copyWithin(0, held - overlap, held)
    start += held - overlap
    held = overlap
  }
}

/** The file's dates and bytes; read once more when it changed meanwhile, and given up when it does not hold still. */
function candidateOf(
  file: number,
  path: string,
  firstHit: number,
  keep: number,
  held?: Uint8Array,
): Candidate | Unread {
  let bytes = held
  for (let attempt = 0; attempt < 3; attempt++) {
    const found = fstatSync(file)
    const about = { kind: 'candidate', path, mtimeMs: found.mtimeMs, inode: found.ino, firstHit } as const
    if (bytes === undefined && found.size > keep) return { ...about, size: found.size }
    bytes ??= readWhole(file, found.size)
    // What the kernel makes up on reading has no size.
    if (bytes.length === found.size || found.size === 0) return { ...about, size: bytes.length, bytes }
    bytes = undefined
  }
  return { kind: 'unread', path, code: 'CHANGED', detail: 'it changed while it was read' }
}

/** From the beginning; shorter than `size` when the file ends before. */
function readWhole(file: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  let length = 0
  while (length < size) {
    const read = readSync(file, bytes, length, size - length, length)
    if (read === 0) break
    length += read
  }
  return length === size ? bytes : bytes.slice(0, length)
}

function openedFile<Found>(path: string, use: (file: number) => Found): Found | Unread {
  let file: number | undefined
  try {
    file = openFile(path)
    return use(file)
  } catch (error) {
    return unreadable(path, error)
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, OPEN)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || !isEscaped(path)) throw error
    return openSync(osPath(path), OPEN)
  }
}

export function unreadable(path: string, error: unknown): Unread {
  const code = errorCode(error)
  // Nobody expects a defect of ours to be a property of a file.
  if (code === '') throw error
  return { kind: 'unread', path, code, detail: wordsFor(code) }
}

/** What a path that nobody listed is, without following it. */
export function kindOfPath(path: string): 'file' | 'folder' | 'link' | 'other' | Unread {
  try {
    return kindOf(lstatSync(osPath(path)))
  } catch (error) {
    return unreadable(path, error)
  }
}

function kindOf(found: Stats): 'file' | 'folder' | 'link' | 'other' {
  if (found.isFile()) return 'file'
  if (found.isDirectory()) return 'folder'
  return found.isSymbolicLink() ? 'link' : 'other'
}
