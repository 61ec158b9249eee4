import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { Failure, type FailureParts } from '../model/failure.ts'
import type { JournalEntry } from '../model/journal-entry.ts'
import type { Files } from '../model/ports.ts'
import { readIfThere } from '../system/read-if-there.ts'
import { inBatches } from './batches.ts'

/**
 * A line is `<length> <crc32> <chain> <json>`: length in bytes and checksum of the JSON, and a chain value that covers the
 * chain value of the line before, so that no line can be left out or moved unseen.
 */
export interface JournalReading {
  readonly lines: number
  /** Bytes that hold whole lines. */
  readonly wholeBytes: number
  /** What follows them: the end of a write that a crash cut off, or that a power loss left as zeros. */
  readonly tornBytes: number
  readonly torn?: 'cut off' | 'zeros'
  readonly chain: string
  /** A whole line that does not fit; nothing after it was read. */
  readonly damage?: Damage
}

export interface Damage {
  /** 1-based. */
  readonly line: number
  readonly because: string
  /** It is whole, and says what a newer version alone knows how to take. */
  readonly newer?: true
}

export interface ReadJournal extends JournalReading {
  readonly entries: readonly JournalEntry[]
}

const START = '0'.repeat(16)
const LINE_FEED = 0x0a

export function encodeEntry(entry: JournalEntry, chain: string): { readonly line: Uint8Array; readonly chain: string } {
  const json = JSON.stringify(entry)
  const next = chained(chain, json)
  const length = Buffer.byteLength(json)
  return { line: Buffer.from(`${length} ${checksum(json)} ${next} ${json}\n`), chain: next }
}

/** Gives every entry to `each` in order, up to the end or the first damage. Never throws. */
export function readLines(bytes: Uint8Array, each: (entry: JournalEntry) => void): JournalReading {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  let lines = 0
  let chain = START
  let offset = 0
  for (let end = text.indexOf(LINE_FEED); end !== -1; end = text.indexOf(LINE_FEED, offset)) {
    const line = text.toString('utf8', offset, end)
    const parts = partsOf(line)
    const entry = parts?.chain === chained(chain, parts?.json ?? '') ? entryOf(parts) : undefined
    const unknown = entry === undefined ? undefined : unknownIn(entry)
    if (unknown !== undefined) {
      const damage = { line: lines + 1, because: unknown, newer: true } as const
      return { lines, wholeBytes: offset, tornBytes: text.length - offset, chain, damage }
    }
    if (parts === undefined || entry === undefined) {
      // Several entries may be appended at once, and the power may go off before the first of their blocks is written. Zeros before
      // what was noted as the end of the journal are found out by the note.
      if (line.includes('\0')) break
      const damage = { line: lines + 1, because: damageWords(line, parts, text.subarray(0, offset)) }
      return { lines, wholeBytes: offset, tornBytes: text.length - offset, chain, damage }
    }
    each(entry)
    lines += 1
    chain = parts.chain
    offset = end + 1
  }
  return { lines, wholeBytes: offset, tornBytes: text.length - offset, chain, ...tornBy(text.subarray(offset)) }
}

/** An append that was cut off has no line feed. */
function tornBy(rest: Uint8Array): { readonly torn?: 'cut off' | 'zeros' } {
  if (rest.length === 0) return {}
  return { torn: rest.includes(0) ? 'zeros' : 'cut off' }
}

interface LineParts {
  readonly chain: string
  readonly json: string
}

/** Absent: the line was changed since it was written. */
function partsOf(line: string): LineParts | undefined {
  const [, length, sum, chain, json] = /^(\d+) ([0-9a-f]{8}) ([0-9a-f]{16}) (.*)$/s.exec(line) ?? []
  if (json === undefined || chain === undefined) return undefined
  return Number(length) === Buffer.byteLength(json) && sum === checksum(json) ? { chain, json } : undefined
}

function entryOf({ json }: LineParts): JournalEntry | undefined {
  try {
    const entry: unknown = JSON.parse(json)
    return typeof entry === 'object' && entry !== null ? (entry as JournalEntry) : undefined
  } catch {
    return undefined
  }
}

const KINDS: Readonly<Record<JournalEntry['kind'], true>> = {
  began: true,
  resumed: true,
  intends: true,
  did: true,
  verified: true,
  'intends undo': true,
  undid: true,
  'gave up': true,
  ended: true,
  forgets: true,
  forgot: true,
}

