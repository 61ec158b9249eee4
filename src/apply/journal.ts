import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { Failure } from '../model/failure.ts'
import type { JournalEntry } from '../model/journal-entry.ts'
import type { Files } from '../model/ports.ts'

/**
 * A line is `<length> <crc32> <chain> <json>`: length in bytes and checksum of the JSON, and a chain value that covers the
 * chain value of the line before, so that no line can be left out or moved unseen. Lines are appended and fsynced one by one.
 */
export interface ReadJournal {
  readonly entries: readonly JournalEntry[]
  /** Bytes that hold whole lines; what follows is the torn end of a write that a crash cut off. */
  readonly wholeBytes: number
  readonly tornBytes: number
  readonly chain: string
}

const START = '0'.repeat(16)

export function encodeEntry(entry: JournalEntry, chain: string): { readonly line: Uint8Array; readonly chain: string } {
  const json = JSON.stringify(entry)
  const next = chained(chain, json)
  const length = Buffer.byteLength(json)
  return { line: Buffer.from(`${length} ${checksum(json)} ${next} ${json}\n`), chain: next }
}

/** Throws `Failure` R312 when a line before the last one is damaged; a torn last line is cut off. */
export function decodeJournal(bytes: Uint8Array, path: string): ReadJournal {
  const text = Buffer.from(bytes)
  const entries: JournalEntry[] = []
  let chain = START
  let offset = 0
  while (offset < text.length) {
    const end = text.indexOf(0x0a, offset)
    const read = end === -1 ? undefined : decodeLine(text.toString('utf8', offset, end), chain)
    if (read === undefined) {
      if (!isTorn(text.subarray(offset))) throw damaged(path, entries.length + 1)
      break
    }
    entries.push(read.entry)
    chain = read.chain
    offset = end + 1
  }
  return { entries, wholeBytes: offset, tornBytes: text.length - offset, chain }
}

/**
 * What a crash leaves of the last append: no line feed, or zeros where a block was not written before the power went off. No JSON holds
 * a zero byte. A whole line that does not fit was changed by somebody.
 */
function isTorn(rest: Buffer): boolean {
  const end = rest.indexOf(0x0a)
  return end === -1 || (end === rest.length - 1 && rest.includes(0))
}

function decodeLine(line: string, chain: string): { readonly entry: JournalEntry; readonly chain: string } | undefined {
  const parts = /^(\d+) ([0-9a-f]{8}) ([0-9a-f]{16}) (.*)$/s.exec(line)
  const [, length, sum, next, json] = parts ?? []
  if (json === undefined || next === undefined) return undefined
  if (Number(length) !== Buffer.byteLength(json) || sum !== checksum(json) || next !== chained(chain, json))
    return undefined
  return { entry: JSON.parse(json), chain: next }
}

function checksum(json: string): string {
  return crc32(json).toString(16).padStart(8, '0')
}

function chained(chain: string, json: string): string {
  return createHash('sha256').update(chain).update(json).digest('hex').slice(0, 16)
}

function damaged(path: string, line: number): Failure {
  return new Failure('R312', {
    at: `${path}, line ${line}`,
    because: 'a line does not fit its checksum',
    state: 'Nothing was changed. The backups of the run are beside the journal.',
    next: ['Put the journal back from a backup, or restore the places by hand.'],
  })
}

export interface Journal {
  readonly entries: readonly JournalEntry[]
  append(entry: JournalEntry): Promise<void>
}

/** Opens the journal at `path` for appending; cuts off a torn end first. */
export async function openJournal(path: string, files: Files): Promise<Journal> {
  const bytes = (await files.entry(path)) === undefined ? new Uint8Array() : await files.read(path)
  const read = decodeJournal(bytes, path)
  if (read.tornBytes > 0) await files.replace(path, bytes, bytes.slice(0, read.wholeBytes))
  const entries = [...read.entries]
  let chain = read.chain
  return {
    entries,
    append: async (entry) => {
      const encoded = encodeEntry(entry, chain)
      await files.append(path, encoded.line)
      chain = encoded.chain
      entries.push(entry)
    },
  }
}
