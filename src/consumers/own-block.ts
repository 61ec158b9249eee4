import { readShellCommands } from '../formats/shell-fields.ts'
import type { ShellCommand } from '../formats/shell-words.ts'
import type { Span } from '../model/place.ts'
import type { FieldDocument } from './document-fields.ts'
import { isProgram } from './document-format.ts'
import type { Near } from './field-index.ts'
import { hostsIn } from './nearest-host.ts'

/** What a value belongs to, where the keys around it do not tell: what stands outside says nothing about it. */
export interface OwnBlock {
  readonly extent: Span
  /** Whether it names hosts, and none of Bitbucket. */
  readonly isOfOthers: boolean
}

/** The command that a value of a script is handed to; in a program, the innermost brackets that name a host. */
export function ownBlock({ extent: [at] }: Near, document: FieldDocument): OwnBlock | undefined {
  const { format, text } = document
  const extent = format === 'shell' ? commandAt(at, document) : hasBrackets(format) ? bracketsAt(at, text) : undefined
  return extent === undefined ? undefined : { extent, isOfOthers: isOfOthers(extent, text) }
}

export function stands({ extent: [at] }: Near, block: OwnBlock | undefined): boolean {
  return block === undefined || (block.extent[0] <= at && at < block.extent[1])
}

function isOfOthers(extent: Span, text: string): boolean {
  return hostsIn(text).isAnyIn(extent) && !/bitbucket\.org/i.test(text.slice(...extent))
}

function hasBrackets(format: FieldDocument['format']): boolean {
  return isProgram(format) || format === 'groovy'
}

/** What these set holds for the rest of the script. */
const SETS = /^(?:export|declare|typeset|local|readonly|set|setenv|setx)$/i
const ASSIGNMENT = /^[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=/

/** By where they begin. A script full of values is read once. */
const COMMANDS = new WeakMap<FieldDocument, readonly ShellCommand[]>()

function commandsOf(document: FieldDocument): readonly ShellCommand[] {
  const known = COMMANDS.get(document)
  if (known !== undefined) return known
  const commands = readShellCommands(document.text).toSorted((one, other) => one.extent[0] - other.extent[0])
  COMMANDS.set(document, commands)
  return commands
}

/** Further away nothing is said about a value. */
const FURTHEST = 4000

/** The innermost command around it. */
function commandAt(at: number, document: FieldDocument): Span | undefined {
  const commands = commandsOf(document)
  for (let index = indexBefore(commands, at); index >= 0; index--) {
    const command = commands[index]
    if (command === undefined || command.extent[0] < at - FURTHEST) return undefined
    if (at < command.extent[1]) return isSetting(command) ? undefined : command.extent
  }
  return undefined
}

/** Of the last command that begins there or before. */
function indexBefore(commands: readonly ShellCommand[], at: number): number {
  let [low, high] = [0, commands.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((commands[middle]?.extent[0] ?? 0) <= at) low = middle + 1
    else high = middle
  }
  return low - 1
}

function isSetting({ words }: ShellCommand): boolean {
  const name = words.find(({ value }) => !ASSIGNMENT.test(value.text))
  return name === undefined || SETS.test(name.value.text)
}

function bracketsAt(at: number, text: string): Span | undefined {
  const { isAnyIn } = hostsIn(text)
  for (let [from, to] = [at, at]; ; ) {
    from = openBefore(from, text, at - FURTHEST)
    to = closeBehind(to, text, at + FURTHEST)
    if (from < 0 || to < 0) return undefined
    if (isAnyIn([from, to])) return [from, to]
  }
}

function openBefore(from: number, text: string, furthest: number): number {
  let depth = 0
  for (let at = from - 1; at >= Math.max(0, furthest); at--) {
    const turn = turnAt(text, at)
    if (turn === 'close') depth++
    if (turn === 'open' && depth-- === 0) return at
  }
  return -1
}

function closeBehind(from: number, text: string, furthest: number): number {
  let depth = 0
  for (let at = from; at < Math.min(text.length, furthest); at++) {
    const turn = turnAt(text, at)
    if (turn === 'open') depth++
    if (turn === 'close' && depth-- === 0) return at + 1
  }
  return -1
}

/** By character codes: every value of a document asks for the thousands around it. */
function turnAt(text: string, at: number): 'open' | 'close' | undefined {
  const code = text.charCodeAt(at)
  if (code === 0x28 || code === 0x5b || code === 0x7b) return 'open'
  return code === 0x29 || code === 0x5d || code === 0x7d ? 'close' : undefined
}
