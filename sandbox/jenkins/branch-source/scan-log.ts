import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Item } from '../item-tree.ts'
import { JavaFailure } from '../java-failure.ts'

/** The log of one computation, written to disk line by line as FolderComputation does. */
export interface ScanLog {
  line(text: string): void
  /** With the time in brackets in front, as `[%tc]` prints it. */
  stamped(text: string): void
  /** `ERROR: [<time>] <text>` and the exception below it. */
  error(text: string, cause: unknown): void
  fatal(text: string, cause: unknown): void
  time(): string
  text(): string
}

export function scanLogFile(item: Item): string {
  return item.kind === 'multibranch'
    ? join(item.folder, 'indexing', 'indexing.log')
    : join(item.folder, 'computation', 'computation.log')
}

export function openScanLog(item: Item, now: () => Date): ScanLog {
  const lines: string[] = []
  const file = scanLogFile(item)
  mkdirSync(join(file, '..'), { recursive: true })
  const add = (...more: readonly string[]) => {
    lines.push(...more)
    writeFileSync(file, text())
  }
  const text = () => lines.map((each) => `${each}\n`).join('')
  writeFileSync(file, '')
  return {
    line: (each) => add(each),
    stamped: (each) => add(`[${timeOf(now())}] ${each}`),
    error: (each, cause) => add(`ERROR: [${timeOf(now())}] ${each}`, ...traceOf(cause)),
    fatal: (each, cause) => add(`FATAL: ${each}`, ...traceOf(cause)),
    time: () => timeOf(now()),
    text,
  }
}

export function traceOf(cause: unknown): readonly string[] {
  if (cause instanceof JavaFailure) return cause.trace
  return [`java.lang.IllegalStateException: ${cause instanceof Error ? cause.message : String(cause)}`]
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `%tc` of java.util.Formatter: `Mon Aug 14 22:00:57 UTC 2017`. */
export function timeOf(date: Date): string {
  const day = String(date.getUTCDate()).padStart(2, '0')
  const time = date.toISOString().slice(11, 19)
  return `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${day} ${time} UTC ${date.getUTCFullYear()}`
}

/** hudson.Util.getTimeSpanString for what a scan can take. */
export function spanOf(milliseconds: number): string {
  const seconds = milliseconds / 1000
  if (seconds < 1) return `${milliseconds} ms`
  if (seconds < 10) return `${seconds.toFixed(1).replace(/\.0$/, '')} sec`
  if (seconds < 60) return `${Math.floor(seconds)} sec`
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} sec`
}
