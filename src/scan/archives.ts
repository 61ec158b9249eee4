import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, inflateRawSync } from 'node:zlib'
import type { extract } from 'tar-stream'
import { type ArchiveKind, archiveKind, MAGIC_BYTES } from './archive-kind.ts'
import { ARCHIVE_LIMITS, type ArchiveLimits, Budget, type LimitName, LimitReached } from './archive-limits.ts'
import { type ByteSource, DamagedZip, dataStart, endsAsZip, type ZipEntry, zipEntries } from './zip-directory.ts'

export interface ArchiveMember {
  readonly kind: 'member'
  /** `outer.zip!inner/name`. Names are as they stand in the archive: nothing is ever written under them. */
  readonly path: string
  readonly bytes: Uint8Array
}

/** Something in an archive that was not read. */
export interface ArchiveProblem {
  readonly kind: 'problem'
  readonly path: string
  readonly reason: 'limit' | 'encrypted' | 'unknown-compression' | 'damaged'
  readonly limit?: LimitName
  readonly detail: string
}

export interface ArchiveRequest {
  readonly path: string
  readonly source: ByteSource
  readonly limits?: ArchiveLimits
  /** Milliseconds, from any start. */
  readonly now: () => number
}

/** What a file is, by its content; `undefined`: no archive. */
export function kindOfArchive(source: ByteSource): ArchiveKind | undefined {
  return archiveKind(source.read(0, MAGIC_BYTES)) ?? (endsAsZip(source) ? 'zip' : undefined)
}

/** Every file in an archive, and in archives within it. Nothing for what is no archive. Never throws because of what it reads. */
export async function* archiveMembers(request: ArchiveRequest): AsyncGenerator<ArchiveMember | ArchiveProblem> {
  const { path, source, limits = ARCHIVE_LIMITS, now } = request
  try {
    yield* membersOf(path, source, { budget: new Budget(limits, source.size, now), depth: 1 })
  } catch (error) {
    if (!(error instanceof LimitReached)) throw error
    yield limitProblem(path, error.limit, 'the rest of it was not read')
  }
}

interface Opening {
  readonly budget: Budget
  readonly depth: number
}

type Members = AsyncGenerator<ArchiveMember | ArchiveProblem>

async function* membersOf(path: string, source: ByteSource, opening: Opening): Members {
  const kind = kindOfArchive(source)
  if (kind === 'zip') yield* zipMembers(path, source, opening)
  else if (kind === 'tar') yield* tarMembers(path, chunksOf(source), opening)
  else if (kind !== undefined) yield* unpackedMembers(path, kind, source, opening)
}

/** A member that is an archive is opened, and everything else is handed out. */
async function* memberOf(path: string, bytes: Uint8Array, { budget, depth }: Opening): Members {
  const source = sourceOf(bytes)
  if (kindOfArchive(source) === undefined) yield { kind: 'member', path, bytes }
  else if (depth >= budget.limits.depth) yield limitProblem(path, 'depth', 'an archive within archives')
  else yield* membersOf(path, source, { budget, depth: depth + 1 })
}

export function sourceOf(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: (from, to) => bytes.subarray(Math.max(0, from), Math.max(0, to)) }
}

async function* zipMembers(path: string, source: ByteSource, opening: Opening): Members {
  try {
    for (const entry of zipEntries(source)) {
      opening.budget.entry()
      if (entry.name.endsWith('/')) continue
      const member = `${path}!${entry.name}`
      const bytes = unzipped(member, entry, source, opening.budget)
      if (bytes instanceof Uint8Array) yield* memberOf(member, bytes, opening)
      else yield bytes
    }
  } catch (error) {
    if (!(error instanceof DamagedZip)) throw error
    yield damaged(path, 'the directory of the zip file is damaged')
  }
}

const STORED = 0
const DEFLATED = 8

function unzipped(path: string, entry: ZipEntry, source: ByteSource, budget: Budget): Uint8Array | ArchiveProblem {
  const { isEncrypted, method, packedSize } = entry
  if (isEncrypted) return { kind: 'problem', path, reason: 'encrypted', detail: 'it needs a password' }
  if (method !== STORED && method !== DEFLATED)
    return { kind: 'problem', path, reason: 'unknown-compression', detail: `zip method ${method}` }
  const most = Math.min(budget.limits.memberBytes, Math.max(0, budget.rest))
  if (packedSize > most) return overMember(path, budget)
  const at = dataStart(source, entry)
  const packed = source.read(at, at + packedSize)
  if (packed.length < packedSize) return damaged(path, 'it ends too early')
  try {
    const bytes = method === STORED ? packed : inflateRawSync(packed, { maxOutputLength: Math.max(1, most) })
    budget.unpacked(bytes.length)
    return bytes
  } catch (error) {
    if (error instanceof LimitReached) throw error
    if (codeOf(error) !== 'ERR_BUFFER_TOO_LARGE') return damaged(path, 'it cannot be inflated')
    budget.unpacked(most)
    return overMember(path, budget)
  }
}

/** Throws when it is not the member but the file that has become too expensive. */
function overMember(path: string, budget: Budget): ArchiveProblem {
  if (budget.rest < budget.limits.memberBytes) throw new LimitReached('totalBytes')
  return limitProblem(path, 'memberBytes', `it has more than ${budget.limits.memberBytes} bytes`)
}