/** Whoever passes over an entry that it does not know takes a changed place for one that was not begun. */
function unknownIn(entry: JournalEntry): string | undefined {
  const { kind } = entry
  if (!Object.hasOwn(KINDS, kind))
    return `a newer version of keyturn wrote it: entries of the kind "${kind}" are not known here`
  const format = entry.kind === 'began' ? (entry.format ?? 1) : 1
  return format === 1 ? undefined : `a newer version of keyturn wrote it: its format ${format} is not known here`
}

function damageWords(line: string, parts: LineParts | undefined, before: Buffer): string {
  if (parts === undefined) return 'it does not fit its length and checksum: bytes of it were changed'
  const earlier = before.indexOf(`${line}\n`)
  if (earlier !== -1) {
    const number = before.subarray(0, earlier).filter((byte) => byte === LINE_FEED).length + 1
    return `it is line ${number} once more: a line was written twice or copied`
  }
  return 'it is whole and does not follow the line before: a line is missing, or lines were moved'
}

/** Throws `Failure` R312 when a whole line is damaged; a torn end is left out. */
export function decodeJournal(bytes: Uint8Array, path: string): ReadJournal {
  const entries: JournalEntry[] = []
  const reading = requireWhole(
    readLines(bytes, (entry) => entries.push(entry)),
    path,
  )
  return { ...reading, entries }
}

/** Throws `Failure` R312 when a whole line is damaged. */
export function requireWhole(reading: JournalReading, path: string): JournalReading {
  if (reading.damage === undefined) return reading
  const { line, because, newer } = reading.damage
  const parts = damagedJournal(`${path}, line ${line}`, because)
  throw new Failure(
    'R312',
    newer ? { ...parts, next: ['Repeat the command with that version, or a later one.'] } : parts,
  )
}

/** What is said of a journal that cannot be gone on with. */
export function damagedJournal(at: string, because: string): FailureParts {
  return {
    at,
    because,
    state: 'Nothing was changed. The backups of the run are beside the journal.',
    next: [
      'Put the journal back from a backup, or restore the places by hand. What is known of the runs:',
      '  keyturn audit',
    ],
  }
}

function checksum(json: string): string {
  return crc32(json).toString(16).padStart(8, '0')
}

function chained(chain: string, json: string): string {
  return createHash('sha256').update(chain).update(json).digest('hex').slice(0, 16)
}

/** Files of a run are written by who holds the lock alone. */
export function requireReplaced(written: 'replaced' | 'appended' | 'changed meanwhile', path: string): void {
  if (written !== 'changed meanwhile') return
  throw new Failure('R205', {
    at: path,
    because: 'another program wrote it at the same time',
    state: 'It keeps what the other one wrote, and this command changed no place after that.',
    next: ['What is known of the run:', '  keyturn audit'],
    exitCode: 4,
  })
}

export interface Journal {
  /** Lines, and the chain value of the last one. */
  readonly end: () => { readonly lines: number; readonly chain: string }
  /** Resolves when the entry is on disk. Entries that are given while the disk is busy share the next write. */
  append(entry: JournalEntry): Promise<void>
}

/**
 * Opens the journal at `path` for appending, and cuts off a torn end first. `each` gets every entry that is on disk, those of before and
 * those to come. After a write that failed nobody knows what the disk holds, so every later one is refused with the same error. So it is once
 * the file is not as long as it was left: somebody took the lock away from under this command, and lines of both would be a chain of neither.
 */
export async function openJournal(path: string, files: Files, each: (entry: JournalEntry) => void): Promise<Journal> {
  const bytes = (await readIfThere(path, files)) ?? new Uint8Array()
  const read = requireWhole(readLines(bytes, each), path)
  if (read.tornBytes > 0) requireReplaced(await files.replace(path, bytes, bytes.slice(0, read.wholeBytes)), path)
  let { chain, lines, wholeBytes: held } = read
  let broken: { readonly error: unknown } | undefined
  const write = async (entries: readonly JournalEntry[]): Promise<readonly JournalEntry[]> => {
    if (broken !== undefined) throw broken.error
    let next = chain
    const encoded = entries.map((entry) => {
      const one = encodeEntry(entry, next)
      next = one.chain
      return one.line
    })
    const bytes = Buffer.concat(encoded)
    try {
      requireReplaced(await files.append(path, bytes, held), path)
    } catch (error) {
      broken = { error }
      throw error
    }
    // Only what is on disk: after a write that failed `end` is still noted, and the next command looks for it.
    chain = next
    held += bytes.length
    lines += entries.length
    for (const entry of entries) each(entry)
    return entries
  }
  const append = inBatches(write)
  return { end: () => ({ lines, chain }), append: async (entry) => void (await append(entry)) }
}
