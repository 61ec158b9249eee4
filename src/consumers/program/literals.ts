import { countWhile } from '../../formats/count-while.ts'
import type { Field, StoredText } from '../../formats/field.ts'
import type { Document } from '../../model/consumer.ts'
import { type FieldDocument, fieldsOf } from '../document-fields.ts'
import { type DocumentFormat, isProgram } from '../document-format.ts'
import { tailOf } from '../variables.ts'

/** `keys` tell where a literal stands, or which name it is given to. */
export interface Written {
  readonly keys?: readonly string[]
  readonly value: StoredText
}

/** A text in which calls are looked for, and what its arguments say. */
export interface Program {
  readonly text: string
  /** A piece of the text as it stands. */
  readonly slice: (from: number, to: number) => StoredText
  /** The literal that begins at an offset of the text, its prefix and quotes included. */
  readonly literalAt: (from: number, to: number) => Written | undefined
  /** What a name is set to, if it is set to a literal: the last place in front of the offset, or else the first behind it. */
  readonly valueOf: (name: string, at: number) => Written | undefined
  /** The same where a shell sets it without quotes. Of a username only: a secret there is found as a variable. */
  readonly bareValueOf?: (name: string, at: number) => Written | undefined
}

/** A program as a whole; its literals are fields. */
export function isCode(format: DocumentFormat): boolean {
  return isProgram(format) || format === 'groovy'
}

const QUOTING: ReadonlySet<DocumentFormat> = new Set(['text', 'shell', 'dockerfile', 'make'] as const)

/** Programs, and texts that hold pieces of programs: notebooks, documentation, steps of pipelines. */
export function programsOf(each: FieldDocument, document: Document): readonly Program[] {
  const isWhole = each === fieldsOf(document)
  if (isWhole && isCode(each.format)) return [programOf(each)]
  // Settings are not calls, although they look like named arguments.
  const whole = isWhole && QUOTING.has(each.format) ? [each.whole] : []
  const texts = [...each.fields.map(({ value }) => value), ...whole]
  const programs = texts.filter(({ text }) => text.length > 20 && /[("'`]/.test(text)).map(quotedProgram)
  if (each.format !== 'shell') return programs
  const names = namesIn(each.fields)
  return programs.map((program) =>
    program.text === each.whole.text
      ? { ...program, bareValueOf: (name, at) => nearestOf(names.get(lastOf(name)) ?? [], at) }
      : program,
  )
}

function programOf({ text, whole, fields }: FieldDocument): Program {
  const sorted = inOrder(fields)
  const names = namesIn(sorted)
  return {
    text,
    slice: (from, to) => tailOf(whole, from, to),
    literalAt: (from, to) => {
      const found = sorted[firstBehind(sorted, from)]
      return found !== undefined && from <= found.extent[0] && found.extent[0] < to
        ? found
        : plainLiteral(whole, from, to)
    },
    valueOf: (name, at) => nearestOf(names.get(lastOf(name)) ?? [], at),
  }
}

function inOrder(fields: readonly Field[]): readonly Field[] {
  return [...fields].sort((a, b) => a.extent[0] - b.extent[0])
}

function namesIn(fields: readonly Field[]): ReadonlyMap<string, readonly Field[]> {
  const names = new Map<string, Field[]>()
  for (const field of inOrder(fields)) {
    const name = nameOf(field.keys)
    if (name !== undefined) add(names, name, field)
  }
  return names
}

/** The first whose end is behind the offset. */
function firstBehind(fields: readonly Field[], at: number): number {
  const low = countWhile(fields, ({ extent: [, end] }) => end <= at)
  return low
}

/** `PASS`, and `PASS / os / environ / get() / BB_PASS`: the default of a variable of the environment. */
function nameOf(keys: readonly string[]): string | undefined {
  // An argument by name is not what the name stands for elsewhere.
  if (/\(\)$/.test(keys.at(-2) ?? '') && !/^(?:define|get|getenv|getOrDefault)\(\)$/.test(keys.at(-2) ?? ''))
    return undefined
  const rest = [...keys]
  while (
    rest.length > 1 &&
    /^(?:os|environ|get\(\)|getenv\(\)|getOrDefault\(\)|env|process|\d|[A-Z][A-Z0-9_]+)$/.test(rest.at(-1) ?? '')
  )
    if (!/^[A-Z]/.test(rest.at(-1) ?? '') || /\(\)$|^environ$|^env$/.test(rest.at(-2) ?? '')) rest.pop()
    else break
  const name = rest.at(-1)
  return name === undefined || /\(\)$/.test(name) || /^\d+$/.test(name) ? undefined : lastOf(name)
}

function lastOf(name: string): string {
  return /[A-Za-z_]\w*$/.exec(name)?.[0] ?? name
}

function add(names: Map<string, Field[]>, name: string, field: Field): void {
  const known = names.get(name)
  if (known === undefined) names.set(name, [field])
  else known.push(field)
}

function nearestOf(fields: readonly Field[], at: number): Field | undefined {
  return fields[Math.max(0, firstBehind(fields, at) - 1)]
}

const SET =
  /(?<![\w.])[$@]{0,2}([A-Za-z_]\w{0,99})["']?[ \t]*(?::[ \t]*\w{1,40}[ \t]*)?(?:=>|:=|[=:])[ \t]*[bfru$@]?(["'])([^"'\\\n]{1,4096})\2/g

/** Without a reader of its own only what has no escapes is understood. */
function quotedProgram(text: StoredText): Program {
  let names: Map<string, Field[]> | undefined
  const read = (): Map<string, Field[]> => {
    const all = new Map<string, Field[]>()
    for (const { index, 0: match, 1: name = '', 3: value = '' } of text.text.matchAll(SET)) {
      const end = index + match.length - 1
      const field: Field = { keys: [name], value: tailOf(text, end - value.length, end), extent: [index, end + 1] }
      add(all, name, field)
    }
    return all
  }
  return {
    text: text.text,
    slice: (from, to) => tailOf(text, from, to),
    literalAt: (from, to) => plainLiteral(text, from, to),
    valueOf: (name, at) => {
      names ??= read()
      return nearestOf(names.get(lastOf(name)) ?? [], at)
    },
  }
}

function plainLiteral(text: StoredText, from: number, to: number): Written | undefined {
  const match = /^([^"'`]{0,2}["'`])([^\\\n]*)["'`]$/.exec(text.text.slice(from, to))
  const start = from + (match?.[1]?.length ?? 0)
  return match === null ? undefined : { value: tailOf(text, start, to - 1) }
}
