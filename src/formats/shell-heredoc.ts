import { countWhile } from './count-while.ts'
import { readExpanding, type ShellScan } from './shell-pieces.ts'
import { addRun, draftAt, type Segment, type ShellWord, segmentAt, type WordDraft, wordOf } from './shell-word.ts'
import type { ShellCommand } from './shell-words.ts'

/** A here-document whose text has not been met yet. */
export interface PendingHeredoc {
  readonly delimiter: string
  readonly stripsTabs: boolean
  /** Nothing in it expands. */
  readonly isQuoted: boolean
  /** Where its text goes. */
  readonly inputs: ShellWord[]
}

export interface ScanOfCommands extends ShellScan {
  readonly commands: ShellCommand[]
  pending: PendingHeredoc[]
  /** Where each line begins, by its text; made when the first here-document is met. */
  lines: ReadonlyMap<string, readonly number[]> | undefined
}

/** Reads the texts of the here-documents that were announced on the line that has just ended (POSIX.1-2024, 2.7.4). */
export function readHeredocs(scan: ScanOfCommands): void {
  const { pending } = scan
  if (pending.length === 0) return
  scan.pending = []
  for (const heredoc of pending) {
    const end = delimiterAt(scan, heredoc)
    // Without its delimiter it would take the rest of the script, most likely for no good reason.
    if (end === undefined) continue
    heredoc.inputs.push(readText(scan, heredoc, end))
    const lineEnd = scan.text.indexOf('\n', end)
    scan.at = lineEnd === -1 ? scan.end : Math.min(scan.end, lineEnd + 1)
  }
}

function delimiterAt(scan: ScanOfCommands, { delimiter, stripsTabs }: PendingHeredoc): number | undefined {
  scan.lines ??= linesOf(scan.text)
  const starts = scan.lines.get(delimiter) ?? []
  const low = countWhile(starts, (start) => start < scan.at)
  const start = starts.slice(low, low + MOST_INDENTED).find((at) => stripsTabs || scan.text.charAt(at) !== '\t')
  return start !== undefined && start < scan.end ? start : undefined
}

/** Lines that are the delimiter but for tabs in front are passed over this often. */
const MOST_INDENTED = 100

/** Tabs in front and a carriage return behind do not count. */
function linesOf(text: string): ReadonlyMap<string, readonly number[]> {
  const lines = new Map<string, number[]>()
  for (let at = 0; at < text.length; ) {
    const found = text.indexOf('\n', at)
    const end = found === -1 ? text.length : found
    // No delimiter is longer.
    if (end - at < 500) {
      const line = text.slice(at, end).replace(/^\t+/, '').replace(/\r$/, '')
      const starts = lines.get(line)
      if (starts === undefined) lines.set(line, [at])
      else starts.push(at)
    }
    at = end + 1
  }
  return lines
}

const ESCAPES = '$`\\'

function readText(scan: ScanOfCommands, { stripsTabs, isQuoted }: PendingHeredoc, end: number): ShellWord {
  const outer = { end: scan.end, inBackticks: scan.inBackticks }
  const draft = draftAt(scan.at)
  const segment = segmentAt(draft, 'heredoc', scan.at)
  scan.inBackticks = false
  while (scan.at < end) {
    scan.end = stripsTabs ? Math.min(end, lineEndBehind(scan.text, scan.at)) : end
    if (stripsTabs) skipTabs(scan, draft, segment)
    if (isQuoted) {
      addRun(draft, segment, scan.text, [scan.at, scan.end])
      scan.at = scan.end
    } else readExpanding(scan, draft, segment, ESCAPES, false)
  }
  scan.end = outer.end
  scan.inBackticks = outer.inBackticks
  return wordOf(draft, end)
}

function lineEndBehind(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end === -1 ? text.length : end + 1
}

function skipTabs(scan: ScanOfCommands, draft: WordDraft, segment: Segment): void {
  const start = scan.at
  while (scan.at < scan.end && scan.text.charAt(scan.at) === '\t') scan.at++
  if (scan.at > start) addRun(draft, segment, scan.text, [start, scan.at], '')
}
