import { Failure } from '../model/failure.ts'
import { damagedJournal, type JournalReading, readLines } from './journal.ts'

/** How far a journal reached when a command had ended, noted in `journal.end` beside it. */
export interface JournalMark {
  readonly lines: number
  readonly chain: string
}

/** `<lines> <chain>`. */
export function markText({ lines, chain }: JournalMark): Uint8Array {
  return Buffer.from(`${lines} ${chain}\n`)
}

export function markIn(bytes: Uint8Array | undefined): JournalMark | undefined {
  const [, lines, chain] = /^(\d+) ([0-9a-f]{16})\n$/.exec(Buffer.from(bytes ?? []).toString('latin1')) ?? []
  return lines === undefined || chain === undefined ? undefined : { lines: Number(lines), chain }
}

/** The chain value of the line of that number: its third word. Absent: the journal does not reach it. */
export function chainAt(bytes: Uint8Array, line: number): string | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  let offset = 0
  for (let skipped = 1; skipped < line; skipped++) {
    const end = text.indexOf('\n', offset)
    if (end === -1) return undefined
    offset = end + 1
  }
  const end = text.indexOf('\n', offset)
  return end === -1 ? undefined : text.toString('latin1', offset, end).split(' ', 3)[2]
}

/** What was noted was on disk, so a journal that holds less than that is damaged, whatever its end looks like. */
export function lostBeforeMark(
  journal: Pick<JournalReading, 'lines'>,
  noted: JournalMark | undefined,
  chainThere: string | undefined,
): string | undefined {
  if (noted === undefined) return undefined
  if (journal.lines < noted.lines)
    return `the journal ends with line ${journal.lines}; when the last command had ended it reached line ${noted.lines}`
  if (chainThere !== noted.chain)
    return `journal, line ${noted.lines}: it is not the line that stood there when the last command had ended`
  return undefined
}

/** Throws `Failure` R312 when the journal does not hold what was noted; changes nothing. A damaged line is told of where the journal is read. */
export function requireNoted(bytes: Uint8Array, noted: JournalMark, path: string): void {
  const reading = readLines(bytes, () => undefined)
  if (reading.damage !== undefined) return
  const lost = lostBeforeMark(reading, noted, chainAt(bytes, noted.lines))
  if (lost !== undefined) throw new Failure('R312', damagedJournal(path, lost))
}
