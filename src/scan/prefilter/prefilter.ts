import { MODULE } from './module.ts'
import { BUCKETS, LONGEST, type Needle } from './needles.ts'
import { firstNeedle } from './reference.ts'

/** Finds out fast whether bytes can hold anything about Bitbucket at all. It misses nothing; what it hits, a detector judges. */
export interface Prefilter {
  /** Bytes are searched here: put them at the front, then ask. */
  readonly buffer: Uint8Array
  /** So many bytes of the end of one part must stand at the front of the next one, or a hit between the two is lost. */
  readonly overlap: number
  /** Offset of the first hit that lies in the first `length` bytes whole, or -1. */
  hit(length: number): number
  /** The same from the offset `from` on. */
  nextHit(from: number, length: number): number
}

/** Bytes that fit in at once: a size that the caches of a processor hold, so that searching finds what reading has just put there. */
const CAPACITY = 1024 * 1024

// Addresses of prefilter.as.ts.
const TABLES_AT = 1024
const BUCKETS_AT = 1280
const NEEDLES_AT = 2048
const NEEDLE_SIZE = 64
const TEXT_AT = 65536

/** WebAssembly where the processor and the runtime have its vectors, else an expression: slower, with the same answers. */
export function openPrefilter(): Prefilter {
  return vectorPrefilter() ?? plainPrefilter()
}

/** `undefined`: this machine cannot run it. */
export function vectorPrefilter(): Prefilter | undefined {
  const exports = instantiated()
  if (exports === undefined) return undefined
  const { memory, nextHit } = exports
  writeTables(memory.buffer)
  const buffer = new Uint8Array(memory.buffer, TEXT_AT, CAPACITY)
  return { buffer, overlap: LONGEST - 1, hit: (length) => nextHit(0, length), nextHit }
}

/** Windows grow with the distance from `from`, so that asking for every hit of a dense text stays linear. */
export function plainPrefilter(): Prefilter {
  const buffer = Buffer.alloc(CAPACITY)
  const overlap = LONGEST - 1
  const nextHit = (from: number, length: number): number => {
    for (let start = from, size = 256; start < length; start += size - overlap, size = Math.min(size * 2, 65536)) {
      const found = firstNeedle(buffer.toString('latin1', start, Math.min(start + size, length)))
      if (found !== -1) return start + found
    }
    return -1
  }
  return { buffer, overlap, hit: (length) => nextHit(0, length), nextHit }
}

interface ModuleExports {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly nextHit: (from: number, length: number) => number
}

/** The types of Node 20 leave these out. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

function instantiated(): ModuleExports | undefined {
  try {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(MODULE, 'base64')))
    return exports as ModuleExports
  } catch {
    return undefined
  }
}

function writeTables(memory: ArrayBuffer): void {
  const bytes = new Uint8Array(memory)
  const view = new DataView(memory)
  let needleAt = NEEDLES_AT
  for (const [bucket, needles] of BUCKETS.entries()) {
    view.setUint32(BUCKETS_AT + 8 * bucket, needleAt, true)
    for (const needle of needles) {
      writeFingerprint(bytes, needle, 1 << bucket)
      writeNeedle(bytes, view, needle, needleAt)
      needleAt += NEEDLE_SIZE
    }
    view.setUint32(BUCKETS_AT + 8 * bucket + 4, needleAt, true)
  }
}

/** The bit of the bucket in the tables of the first four bytes: per byte one of low and one of high half-bytes. */
function writeFingerprint(bytes: Uint8Array, needle: Needle, bit: number): void {
  for (let index = 0; index < 4; index++)
    for (const code of codesAt(index, needle)) {
      const table = TABLES_AT + 32 * index
      for (const at of [table + (code & 0x0f), table + 16 + (code >> 4)]) bytes[at] = (bytes[at] ?? 0) | bit
    }
}

const CASE = 0x20
const LETTERS = Array.from({ length: 128 }, (_, code) => code).filter(isLetter)

function codesAt(index: number, { text, anyCase }: Needle): readonly number[] {
  if (index >= text.length) return LETTERS
  const code = text.charCodeAt(index)
  return anyCase === true && isLetter(code) ? [code | CASE, code & ~CASE] : [code]
}

function isLetter(code: number): boolean {
  const lower = code | CASE
  return lower >= 0x61 && lower <= 0x7a
}

/** Bits to set, bits to keep, what must come out: 16 bytes each; then the length and whether a letter follows. */
function writeNeedle(bytes: Uint8Array, view: DataView, { text, anyCase, letterFollows }: Needle, at: number): void {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    const fold = anyCase === true && isLetter(code) ? CASE : 0
    bytes[at + index] = fold
    bytes[at + 16 + index] = 0xff
    bytes[at + 32 + index] = code | fold
  }
  view.setUint32(at + 48, text.length, true)
  bytes[at + 52] = letterFollows === true ? 1 : 0
}
