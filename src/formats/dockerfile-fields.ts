import { bomLength } from './byte-text.ts'
import { readDockerWords } from './dockerfile-words.ts'
import { type Field, type FieldReading, inside, type StoredText } from './field.ts'
import { readJsonFields } from './json-fields.ts'
import { fieldsOfCommands } from './shell-fields.ts'
import { type ShellWord, storedWord } from './shell-word.ts'
import { readShellInside, type ShellCommand, scriptsOf } from './shell-words.ts'
import { type Run, storedPart, textOfRuns } from './text-runs.ts'

/** Reads what a Dockerfile sets: ENV, ARG and LABEL by name, and what its commands set. `text` is byte text. */
export function readDockerfileFields(text: string): FieldReading {
  const { instructions, escaping } = read(text)
  const set = instructions.flatMap((instruction) => settingsOf(instruction, escaping))
  const fields = set.map((field) => ({ ...field, value: storedPart(text, field.value) }))
  const all = [...fields, ...fieldsOfCommands(text, instructions.flatMap(commandsOf))]
  return { fields: all.sort((one, other) => one.extent[0] - other.extent[0]) }
}

/** The commands of RUN, CMD, ENTRYPOINT and HEALTHCHECK; COPY and ADD with their here-documents, by that name. `text` is byte text. */
export function readDockerfileCommands(text: string): readonly ShellCommand[] {
  return read(text).instructions.flatMap(commandsOf)
}

interface Instruction {
  readonly name: string
  /** Behind the name, without the escapes that join lines and without comments between them. */
  readonly rest: StoredText
  readonly whole: StoredText
}

function read(text: string): { readonly instructions: readonly Instruction[]; readonly escaping: string } {
  const start = bomLength(text)
  const escaping = escapeOf(text.slice(start, start + 2000))
  const instructions: Instruction[] = []
  const missing = new Set<string>()
  for (let at = start; at < text.length; ) {
    const { runs, next } = joinedLines(text, at, escaping)
    at = next
    const name = /^[ \t]*(?:ONBUILD[ \t]+|HEALTHCHECK[ \t]+(?:--\S+[ \t]+)*)*([A-Za-z]+)(?:[ \t]+--[a-z][^\s]*)*[ \t]*/i
    const line = textOfRuns(runs, 'dockerfile', at)
    const head = name.exec(line.text.slice(0, 2000))
    if (head === null) continue
    const bodies = heredocsBehind(text, line.text, at, missing)
    at = bodies.next
    const whole = bodies.runs.length === 0 ? line : textOfRuns([...runs, ...bodies.runs], 'dockerfile', at)
    instructions.push({ name: (head[1] ?? '').toUpperCase(), rest: storedPart(text, whole, head[0].length), whole })
  }
  return { instructions, escaping }
}

