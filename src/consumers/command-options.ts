import type { StoredText } from '../formats/field.ts'
import type { ShellWord } from '../formats/shell-word.ts'
import { readShell } from '../formats/shell-words.ts'
import type { Document } from '../model/consumer.ts'
import { type FieldDocument, fieldsOf } from './document-fields.ts'
import { type DocumentReader, type Found, foundAt, type Reading, type Whom, whomOf } from './field-detector.ts'
import { joinedValues } from './joined-values.ts'
import { tailOf } from './variables.ts'

/** Options of a command that take a credential, wherever the command stands: scripts, steps of pipelines, documentation. */
export interface CommandRule extends Reading {
  /** How the command begins: `argocd repo add`. Global. */
  readonly command: RegExp
  /** `--password` and the like. */
  readonly secret: readonly string[]
  readonly username?: readonly string[]
  /** Options that hold the URL. Absent: an argument of the command is one. */
  readonly host?: readonly string[]
  /** The command is for Bitbucket alone. */
  readonly whom?: Whom
  /** What other options have to say; one that is not there says the empty text. */
  readonly where?: readonly (readonly [option: string, says: RegExp])[]
}

export function inCommands(rules: readonly CommandRule[]): DocumentReader {
  return (each, document) => {
    const joined = joinedValues(each)
    return rules.flatMap((rule) =>
      joined.search(rule.command) === -1 ? [] : textsOf(each, document).flatMap((text) => inText(rule, text, document)),
    )
  }
}

/** A command whose credential is told by its position among the arguments. */
export interface ArgumentRule extends Reading {
  /** How the command begins. Global. */
  readonly command: RegExp
  /** Which of the words, counted from 0, are what; absent: it sets no credential of Bitbucket. */
  readonly find: (words: readonly string[]) => FoundArguments | undefined
}

export interface FoundArguments {
  readonly name: string
  readonly secret: number
  readonly username?: number
  readonly whom: Whom
}

export function inArguments(rule: ArgumentRule): DocumentReader {
  return (each, document) =>
    joinedValues(each).search(rule.command) === -1
      ? []
      : textsOf(each, document).flatMap((text) => argumentsIn(rule, text, document))
}

function argumentsIn(rule: ArgumentRule, value: StoredText, { seal }: Document): readonly Found[] {
  return [...value.text.matchAll(rule.command)].flatMap(({ index }) => {
    const line = lineFrom(value.text, index)
    const words = wordsOf(line)
    const found = rule.find(words.map((word) => word.value.text))
    const at = (word: number | undefined): StoredText | undefined => {
      const given = word === undefined ? undefined : words[word]?.value
      const plain = given === undefined ? undefined : plainSpan(given, line)
      return plain === undefined ? undefined : tailOf(value, index + plain[0], index + plain[1])
    }
    const secret = at(found?.secret)
    if (found === undefined || secret === undefined) return []
    return foundAt(rule, { keys: found.name.split('.'), value: secret }, at(found.username), found.whom, seal)
  })
}

/** A value with escapes inside is none that anybody issued. */
function plainSpan(value: StoredText, line: string): readonly [number, number] | undefined {
  const [from, to] = value.spanOf(0, value.text.length)
  return line.slice(from, to) === value.text ? [from, to] : undefined
}

/** Values first, where escapes are resolved; then the whole, for what is no value. */
function textsOf(each: FieldDocument, document: Document): readonly StoredText[] {
  const values = each.fields.map(({ value }) => value)
  return each === fieldsOf(document) ? [...values, each.whole] : values
}

/** Of one command, over several lines. */
const LONGEST = 4096

function inText(rule: CommandRule, value: StoredText, { seal }: Document): readonly Found[] {
  const matches = [...value.text.matchAll(rule.command)]
  return matches.flatMap(({ index, 0: head }, nth) => {
    // The next one on the same line ends it.
    const line = lineFrom(value.text.slice(0, matches[nth + 1]?.index), index)
    const words = wordsOf(line)
    const option = (names: readonly string[]): Argument | undefined => optionOf(words, names, line)
    const secret = option(rule.secret)
    const whom = rule.whom ?? whomOfCommand(words, rule.host === undefined ? undefined : option(rule.host), line)
    const isSaid = ([name, says]: readonly [string, RegExp]): boolean => {
      const { from, to } = option([name]) ?? { from: 0, to: 0 }
      return says.test(line.slice(from, to))
    }
    if (secret === undefined || whom === undefined || rule.where?.every(isSaid) === false) return []
    const at = ({ from, to }: Argument): StoredText => tailOf(value, index + from, index + to)
    const username = option(rule.username ?? [])
    const keys = [head.trim().replace(/\s+/g, '-'), secret.name]
    return foundAt(rule, { keys, value: at(secret) }, username === undefined ? undefined : at(username), whom, seal)
  })
}

/** Up to the end of the line; a backslash or a backtick at its end carries on. */
function lineFrom(text: string, from: number): string {
  const piece = text.slice(from, from + LONGEST)
  const line = piece.slice(0, /(?<![\\`])(?<![\\`]\r)\r?\n/.exec(piece)?.index ?? piece.length)
  return line.replace(/[\\`]\r\n/g, ' \\\n').replace(/`(?=\n)/g, '\\')
}

/** All words of the line: a pipe or a substitution is rarely part of it, and does no harm. */
function wordsOf(line: string): readonly ShellWord[] {
  return readShell(line).commands.flatMap(({ words }) => words)
}

interface Argument {
  readonly name: string
  /** In the line, without quotes. */
  readonly from: number
  readonly to: number
}

/** `--name value` or `--name=value`. */
function optionOf(words: readonly ShellWord[], names: readonly string[], line: string): Argument | undefined {
  for (const [index, word] of words.entries()) {
    const { text } = word.value
    const name = names.find((each) => text === each || text.startsWith(`${each}=`))
    if (name === undefined) continue
    const value = text === name ? words[index + 1]?.value : word.part(name.length + 1)
    if (value === undefined) return undefined
    const plain = plainSpan(value, line)
    return plain === undefined ? undefined : { name, from: plain[0], to: plain[1] }
  }
  return undefined
}

function whomOfCommand(words: readonly ShellWord[], host: Argument | undefined, line: string): Whom | undefined {
  if (host !== undefined) return whomOf(line.slice(host.from, host.to))
  return words.flatMap(({ value }) => whomOf(value.text.replace(/^--?[\w-]+=/, '')) ?? [])[0]
}
