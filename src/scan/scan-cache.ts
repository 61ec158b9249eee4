import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import { Failure } from '../model/failure.ts'
import type { Files } from '../model/ports.ts'
import type { BlobOrigin } from './blob-origins.ts'
import { KEY_BYTES, type KeySet, newKeySet } from './key-set.ts'

/**
 * What earlier scans searched and found nothing in: the beginning of a blob's id, or a digest of a file's path, size, times and
 * inode. Of what is to be looked at again it keeps the ids of blobs and where they stand in a history: ids of commits, dates and
 * paths, as git tells them. Never a word of any content. A key that is absent means "read it".
 */
export interface ScanCache {
  /** Whether the blob whose id starts at `at` was searched, and held nothing. */
  hasBlob(oids: Uint8Array, at: number): boolean
  addBlob(oids: Uint8Array, at: number): void
  hasFile(file: FileIdentity): boolean
  /** `startedNs`: when the scan began; a file that changed shortly before could change again within the same tick of the clock. */
  addFile(file: FileIdentity, startedNs: bigint): void
  /** What of a pack was not empty and is to be read again; `undefined`: the pack was never searched to its end. */
  readAgain(pack: string): readonly string[] | undefined
  /**
   * Where blobs stand in a history, as long as that is in this state: a digest of the repository, a blank, and a digest of whatever
   * may name them. A repository has one state at a time.
   */
  origins(state: string): ReadonlyMap<string, BlobOrigin>
  keepOrigins(state: string, origins: readonly BlobOrigin[]): void
  /** A pack was searched to its end; only the blobs `again` (object ids in hex) were not empty. */
  addPack(pack: string, again: readonly string[]): void
}

/** As `lstat` with `bigint` gives them; times in nanoseconds. */
export interface FileIdentity {
  readonly path: string
  readonly size: bigint
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
  readonly inode: bigint
  readonly device: bigint
}

export interface StoredScanCache extends ScanCache {
  /** `damaged`: a file was there and could not be used; `other version`: it was made by other detectors. */
  readonly origin: 'new' | 'loaded' | 'damaged' | 'other version'
  readonly size: number
  /** Replaces the file at once; what another process added meanwhile is kept. `false`: it could not be written, which costs time only. */
  save(): Promise<boolean>
}

/** 2 million keys are 32 MB on disk and 64 MB in memory. */
const MOST_KEYS = 2_000_000
const MOST_PACKS = 10_000
/** A state has one list; those of states that were not asked for go first. */
const MOST_STATES = 100
const MOST_ORIGINS = 20_000
/** FAT counts seconds in pairs; every other file system is finer. */
const UNSETTLED_NS = 2_000_000_000n
const MAGIC = 'keyturn scan cache 2\n'
const DIGEST_BYTES = 32
const ATTEMPTS = 3

/** `detectors` names the version of everything that decides what is found: another one makes the whole cache void. */
export async function openScanCache(
  files: Files,
  path: string,
  detectors: string,
  mostKeys = MOST_KEYS,
): Promise<StoredScanCache> {
  const loaded = decode(await readIfThere(files, path), detectors)
  const keys = newKeySet(mostKeys)
  if (loaded.content !== undefined) keys.load(loaded.content.keys)
  const packs = new Map(loaded.content?.packs)
  const states = new Map(loaded.content?.states)
  const touched = new Set<string>()
  let isChanged = loaded.origin !== 'loaded'
  const scratch = Buffer.alloc(KEY_BYTES)
  return {
    origin: loaded.origin,
    get size() {
      return keys.size
    },
    hasBlob: (oids, at) => keys.has(oids, at),
    addBlob: (oids, at) => {
      isChanged = keys.add(oids, at) || isChanged
    },
    hasFile: (file) => keys.has(fileKey(file, scratch), 0),
    addFile: (file, startedNs) => {
      if (isSettled(file, startedNs)) isChanged = keys.add(fileKey(file, scratch), 0) || isChanged
    },
    readAgain: (pack) => {
      const key = packKey(pack)
      const again = packs.get(key)
      if (again === undefined) return undefined
      touched.add(key)
      return again.filter((oid) => !keys.hasAtHand(Buffer.from(oid, 'hex'), 0))
    },
    origins: (state) => {
      const origins = states.get(state)
      if (origins !== undefined) touched.add(state)
      return new Map((origins ?? []).map((origin) => [origin.oid, origin]))
    },
    keepOrigins: (state, origins) => {
      touched.add(state)
      for (const other of [...states.keys()].filter((known) => isOfSame(known, state))) states.delete(other)
      states.set(state, origins.slice(0, MOST_ORIGINS))
      isChanged = true
    },
    addPack: (pack, again) => {
      const key = packKey(pack)
      touched.add(key)
      packs.set(key, again)
      isChanged = true
    },
    save: async () => !isChanged || (await save(files, path, detectors, { keys, packs, states, touched })),
  }
}

/** A file whose time lies in the future, or close to now, can change without its time changing. */
export function isSettled(file: FileIdentity, startedNs: bigint): boolean {
  const latest = file.mtimeNs > file.ctimeNs ? file.mtimeNs : file.ctimeNs
  return latest < startedNs - UNSETTLED_NS
}