/** Directives stand at the very top. */
function escapeOf(top: string): string {
  const directives = /^(?:[ \t]*#[ \t]*\w+[ \t]*=[^\n]*\n)*/.exec(`${top}\n`)?.[0] ?? ''
  return /^[ \t]*#[ \t]*escape[ \t]*=[ \t]*`/im.test(directives) ? '`' : '\\'
}

function joinedLines(
  text: string,
  start: number,
  escaping: string,
): { readonly runs: readonly Run[]; readonly next: number } {
  const runs: Run[] = []
  for (let at = start; at < text.length; ) {
    const found = text.indexOf('\n', at)
    const end = found === -1 ? text.length : found
    const next = Math.min(text.length, end + 1)
    const isSkipped = /^[ \t]*(?:#|\r?$)/.test(text.slice(at, Math.min(end, at + 500)))
    if (isSkipped && runs.length === 0) return { runs, next }
    if (!isSkipped) {
      const stop = continuedAt(text, at, end, escaping)
      const to = stop ?? (text.charAt(end - 1) === '\r' ? end - 1 : end)
      if (to > at) runs.push({ text: text.slice(at, to), start: at, end: to, isVerbatim: true })
      if (stop === undefined) return { runs, next }
      runs.push({ text: '', start: stop, end: next, isVerbatim: false })
    }
    at = next
  }
  return { runs, next: text.length }
}

/** Where the escape character stands that joins the next line; blanks may stand behind it. */
function continuedAt(text: string, start: number, end: number, escaping: string): number | undefined {
  let at = end - 1
  while (at >= start && ' \t\r'.includes(text.charAt(at))) at--
  return at >= start && text.charAt(at) === escaping ? at : undefined
}

/** After so many that never end, none is looked for: each look goes to the end of the file. */
const MOST_MISSING = 20

/** Bodies of here-documents, as lines behind the instruction. */
function heredocsBehind(
  text: string,
  line: string,
  from: number,
  missing: Set<string>,
): { readonly runs: readonly Run[]; readonly next: number } {
  if (!/^[ \t]*(?:ONBUILD[ \t]+)?(?:RUN|COPY|ADD)[ \t]/i.test(line)) return { runs: [], next: from }
  let next = from
  for (const [, dash, , name = ''] of line.matchAll(/<<(-?)(["']?)([A-Za-z_]\w*)\2/g)) {
    const end = new RegExp(`^${dash === '' ? '' : '\\t*'}${name}\\r?$`, 'gm')
    end.lastIndex = next
    const found = missing.has(name) || missing.size > MOST_MISSING ? null : end.exec(text)
    if (found === null) {
      missing.add(name)
      break
    }
    const lineEnd = text.indexOf('\n', found.index)
    next = lineEnd === -1 ? text.length : lineEnd + 1
  }
  if (next === from) return { runs: [], next }
  return {
    runs: [
      { text: '\n', start: from - 1, end: from, isVerbatim: false },
      { text: text.slice(from, next), start: from, end: next, isVerbatim: true },
    ],
    next,
  }
}

function settingsOf({ name, rest }: Instruction, escaping: string): readonly Field[] {
  if (name !== 'ENV' && name !== 'ARG' && name !== 'LABEL') return []
  const old = name === 'ARG' ? null : /^([^\s="']+)[ \t]+/.exec(rest.text.slice(0, 500))
  if (old !== null) {
    const value = { ...rest, text: rest.text.slice(old[0].length), spanOf: behind(rest, old[0].length) }
    const [word] = readDockerWords(trimmed(value), escaping, true)
    return word === undefined ? [] : [{ keys: [old[1] ?? ''], value: word.value, extent: word.extent }]
  }
  return readDockerWords(rest, escaping, false).flatMap((word): readonly Field[] => {
    const match = /^([^=]+)=/.exec(word.value.text.slice(0, 500))
    if (match === null) return []
    const length = match[0].length
    return [{ keys: [match[1] ?? ''], value: word.part(length), extent: word.extentFrom(length) }]
  })
}

function behind(outer: StoredText, length: number): StoredText['spanOf'] {
  return (from, to) => outer.spanOf(from + length, to + length)
}

function trimmed(value: StoredText): StoredText {
  return { ...value, text: value.text.replace(/[ \t\r]{1,1000}$/, '') }
}

function commandsOf({ name, rest, whole }: Instruction): readonly ShellCommand[] {
  if (name === 'COPY' || name === 'ADD') return readShellInside(whole).commands
  if (name !== 'RUN' && name !== 'CMD' && name !== 'ENTRYPOINT') return []
  const list = rest.text.startsWith('[') ? readJsonFields(rest.text) : undefined
  if (list !== undefined && list.problem === undefined) return execForm(rest, list.fields)
  return readShellInside(rest).commands
}

function execForm(rest: StoredText, fields: readonly Field[]): readonly ShellCommand[] {
  const words = fields.map(({ value, extent }): ShellWord => storedWord(inside(rest, value), rest.spanOf(...extent)))
  const command = { words, redirects: [], inputs: [], extent: rest.spanOf(0, rest.text.length) }
  return [command, ...scriptsOf(command)]
}
