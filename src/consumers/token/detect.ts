import type { StoredText } from '../../formats/field.ts'
import type { Detector, Document } from '../../model/consumer.ts'
import type { Place, Span } from '../../model/place.ts'
import { tokenTextsIn } from '../../model/token-text.ts'
import { type FieldDocument, fieldsOf } from '../document-fields.ts'
import { everyDocument, type Found, placesOf } from '../field-detector.ts'
import { wholeOf } from '../field-place.ts'
import { hostsIn } from '../nearest-host.ts'
import { isPlaceholder } from '../placeholder.ts'
import { tailOf } from '../variables.ts'

/** Finds whole tokens by prefix and checksum wherever nobody else knows what they are for. */
export const tokenDetector: Detector = {
  matches: () => true,
  keywords: [],
  breadth: 'anywhere',
  detect: (document) => ({ places: placesIn(document), demands: [], unread: [], ofOthers: ofOthersIn(document) }),
}

/** Whole tokens of the bytes, for Jira, Confluence or an organisation by what stands around them. */
function ofOthersIn(document: Document): readonly Span[] {
  const read = everyDocument(fieldsOf(document))
  const whole = aroundOf(fieldsOf(document).text)
  const others = new Set(read.flatMap((each) => ofOtherKeys(each)))
  const isOthers = (token: string, from: number, to: number): boolean =>
    token.startsWith('ATATT3') ? isOfOther(whole, from, to) : isOfAtlassian(whole.whole, from)
  return tokenTextsIn(document.bytes)
    .filter(({ text, span: [from, to] }) => others.has(text) || (!text.startsWith('ATBB') && isOthers(text, from, to)))
    .map(({ span }) => span)
}

function placesIn(document: Document): readonly Place[] {
  const read = everyDocument(fieldsOf(document))
  const inFields = read.flatMap((each) => {
    const whole = aroundOf(each.text)
    return each.fields.flatMap(({ keys, value }) => inText(value, keys, whole))
  })
  const others = new Set(read.flatMap((each) => ofOtherKeys(each)))
  const inBytes = read
    .slice(0, 1)
    .flatMap((each) => inText(each.whole, [], aroundOf(each.text)))
    .filter(({ pieces: { secret } }) => !others.has(secret.text.text.slice(secret.from, secret.to)))
  return placesOf(document, 'token', [...inFields, ...inBytes])
}

/** Tokens under keys that name another product: what stands around the key in the text, such as a section of Bitbucket below, says less. */
function ofOtherKeys({ fields, text }: FieldDocument): readonly string[] {
  const whole = aroundOf(text)
  return fields
    .filter(({ keys, value }) => isOfOtherKey(value.text, keys.join('.'), whole))
    .map(({ value }) => value.text)
}

function isOfOtherKey(value: string, names: string, whole: Around): boolean {
  if (value.startsWith('ATCTT3')) return isOfOrganisation(value, names, whole.whole)
  return value.startsWith('ATATT3') && isOfOtherName(names, whole)
}

/** The text around tokens: of the whole document, so it is asked once, however many there are. */
interface Around {
  /** Without the tokens. */
  readonly text: string
  readonly whole: string
  /** It is about another product, and not about Bitbucket. */
  readonly isOfOther: () => boolean
}

function aroundOf(whole: string): Around {
  // `-bb-` inside a token says nothing.
  const text = whole.replace(/AT[AC]TT3[\w-]{20,400}(?:(?:=|%3d)[0-9A-F]{8})?/gi, (token) => ' '.repeat(token.length))
  let answer: boolean | undefined
  return {
    text,
    whole,
    isOfOther: () => {
      answer ??= OTHER.test(text) && !BITBUCKET.test(text)
      return answer
    },
  }
}

/** How much of what stands around a token tells whose it is. */
const AROUND = 400