function fileKey(file: FileIdentity, into: Buffer): Buffer {
  const text = `file\0${file.device} ${file.inode} ${file.size} ${file.mtimeNs} ${file.ctimeNs}\0${file.path}`
  createHash('sha256').update(text).digest().copy(into, 0, 0, KEY_BYTES)
  return into
}

function packKey(pack: string): string {
  return createHash('sha256')
    .update(`pack\0${pack}`)
    .digest('hex')
    .slice(0, 2 * KEY_BYTES)
}

function isOfSame(state: string, other: string): boolean {
  return state.split(' ')[0] === other.split(' ')[0]
}

interface Held {
  readonly keys: KeySet
  readonly packs: ReadonlyMap<string, readonly string[]>
  readonly states: ReadonlyMap<string, readonly BlobOrigin[]>
  readonly touched: ReadonlySet<string>
}

async function save(files: Files, path: string, detectors: string, held: Held): Promise<boolean> {
  try {
    await files.makeFolder(dirname(path))
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const present = await readIfThere(files, path)
      const others = decode(present, detectors).content
      const bytes = encode(detectors, others === undefined ? held : merged(held, others))
      if ((await files.replace(path, present ?? 'absent', bytes)) === 'replaced') return true
    }
    return false
  } catch (error) {
    if (error instanceof Failure) return false
    throw error
  }
}

function merged(held: Held, others: Content): Held {
  held.keys.addSpare(others.keys)
  const mine = [...held.states.keys()].filter((state) => held.touched.has(state))
  const theirs = others.states.filter(([state]) => !mine.some((known) => isOfSame(known, state)))
  const states = new Map([...theirs, ...held.states])
  return { ...held, packs: new Map([...others.packs, ...held.packs]), states }
}

async function readIfThere(files: Files, path: string): Promise<Uint8Array | undefined> {
  return files.read(path).catch((error: unknown) => {
    if (error instanceof Failure) return undefined
    throw error
  })
}

interface Content {
  /** Keys behind one another. */
  readonly keys: Uint8Array
  readonly packs: readonly (readonly [string, readonly string[]])[]
  readonly states: readonly (readonly [string, readonly BlobOrigin[]])[]
}

/** Magic, digest of all that follows, length of a JSON head, the head, the keys. */
function encode(detectors: string, { keys, packs, states, touched }: Held): Uint8Array {
  const kept = [...packs].map(
    ([name, again]) => [name, again.filter((oid) => !keys.has(Buffer.from(oid, 'hex'), 0))] as const,
  )
  const touchedFirst = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
    Number(touched.has(b)) - Number(touched.has(a))
  const names = [...states].sort(touchedFirst).slice(0, MOST_STATES)
  const head = Buffer.from(
    JSON.stringify({ detectors, packs: kept.sort(touchedFirst).slice(0, MOST_PACKS), states: names }),
  )
  const length = Buffer.alloc(4)
  length.writeUInt32BE(head.length)
  const body = Buffer.concat([length, head, keys.bytes()])
  return Buffer.concat([Buffer.from(MAGIC), createHash('sha256').update(body).digest(), body])
}

function decode(
  bytes: Uint8Array | undefined,
  detectors: string,
): { readonly origin: StoredScanCache['origin']; readonly content?: Content } {
  if (bytes === undefined) return { origin: 'new' }
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const bodyAt = MAGIC.length + DIGEST_BYTES
  const body = whole.subarray(bodyAt)
  if (body.length < 4 || whole.toString('latin1', 0, MAGIC.length) !== MAGIC) return { origin: 'damaged' }
  if (!createHash('sha256').update(body).digest().equals(whole.subarray(MAGIC.length, bodyAt)))
    return { origin: 'damaged' }
  const headEnd = 4 + body.readUInt32BE(0)
  const head = headOf(body.toString('utf8', 4, headEnd))
  if (head === undefined || (body.length - headEnd) % KEY_BYTES !== 0) return { origin: 'damaged' }
  if (head.detectors !== detectors) return { origin: 'other version' }
  return { origin: 'loaded', content: { packs: head.packs, states: head.states, keys: body.subarray(headEnd) } }
}

interface Head extends Pick<Content, 'packs' | 'states'> {
  readonly detectors: unknown
}

/** The digest before it proves that it is what was written; of its parts only what scans index by is looked at. */
function headOf(text: string): Head | undefined {
  try {
    const head: unknown = JSON.parse(text)
    if (typeof head !== 'object' || head === null) return undefined
    const packs: unknown = Reflect.get(head, 'packs')
    const states: unknown = Reflect.get(head, 'states')
    if (!Array.isArray(packs) || !packs.every(isPack) || !Array.isArray(states) || !states.every(isState))
      return undefined
    return { detectors: Reflect.get(head, 'detectors'), packs, states }
  } catch {
    return undefined
  }
}

function isState(value: unknown): value is Content['states'][number] {
  if (!Array.isArray(value) || value.length !== 2 || typeof value[0] !== 'string') return false
  const origins: unknown = value[1]
  return (
    Array.isArray(origins) &&
    origins.every((origin) => typeof origin === 'object' && origin !== null && 'oid' in origin)
  )
}

function isPack(value: unknown): value is Content['packs'][number] {
  if (!Array.isArray(value) || value.length !== 2 || typeof value[0] !== 'string') return false
  const again: unknown = value[1]
  return Array.isArray(again) && again.every((oid) => typeof oid === 'string' && /^([0-9a-f]{2})+$/.test(oid))
}
