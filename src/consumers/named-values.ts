import type { StoredText } from '../formats/field.ts'
import type { Document } from '../model/consumer.ts'
import { type FieldDocument, fieldsOf } from './document-fields.ts'
import { type DocumentReader, type Found, foundAt, type Reading, type Whom } from './field-detector.ts'
import { joinedValues } from './joined-values.ts'
import { tailOf } from './variables.ts'

/**
 * A name with its value wherever they stand in a text: JSON and forms in arguments of commands, maps and keyword arguments of programs,
 * queries of URLs.
 */
export interface NamedRule extends Reading {
  readonly secret: readonly string[]
  readonly username?: readonly string[]
  readonly whom: Whom
  /** What has to stand around the name: the address that is called, the kind of what is made. Not global. */
  readonly around?: RegExp
  /** All of it stands in the same brackets: the arguments of a call, an object. */
  readonly together?: boolean
}

export function inNamedValues(rules: readonly NamedRule[]): DocumentReader {
  return (each, document) => {
    const joined = joinedValues(each)
    return rules.flatMap((rule) =>
      joined.search(patternOf(rule.secret)) === -1
        ? []
        : textsOf(each, document).flatMap((text) => inText(rule, text, document)),
    )
  }
}

/** Values first, where escapes are resolved; then the whole, for what is no value. */
function textsOf(each: FieldDocument, document: Document): readonly StoredText[] {
  const values = each.fields.map(({ value }) => value)
  // What has fields is read by rules for fields; only its values can hold such a text.
  return each === fieldsOf(document) && !STRUCTURED.has(each.format) ? [...values, each.whole] : values
}

const STRUCTURED: ReadonlySet<string> = new Set(['json', 'yaml', 'toml', 'xml', 'hcl', 'ini', 'properties'])
/** A request is rarely longer. */
const AROUND = 500

function inText(rule: NamedRule, value: StoredText, { seal }: Document): readonly Found[] {
  const { text } = value
  return [...text.matchAll(patternOf(rule.secret))].flatMap((match) => {
    const { 1: name = '', index } = match
    const [from, to] =
      rule.together === true ? bracketsAround(text, index) : [Math.max(0, index - AROUND), index + AROUND]
    const window = text.slice(from, to)
    if (rule.around?.test(window) === false) return []
    const user = nearest(window, rule.username ?? [], index - from)
    const username = user === undefined ? undefined : tailOf(value, from + user[0], from + user[1])
    const [start, end] = valueSpan(match)
    return foundAt(rule, { keys: [name], value: tailOf(value, start, end) }, username, rule.whom, seal)
  })
}

const PATTERNS = new Map<string, RegExp>()

/** Behind the value stands what ends it: a quote, a comma, a bracket, the next of a form. Of `name: Type = value` the type is no value. */
function patternOf(names: readonly string[]): RegExp {
  const key = names.join('|')
  const known = PATTERNS.get(key)
  if (known !== undefined) return known
  const made = new RegExp(
    `(?<![\\w-])(${key})(?:\\\\?["'])?\\s{0,8}(?:=>|[:=])\\s{0,8}(?:\\\\?["'])?([^\\s"'\\\\,;&}{)(]{3,4096})(?![^\\s"'\\\\,;&}{)(]|\\s{0,4}[=(])`,
    'g',
  )
  PATTERNS.set(key, made)
  return made
}

function valueSpan({ 0: whole, 2: value = '', index = 0 }: RegExpMatchArray): readonly [number, number] {
  return [index + whole.length - value.length, index + whole.length]
}

function nearest(window: string, names: readonly string[], at: number): readonly [number, number] | undefined {
  if (names.length === 0) return undefined
  const found = [...window.matchAll(patternOf(names))].map(valueSpan)
  return found.sort((a, b) => Math.abs(a[0] - at) - Math.abs(b[0] - at))[0]
}

function bracketsAround(text: string, at: number): readonly [number, number] {
  return [edgeFrom(text, at, -1) + 1, edgeFrom(text, at, 1)]
}

/** The next bracket that is open at `at`, or the furthest that is looked at. */
function edgeFrom(text: string, at: number, step: -1 | 1): number {
  const [opening, closing] = step === 1 ? ['{(', '})'] : ['})', '{(']
  let depth = 0
  let next = at
  for (; next >= 0 && next < text.length && Math.abs(next - at) < AROUND; next += step) {
    const character = text.charAt(next)
    if (opening.includes(character)) depth++
    else if (closing.includes(character) && --depth < 0) break
  }
  return next
}
