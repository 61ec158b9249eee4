import { bomLength } from './byte-text.ts'
import type { Field, FieldReading, StoredText } from './field.ts'
import { fieldsOfCommands } from './shell-fields.ts'
import { readShellInside, type ShellCommand } from './shell-words.ts'
import { type Run, storedPart, textOfRuns } from './text-runs.ts'

/**
 * Reads what a makefile sets, of all targets and conditions alike, and what its recipes set (GNU make manual, 6). `$$` is a dollar sign;
 * other references stay as they are written. `text` is byte text.
 */
export function readMakefileFields(text: string): FieldReading {
  const lines = linesOf(text)
  const fields = lines.flatMap((line) => assignmentOf(text, line) ?? [])
  const all = [...fields, ...fieldsOfCommands(text, recipesOf(text, lines))]
  return { fields: all.sort((one, other) => one.extent[0] - other.extent[0]) }
}

/** The commands of the recipes. `$(NAME)` counts as a variable. `text` is byte text. */
export function readMakefileCommands(text: string): readonly ShellCommand[] {
  return recipesOf(text, linesOf(text))
}

/** A line with those that continue it; `define` has its body. */
interface Line {
  readonly kind: 'recipe' | 'other' | 'define'
  readonly start: number
  readonly end: number
  /** Of a definition. */
  readonly name?: string
}

const DEFINE =
  /^ *(?:(?:override|export|private)[ \t]+)*define[ \t]+([^\s:=?+!#]+)[ \t]*(?::{0,3}=|[?+!]=)?[ \t]*(?:#.*)?$/

function linesOf(text: string): readonly Line[] {
  const lines: Line[] = []
  let hasRule = false
  const lastEndef = Math.max(text.lastIndexOf('endef'), 0)
  for (let start = bomLength(text); start < text.length; ) {
    const end = logicalEnd(text, start)
    const line = text.slice(start, Math.min(end, start + 2000))
    const name = line.includes('define') ? DEFINE.exec(line)?.[1] : undefined
    if (name !== undefined) {
      const body = end < lastEndef ? definitionEnd(text, end + 1) : undefined
      if (body !== undefined) lines.push({ kind: 'define', start: end + 1, end: body, name })
      start = logicalEnd(text, body ?? end) + 1
    } else {
      const kind = text.charAt(start) === '\t' && hasRule ? 'recipe' : 'other'
      lines.push({ kind, start, end })
      hasRule ||= isRule(line)
      start = end + 1
    }
  }
  return lines
}

/** A colon that is not of `:=`. */
function isRule(line: string): boolean {
  return /^[^\s#=][^#=]*?::?(?![:=])/.test(line)
}

/** The end of the line, and of those that a backslash joins to it. */
function logicalEnd(text: string, start: number): number {
  for (let at = start; ; ) {
    const found = text.indexOf('\n', at)
    if (found === -1) return text.length
    const last = text.charAt(found - 1) === '\r' ? found - 2 : found - 1
    if (!isOddBackslash(text, last, start)) return found
    at = found + 1
  }
}

function isOddBackslash(text: string, last: number, start: number): boolean {
  let count = 0
  while (last - count >= start && text.charAt(last - count) === '\\') count++
  return count % 2 === 1
}

const ENDEF = /^[ \t]*endef\b/gm

/** Where the line of `endef` begins. */
function definitionEnd(text: string, from: number): number | undefined {
  ENDEF.lastIndex = from
  return ENDEF.exec(text)?.index
}

const MODIFIERS = '(?:(?:export|override|private)[ \\t]+)*'
const ASSIGNMENT = new RegExp(
  `^[ \\t]*(?:[^\\s:=#][^:=#]{0,500}:[ \\t]*)?${MODIFIERS}([A-Za-z_.][\\w.-]*)[ \\t]*(?::{1,3}=|[?+!]=|=)[ \\t]*`,
)

function assignmentOf(text: string, line: Line): Field | undefined {
  const { kind, start, end, name } = line
  if (kind === 'recipe') return undefined
  const head =
    kind === 'define' ? 0 : (ASSIGNMENT.exec(text.slice(start, Math.min(end, start + 1000)))?.[0].length ?? -1)
  const key = name ?? ASSIGNMENT.exec(text.slice(start, Math.min(end, start + 1000)))?.[1]
  if (head === -1 || key === undefined) return undefined
  const value = kind === 'define' ? definition(text, line) : valueText(text, start + head, end)
  return { keys: [key], value: storedPart(text, value), extent: value.spanOf(0, value.text.length) }
}

function definition(text: string, { start, end }: Line): StoredText {
  const stop = end > start && text.charAt(end - 1) === '\n' ? end - 1 : end
  return textOfRuns(runsOf(text, start, stop, 'kept'), 'make', start)
}

/** A value ends at `#` without a backslash. Blanks behind it are part of it for make, but never of a secret. */
function valueText(text: string, start: number, end: number): StoredText {
  let stop = end
  for (let at = start; at < end; at++)
    if (text.charAt(at) === '#' && !isOddBackslash(text, at - 1, start)) {
      stop = at
      break
    }
  while (stop > start && ' \t\r'.includes(text.charAt(stop - 1))) stop--
  return textOfRuns(runsOf(text, start, stop, 'joined'), 'make', start)
}

const SPECIAL = /\$\$|\\#|[ \t]*\\\r?\n[ \t]*|\n\t/g

/** `joined`: a line end and the blanks around it are one blank. `recipe`: only the tab that begins a line of a recipe goes. */
function runsOf(text: string, start: number, end: number, lines: 'joined' | 'recipe' | 'kept'): readonly Run[] {
  const raw = text.slice(start, end)
  const runs: Run[] = []
  let at = 0
  const verbatim = (to: number): void => {
    if (to > at) runs.push({ text: raw.slice(at, to), start: start + at, end: start + to, isVerbatim: true })
  }
  for (const match of raw.matchAll(SPECIAL)) {
    const meant = meaningOf(match[0], lines)
    if (meant === undefined) continue
    verbatim(match.index)
    at = match.index + match[0].length
    runs.push({ text: meant, start: start + match.index, end: start + at, isVerbatim: false })
  }
  verbatim(raw.length)
  return runs
}

function meaningOf(stored: string, lines: 'joined' | 'recipe' | 'kept'): string | undefined {
  if (stored === '$$') return '$'
  if (stored === '\\#') return lines === 'joined' ? '#' : undefined
  if (stored === '\n\t') return lines === 'recipe' ? '\n' : undefined
  if (lines === 'joined') return ' '
  return lines === 'recipe' ? stored.replace(/\n\t/, '\n') : undefined
}

/** Behind the tab and the signs that make takes off, or behind the semicolon of a rule. */
function recipesOf(text: string, lines: readonly Line[]): readonly ShellCommand[] {
  return lines.flatMap((line) => {
    const start = recipeStart(text, line)
    if (start === undefined) return []
    const outer = textOfRuns(runsOf(text, start, line.end, 'recipe'), 'make', start)
    return readShellInside(outer, { isMake: true }).commands
  })
}

function recipeStart(text: string, { kind, start, end }: Line): number | undefined {
  if (kind === 'define') return undefined
  const raw = text.slice(start, Math.min(end, start + 2000))
  const inline = /^[^\s#=:][^#=:]*::?[^=;#]*;/.exec(raw)?.[0].length
  const from = kind === 'recipe' ? 1 : inline
  if (from === undefined) return undefined
  return start + from + (/^[ \t@+-]*/.exec(raw.slice(from))?.[0].length ?? 0)
}