function inText(value: StoredText, keys: readonly string[], whole: Around): readonly Found[] {
  if (!/AT(?:BB|ATT3|CTT3)/.test(value.text)) return []
  return tokenTextsIn(Buffer.from(value.text, 'latin1')).flatMap(({ text, span: [from, to] }) => {
    const stored = value.text.slice(from, to)
    if (stored !== text && stored.replace(/%3d/gi, '=') !== text) return []
    const isOther = keys.length === 0 ? isOfOther(whole, from, to) : isOfOtherName(keys.join('.'), whole)
    if (text.startsWith('ATATT3') && isOther) return []
    if (text.startsWith('ATCTT3') && isOfOrganisation(stored, keys.join('.'), whole.whole)) return []
    return [foundAt(value, [from, to], stored === text ? 'plain' : 'percent', keys)]
  })
}

/** `user:` before a token in a value; not in prose, where a colon is a colon. */
const NAME_BEFORE = /(?:^|[\s"'=,(])([^\s"'=,():/@]{1,100}(?:(?:@|%40)[\w.-]{1,100})?):$/
const LONGEST_NAME = 250
/** What says of itself that it is no name of anybody. */
const LABEL = /^(?:pass(?:word|wd)?|pw|pwd|secret|(?:[\w-]*[_-])?(?:token|key|secret|password)|bearer|basic)$/i

/** A secret that stands behind its username would be given a new one under the old name, were the two not known to be a pair. */
function usernameBefore(value: StoredText, at: number, keys: readonly string[]): StoredText | undefined {
  if (keys.length === 0) return undefined
  const name = NAME_BEFORE.exec(value.text.slice(Math.max(0, at - LONGEST_NAME), at))?.[1]
  if (name === undefined || LABEL.test(name) || isPlaceholder(name)) return undefined
  return tailOf(value, at - 1 - name.length, at - 1)
}

/** Keys of administrators of an organisation have the prefix of access tokens (docs/bitbucket-authentication.md, "Token formats"). */
function isOfOrganisation(stored: string, names: string, whole: string): boolean {
  if (/(?:^|[^a-z])(?:org|organi[sz]ation|admin)(?:[^a-z]|$)/i.test(names) && !BITBUCKET.test(names)) return true
  const at = whole.indexOf(stored)
  return at !== -1 && isOfAtlassian(whole, at)
}

function isOfAtlassian(whole: string, at: number): boolean {
  return /(?:^|\.)atlassian\.(?:com|net)$/.test(hostsIn(whole).nearest(at) ?? '')
}

/** Jira and Confluence take tokens of the same prefix. */
const BITBUCKET = /bitbucket|(?:^|[^a-z])bb(?:[^a-z]|$)/i
const OTHER = /jira|confluence|atlassian\.net|api\.atlassian\.com|opsgenie|statuspage|trello/i

function isOfOtherName(names: string, whole: Around): boolean {
  if (BITBUCKET.test(names)) return false
  return OTHER.test(names) || whole.isOfOther()
}

/** What stands nearest decides: the line, then what is around it, then the document. */
function isOfOther(whole: Around, from: number, to: number): boolean {
  const { text } = whole
  const line =
    text
      .slice(Math.max(0, from - AROUND), from)
      .split('\n')
      .at(-1) ?? ''
  const near = `${line}${text.slice(to, to + 80).split('\n')[0] ?? ''}`
  if (BITBUCKET.test(near) || OTHER.test(near)) return !BITBUCKET.test(near)
  const around = text.slice(Math.max(0, from - AROUND), to + AROUND)
  if (BITBUCKET.test(around) || OTHER.test(around)) return !BITBUCKET.test(around)
  return whole.isOfOther()
}

function foundAt(
  value: StoredText,
  [from, to]: readonly [number, number],
  written: 'plain' | 'percent',
  keys: readonly string[],
): Found {
  const username = usernameBefore(value, from, keys)
  return {
    keys: keys.length === 0 ? ['token'] : keys,
    host: 'bitbucket.org',
    pieces: {
      secret: wholeOf(tailOf(value, from, to), written),
      ...(username === undefined ? {} : { username: wholeOf(username, written) }),
    },
    confidence: { level: 'likely', reason: 'the checksum fits; nothing tells what it is used for' },
    uses: [],
    unresolved: 'nothing tells what it is used for',
  }
}
