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
export function ownBlock({ extent: [at] }: Near, { format, text }: FieldDocument): OwnBlock | undefined {
  const extent = format === 'shell' ? commandAt(at, text) : hasBrackets(format) ? bracketsAt(at, text) : undefined
  return extent === undefined ? undefined : { extent, isOfOthers: isOfOthers(text.slice(...extent)) }
}

export function stands({ extent: [at] }: Near, block: OwnBlock | undefined): boolean {
  return block === undefined || (block.extent[0] <= at && at < block.extent[1])
}

function isOfOthers(text: string): boolean {
  const hosts = hostsIn(text)
  return hosts.isAny && !/bitbucket\.org/i.test(text)
}

function hasBrackets(format: FieldDocument['format']): boolean {
  return isProgram(format) || format === 'groovy'
}

/** What these set holds for the rest of the script. */
const SETS = /^(?:export|declare|typeset|local|readonly|set|setenv|setx)$/i
const ASSIGNMENT = /^[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=/

/** The last text that was asked about, so that a script full of values is read once. */
let known: { readonly text: string; readonly commands: readonly ShellCommand[] } = { text: '', commands: [] }

function commandAt(at: number, text: string): Span | undefined {
  if (known.text !== text) known = { text, commands: readShellCommands(text) }
  const around = known.commands.filter(({ extent: [from, to] }) => from <= at && at < to)
  const [command] = around.sort((a, b) => a.extent[1] - a.extent[0] - (b.extent[1] - b.extent[0]))
  const name = command?.words.find(({ value }) => !ASSIGNMENT.test(value.text))
  return command === undefined || name === undefined || SETS.test(name.value.text) ? undefined : command.extent
}

/** Further away nothing is said about a value. */
const FURTHEST = 4000

function bracketsAt(at: number, text: string): Span | undefined {
  for (let [from, to] = [at, at]; ; ) {
    from = openBefore(from, text, at - FURTHEST)
    to = closeBehind(to, text, at + FURTHEST)
    if (from < 0 || to < 0) return undefined
    if (hostsIn(text.slice(from, to)).isAny) return [from, to]
  }
}

function openBefore(from: number, text: string, furthest: number): number {
  for (let [at, depth] = [from - 1, 0]; at >= Math.max(0, furthest); at--) {
    const character = text.charAt(at)
    if (')]}'.includes(character)) depth++
    if ('([{'.includes(character) && depth-- === 0) return at
  }
  return -1
}

function closeBehind(from: number, text: string, furthest: number): number {
  for (let [at, depth] = [from, 0]; at < Math.min(text.length, furthest); at++) {
    const character = text.charAt(at)
    if ('([{'.includes(character)) depth++
    if (')]}'.includes(character) && depth-- === 0) return at + 1
  }
  return -1
}