/** gzip or zstd: of a tar file, whose members are then the archive's, or of any one file. */
async function* unpackedMembers(path: string, kind: 'gzip' | 'zstd', source: ByteSource, opening: Opening): Members {
  const { budget } = opening
  const chunks = counted(kind === 'gzip' ? gunzip(source) : unzstd(source, budget), budget, kind === 'gzip')
  try {
    const { start, rest } = await peek(chunks)
    if (archiveKind(start) === 'tar') return yield* tarMembers(path, rest, opening)
    const member = `${path}!${innerName(path)}`
    const bytes = await gather(rest, budget.limits.memberBytes)
    if (bytes === undefined)
      yield limitProblem(member, 'memberBytes', `it has more than ${budget.limits.memberBytes} bytes`)
    else yield* memberOf(member, bytes, opening)
  } catch (error) {
    if (error instanceof LimitReached) throw error
    yield damaged(path, `it is no whole ${kind} file`)
  }
}

function innerName(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('!')) + 1)
  return name.replace(/\.(gz|gzip|zst|zstd)$/i, '') || 'content'
}

async function* tarMembers(path: string, chunks: AsyncIterable<Uint8Array>, opening: Opening): Members {
  const { budget } = opening
  const tar = (await import('tar-stream')).extract()
  // Its failure is thrown by the loop below, too.
  const feeding = pipeline(Readable.from(chunks), tar).catch((error: unknown) => error)
  try {
    for await (const entry of tar) {
      budget.entry()
      const { name, type, size = 0 } = entry.header
      const isFile = type === 'file' || type === 'contiguous-file'
      const member = `${path}!${name}`
      const bytes = isFile && size <= budget.limits.memberBytes ? await bytesOf(entry, size) : undefined
      if (bytes !== undefined) yield* memberOf(member, bytes, opening)
      else entry.resume()
      if (isFile && bytes === undefined) yield limitProblem(member, 'memberBytes', `it has ${size} bytes`)
    }
  } catch (error) {
    const cause = error instanceof LimitReached ? error : await feeding
    if (cause instanceof LimitReached) throw cause
    yield damaged(path, 'it is no whole tar file')
  } finally {
    tar.destroy()
  }
}

type TarEntry = ReturnType<typeof extract> extends AsyncIterable<infer Entry> ? Entry : never

/** The entry of a tar file says how long it is, and ends early when the file does. */
function bytesOf(entry: TarEntry, size: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const parts: Uint8Array[] = []
    entry.on('data', (chunk: unknown) => {
      if (chunk instanceof Uint8Array) parts.push(chunk)
    })
    entry.on('end', () => resolve(Buffer.concat(parts, size)))
    entry.on('error', reject)
    entry.on('close', () => reject(new Error('closed')))
  })
}

const CHUNK = 64 * 1024

async function* chunksOf(source: ByteSource): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < source.size; at += CHUNK) yield Uint8Array.from(source.read(at, at + CHUNK))
}

async function* gunzip(source: ByteSource): AsyncGenerator<Uint8Array> {
  const stream = createGunzip()
  const feeding = pipeline(Readable.from(chunksOf(source)), stream).catch((error: unknown) => error)
  try {
    yield* stream
  } finally {
    stream.destroy()
    await feeding
  }
}

/** A chunk of 64 KiB can become gigabytes, so every block is counted before the next one is made. */
async function* unzstd(source: ByteSource, budget: Budget): AsyncGenerator<Uint8Array> {
  const blocks: Uint8Array[] = []
  const { Decompress } = await import('fzstd')
  const stream = new Decompress((block) => {
    budget.unpacked(block.length)
    blocks.push(block)
  })
  for (let at = 0; at < source.size; at += CHUNK) {
    stream.push(Uint8Array.from(source.read(at, at + CHUNK)), at + CHUNK >= source.size)
    yield* blocks.splice(0)
  }
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  budget: Budget,
  isCounting: boolean,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    if (isCounting) budget.unpacked(chunk.length)
    yield chunk
  }
}

async function peek(
  chunks: AsyncGenerator<Uint8Array>,
): Promise<{ readonly start: Uint8Array; readonly rest: AsyncGenerator<Uint8Array> }> {
  const first: Uint8Array[] = []
  for (let size = 0; size < MAGIC_BYTES; ) {
    const next = await chunks.next()
    if (next.done === true) break
    first.push(next.value)
    size += next.value.length
  }
  const start = Buffer.concat(first)
  async function* rest(): AsyncGenerator<Uint8Array> {
    yield start
    yield* chunks
  }
  return { start, rest: rest() }
}

/** `undefined`: there are more than `most` bytes. */
async function gather(chunks: AsyncIterable<Uint8Array>, most: number): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > most) return undefined
    parts.push(chunk)
  }
  return Buffer.concat(parts)
}

function limitProblem(path: string, limit: LimitName, detail: string): ArchiveProblem {
  return { kind: 'problem', path, reason: 'limit', limit, detail }
}

function damaged(path: string, detail: string): ArchiveProblem {
  return { kind: 'problem', path, reason: 'damaged', detail }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
