import { bomLength } from './byte-text.ts'
import { escapedText, type Field, type FieldReading, plainText, type StoredText } from './field.ts'
import { fieldsOfCommands } from './shell-fields.ts'
import { readShellInside, type ShellCommand } from './shell-words.ts'

export interface CrontabOptions {
  /** `/etc/crontab` and `/etc/cron.d/*`: a user stands between the times and the command. */
  readonly hasUser?: boolean
}

/** Reads `NAME=value` lines, and what the commands of jobs set (crontab(5) of Vixie cron and cronie). `text` is byte text. */
export function readCrontabFields(text: string, options: CrontabOptions = {}): FieldReading {
  const fields = linesOf(text).flatMap((line) => environmentField(line) ?? [])
  return { fields: [...fields, ...fieldsOfCommands(text, readCrontabCommands(text, options))] }
}

/** The commands of all jobs, up to the first `%`, behind which stands their input. */
export function readCrontabCommands(text: string, options: CrontabOptions = {}): readonly ShellCommand[] {
  return linesOf(text).flatMap((line) => {
    const job = jobText(line, options.hasUser === true)
    return job === undefined ? [] : readShellInside(job).commands
  })
}

interface Line {
  readonly text: string
  readonly start: number
}

function linesOf(text: string): readonly Line[] {
  const lines: Line[] = []
  for (let start = bomLength(text); start < text.length; ) {
    const found = text.indexOf('\n', start)
    const end = found === -1 ? text.length : found
    const line = text.slice(start, end).replace(/\r$/, '')
    if (!/^[ \t]*#/.test(line)) lines.push({ text: line, start })
    start = end + 1
  }
  return lines
}

const ENVIRONMENT = /^[ \t]*(?:"([^"=]+)"|'([^'=]+)'|([^\s"'=]+))[ \t]*=[ \t]*/

/** Blanks around `=` do not count, nor those at the end; a pair of quotes around the value is taken off, and nothing is escaped. */
function environmentField({ text, start }: Line): Field | undefined {
  const match = ENVIRONMENT.exec(text)
  if (match === null) return undefined
  const raw = text.slice(match[0].length).replace(/[ \t]+$/, '')
  const at = start + match[0].length
  const isQuoted = raw.length > 1 && /^["']/.test(raw) && raw.endsWith(raw.charAt(0))
  const value = isQuoted ? plainText(raw.slice(1, -1), at + 1) : plainText(raw, at)
  return { keys: [match[1] ?? match[2] ?? match[3] ?? ''], value, extent: [at, at + raw.length] }
}

const TIMES = /^[ \t]*-?(?:@[a-z]+|(?:[\d*/,~A-Za-z-]+[ \t]+){4}[\d*/,~A-Za-z-]+)[ \t]+/

function jobText({ text, start }: Line, hasUser: boolean): StoredText | undefined {
  const times = TIMES.exec(text)
  if (times === null || ENVIRONMENT.test(text.slice(0, times[0].length))) return undefined
  const user = hasUser ? (/^\S+[ \t]+/.exec(text.slice(times[0].length))?.[0].length ?? 0) : 0
  const head = times[0].length + user
  const rest = text.slice(head)
  return escapedText(rest.slice(0, inputAt(rest)), start + head, 'crontab', (raw, at) =>
    raw.startsWith('\\%', at) ? { text: '%', length: 2 } : undefined,
  )
}

/** The first `%` without a backslash ends the command. */
function inputAt(command: string): number {
  for (let at = command.indexOf('%'); at !== -1; at = command.indexOf('%', at + 1))
    if (command.charAt(at - 1) !== '\\') return at
  return command.length
}
