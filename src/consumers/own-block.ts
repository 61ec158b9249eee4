import { countWhile } from '../formats/count-while.ts'
import { readShellCommands } from '../formats/shell-fields.ts'
import type { ShellCommand } from '../formats/shell-words.ts'
import type { Span } from '../model/place.ts'
import type { FieldDocument } from './document-fields.ts'
import { isProgram } from './document-format.ts'
import type { Near } from './field-index.ts'
import { hostsIn } from './nearest-host.ts'

/** What a value belongs to, where the keys around it do not tell: what stands outside says nothing about it. */
export interface OwnBlock {
  /** Whether it names hosts, and none of Bitbucket. */
  readonly isOfOthers: boolean
  readonly holds: (other: Near) => boolean
}

/** The command that a value of a script is handed to; in a program, the innermost brackets that name a host. */
export function ownBlock({ extent: [at] }: Near, document: FieldDocument): OwnBlock | undefined {
  const { format, text } = document
  if (format === 'shell') {
    const command = commandAt(at, document)
    return command === undefined ? undefined : blockOf(command, text, () => true)
  }
  if (!isProgram(format) && format !== 'groovy') return undefined
  // Blocks side by side may have the same keys.
  return blockOf(bracketsAt(at, document) ?? [0, text.length], text, (other) => isIn(at, bracesAt(other, document)))
}

function blockOf(extent: Span, text: string, mayHold: (at: number) => boolean): OwnBlock {
  const { isNamed } = hostsIn(text)
  return {
    isOfOthers: isNamed(...extent, 'any') && !isNamed(...extent, 'bitbucket'),
    holds: ({ extent: [at] }) => isIn(at, extent) && mayHold(at),
  }
}

function isIn(at: number, [from, to]: Span): boolean {
  return from <= at && at < to
}

/** What these set holds for the rest of the script. */
const SETS = /^(?:export|declare|typeset|local|readonly|set|setenv|setx)$/i
const ASSIGNMENT = /^[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=/

const COMMANDS = new WeakMap<FieldDocument, readonly ShellCommand[]>()

/** In the order in which they begin: those of a substitution behind the one that they stand in. */
function commandsOf(document: FieldDocument): readonly ShellCommand[] {
  const known = COMMANDS.get(document)
  if (known !== undefined) return known
  const commands = [...readShellCommands(document.text)].sort((a, b) => a.extent[0] - b.extent[0])
  COMMANDS.set(document, commands)
  return commands
}

/** Of one command; more substitutions stand in none. */
const MOST_INSIDE = 64

function commandAt(at: number, document: FieldDocument): Span | undefined {
  const commands = commandsOf(document)
  const count = countWhile(commands, ({ extent: [from] }) => from <= at)
  const command = commands.slice(Math.max(0, count - MOST_INSIDE), count).findLast(({ extent }) => isIn(at, extent))
  const name = command?.words.find(({ value }) => !ASSIGNMENT.test(value.text))
  return command === undefined || name === undefined || SETS.test(name.value.text) ? undefined : command.extent
}

/** Further away nothing is said about a value. */
const FURTHEST = 4000

/** The innermost brackets that name a host. */
function bracketsAt(at: number, document: FieldDocument): Span | undefined {
  const { isNamed } = hostsIn(document.text)
  return pairsOf(document, 'brackets')
    .around(at)
    .find((span) => isNamed(...span, 'any'))
}

/** The braces around what stands there; without any all of the text. */
function bracesAt(at: number, document: FieldDocument): Span {
  return pairsOf(document, 'braces').around(at)[0] ?? [0, document.text.length]
}

/** Brackets that belong together. */
interface Pairs {
  /** From the innermost outwards, as far as they begin and end near enough. */
  readonly around: (at: number) => readonly Span[]
}

type Kind = 'braces' | 'brackets'

const CHARACTERS: Readonly<Record<Kind, readonly [opening: string, closing: string]>> = {
  braces: ['{', '}'],
  brackets: ['([{', ')]}'],
}

const PAIRS = new WeakMap<FieldDocument, Map<Kind, Pairs>>()

/** Read once for all values of a document. */
function pairsOf(document: FieldDocument, kind: Kind): Pairs {
  const known = PAIRS.get(document) ?? new Map<Kind, Pairs>()
  PAIRS.set(document, known)
  const pairs = known.get(kind) ?? readPairs(document.text, kind)
  known.set(kind, pairs)
  return pairs
}

interface Pair {
  readonly from: number
  /** Absent: it is not closed. */
  to?: number
  readonly outer: Pair | undefined
}

function readPairs(text: string, kind: Kind): Pairs {
  const [opening, closing] = CHARACTERS[kind]
  const turns: { readonly at: number; readonly inner: Pair | undefined }[] = []
  let inner: Pair | undefined
  for (const { 0: character, index } of text.matchAll(/[()[\]{}]/g)) {
    if (opening.includes(character)) inner = { from: index, outer: inner }
    else if (closing.includes(character) && inner !== undefined) {
      inner.to = index + 1
      inner = inner.outer
    } else continue
    turns.push({ at: index + 1, inner })
  }
  return { around: (at) => spansFrom(turns[countWhile(turns, ({ at: turn }) => turn <= at) - 1]?.inner, at) }
}

function spansFrom(innermost: Pair | undefined, at: number): readonly Span[] {
  const spans: Span[] = []
  for (let pair = innermost; pair !== undefined && pair.from >= at - FURTHEST; pair = pair.outer) {
    if (pair.to !== undefined && pair.to > at + FURTHEST) break
    if (pair.to !== undefined) spans.push([pair.from, pair.to])
  }
  return spans
}
