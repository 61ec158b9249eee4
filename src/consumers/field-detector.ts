import { resourceOfPath } from '../bitbucket/scopes.ts'
import { decodeBasicPair } from '../formats/base64-pair.ts'
import { decodeUtf8 } from '../formats/byte-text.ts'
import type { Field, StoredText } from '../formats/field.ts'
import { readUrl } from '../formats/url.ts'
import type { Detector, Document } from '../model/consumer.ts'
import type { Confidence, ConsumerId, Detection, Hindrance, Place, UnreadPart } from '../model/place.ts'
import type { Operation, Repository, Use } from '../model/use.ts'
import { isBitbucketHost, isRestHost, repositoryOf } from './bitbucket-hosts.ts'
import { type FieldDocument, fieldsOf, LARGEST_FOR_PARSER, type NestedDocument } from './document-fields.ts'
import { indexOf } from './field-index.ts'
import { decodedPiece, type Piece, type Pieces, placeOfPieces, storedPiece, wholeOf } from './field-place.ts'
import { hostOfKey, type KeyPattern, keysOf, lastKeyOf, matchKeys } from './key-pattern.ts'
import { secretConfidence } from './secret-text.ts'
import { shownName } from './shown-name.ts'
import { type Trigrams, trigramsOf } from './trigrams.ts'
import { BY_NAME_ALONE } from './unresolved.ts'
import { isInterpolated, isUrlFormat } from './url-format.ts'
import { tailOf, type Variable } from './variables.ts'
import { isAliased, withAliases } from './yaml-aliases.ts'

/** What stands in the field: the secret alone, `user:secret`, either of the two, or base64 of the pair. */
export type SecretForm = 'secret' | 'pair' | 'pair or secret' | 'base64-pair'

export interface Reading {
  readonly form?: SecretForm
  /** What the consumer does with it. The first decides the host where nothing in the document names one. */
  readonly operations: readonly Operation[]
  /** The name that the consumer always sends. */
  readonly fixedUsername?: string
  /** Without this in the document the field is for something else: `platform: bitbucket`. */
  readonly needs?: RegExp
  /** Whose it is, its name says; what for, nothing does. */
  readonly isGuess?: boolean
  /** What the text says to its consumer, where it is encrypted. */
  readonly opened?: string
}

/** A field of a structured document. Wildcards stand for the same in all patterns of a rule. */
export interface FieldRule extends Reading {
  readonly secret: KeyPattern
  /** The first that is there. */
  readonly username?: readonly KeyPattern[]
  /** A field that holds a URL or a host; the place counts only if that is of Bitbucket. */
  readonly host?: readonly KeyPattern[]
  /** What other fields have to say: the platform, `bitbucket`. One that is not there says the empty text. */
  readonly where?: readonly (readonly [field: KeyPattern, says: RegExp])[]
}

/** A variable by its name, wherever variables are set. */
export interface VariableRule extends Reading {
  readonly variable: string
  /** The first that is set beside it. */
  readonly username?: readonly string[]
  /** Of the program that reads the variable, in the arguments of the same container: it comes before every variable. */
  readonly usernameFlag?: string
  /** The first that is set beside it holds the URL; that of another host makes the secret that host's. */
  readonly address?: readonly string[]
  /** What variables beside it have to say. One that is not set says the empty text. */
  readonly where?: readonly (readonly [variable: string, says: RegExp])[]
}

export interface FieldDetectorParts {
  readonly consumer: ConsumerId
  /** Paths of the documents that are this consumer's own; absent: any. */
  readonly files?: RegExp
  /** Text of which one must occur. */
  readonly keywords: readonly string[]
  /** What a document of this consumer says, where its path does not tell. One that is too large to be parsed is then told. */
  readonly says?: RegExp
  /** What names of files say, where their bytes need not: those are opened whatever stands in them. */
  readonly inNames?: readonly string[]
  readonly fields?: readonly FieldRule[]
  readonly variables?: readonly VariableRule[]
  /** Where rules cannot say it. */
  readonly more?: readonly DocumentReader[]
}

/** Asked of each document inside the document too: `each` is such a one, or the whole. */
export type DocumentReader = (each: FieldDocument, document: Document) => readonly Found[]

/** A detector from rules: it reads the document in its own format and looks where the consumer keeps its credentials. */
export function fieldDetector(parts: FieldDetectorParts): Detector {
  const asked = askedBy(parts)
  return {
    matches: (path) => parts.files === undefined || parts.files.test(path),
    // Asked of each document inside the document too, which may stand in base64.
    keywords: [],
    ...(parts.inNames === undefined ? {} : { wanted: { names: [], suffixes: [], inNames: parts.inNames } }),
    breadth: parts.files === undefined ? 'own names' : 'own files',
    detect: (document) => {
      const found = foundIn(document, parts, asked)
      const unread = [...tooLarge(document, parts), ...sealedIn(document, found)]
      if (found.length + unread.length === 0) return NOTHING_FOUND
      return { places: placesOf(document, parts.consumer, found), demands: [], unread }
    },
    variables: parts.variables ?? [],
  }
}

/** Silence about a file that is known to hold credentials would read as "none in it". */
function tooLarge(document: Document, { files, says, keywords }: FieldDetectorParts): readonly UnreadPart[] {
  const read = fieldsOf(document)
  if (read.isParsed || read.format === 'binary' || !(files ?? says)?.test(files ? document.path : read.text)) return []
  if (!keywords.some((keyword) => read.text.includes(keyword))) return []
  const detail = `it has ${read.text.length} bytes: of more than ${LARGEST_FOR_PARSER} only addresses, headers and tokens are read`
  return [{ reason: 'too-large', detail }]
}

const NOTHING_FOUND: Detection = { places: [], demands: [], unread: [] }

/** A finding before it has an address that nothing else has. */
export interface Found {
  readonly keys: readonly string[]
  readonly host: string
  readonly pieces: Pieces
  readonly confidence: Confidence
  readonly uses: readonly Use[]
  /** As in a place. */
  readonly unresolved?: string
  readonly declares?: Place['declares']
  readonly isOfStep?: Place['isOfStep']
  readonly hindrance?: Hindrance
  /** What stands there is encrypted, and no secret: by what, and what to do. */
  readonly sealed?: string
}

/** What the rules of one consumer ask for: most documents hold none of it, and no rule has to be tried. */
interface Asked {
  /** In lower case. */
  readonly lastKeys: readonly string[]
  readonly variables: readonly string[]
  /** A rule looks at fields of any name. */
  readonly isOpen: boolean
}

function askedBy({ fields = [], variables = [] }: FieldDetectorParts): Asked {
  const last = fields.map(({ secret }) => lastKeyOf(secret))
  return {
    lastKeys: [...new Set(last.filter((key) => key !== undefined))],
    variables: [...new Set(variables.map(({ variable }) => variable))],
    isOpen: last.includes(undefined),
  }
}

function mayHoldAsked(each: FieldDocument, { lastKeys, variables, isOpen }: Asked): boolean {
  if (isOpen) return true
  const { fieldsNamed, variablesNamed } = indexOf(each)
  for (const key of lastKeys) if (fieldsNamed(key).length > 0) return true
  for (const name of variables) if (variablesNamed(name).length > 0) return true
  return false
}

function foundIn(document: Document, parts: FieldDetectorParts, asked: Asked): readonly Found[] {
  const { keywords, more = [] } = parts
  const found: Found[] = []
  for (const each of everyDocument(fieldsOf(document))) {
    if (each.format === 'binary') continue
    // Rules seldom find anything, and find it at once; searching the text for the keywords takes longer.
    const byRules = mayHoldAsked(each, asked) ? foundByRules(each, document, parts) : NOTHING
    if (byRules.length === 0 && more.length === 0) continue
    if (!keywords.some((keyword) => says(each, keyword))) continue
    add(found, byRules)
    for (const read of more) add(found, read(each, document))
  }
  return found
}

const NOTHING: readonly Found[] = []

function foundByRules(
  each: FieldDocument,
  document: Document,
  { fields = [], variables = [] }: FieldDetectorParts,
): readonly Found[] {
  const found: Found[] = []
  for (const rule of fields) add(found, byFields(rule, each, document))
  for (const rule of variables) add(found, byVariables(rule, each, document))
  return found
}

/** Secrets of Bitbucket that nobody reads without a key which keyturn does not ask for; several rules may find one. */
function sealedIn(document: Document, found: readonly Found[]): readonly UnreadPart[] {
  const parts = new Map<number, UnreadPart>()
  for (const { sealed, keys, pieces } of found) {
    if (sealed === undefined) continue
    const { span } = storedPiece(document, pieces.secret)
    const detail = `${shownName(keys, '')}: ${sealed}`
    if (!parts.has(span[0])) parts.set(span[0], { span, reason: 'undecryptable', detail })
  }
  return [...parts.values()]
}

/** One by one: a call cannot take as many arguments as a document may have findings. */
function add(found: Found[], more: readonly Found[]): void {
  for (const one of more) found.push(one)
}

const TRIGRAMS = new WeakMap<FieldDocument, Trigrams>()

/** A document is asked for a hundred words, and holds few of them. */
function says(document: FieldDocument, keyword: string): boolean {
  const trigrams = TRIGRAMS.get(document) ?? trigramsOf(document.text)
  TRIGRAMS.set(document, trigrams)
  return trigrams.mayHold(keyword) && document.text.includes(keyword)
}

/** Addresses name keys; two of the same get numbers. */
export function placesOf(document: Document, consumer: ConsumerId, found: readonly Found[]): readonly Place[] {
  if (found.length === 0) return []
  const seen = new Map<string, number>()
  const readable = found.filter(({ sealed }) => sealed === undefined)
  const places = withoutRepeats(document, readable).map(
    ({ keys, host, pieces, confidence, uses, unresolved, declares, isOfStep, ...more }) => {
      const secret = decodedPiece(pieces.secret)
      const name = shownName(keys, secret).replace(/\s+/g, '%20') || 'text'
      const count = (seen.get(name) ?? 0) + 1
      seen.set(name, count)
      const address = count === 1 ? name : `${name}#${count}`
      const isCertain = confidence.level === 'certain'
      const shown = uses.map((use) => ({ ...use, by: shownName([use.by], secret) }))
      const place = placeOfPieces(document, {
        consumer,
        address,
        host,
        pieces,
        uses: shown,
        ...(isCertain ? {} : { confidence }),
      })
      const hindrance = more.hindrance ?? formatHindrance(pieces.secret, uses, document)
      return {
        ...place,
        ...(unresolved === undefined ? {} : { unresolved }),
        ...(declares === undefined ? {} : { declares }),
        ...(isOfStep === undefined ? {} : { isOfStep }),
        ...(hindrance === undefined ? {} : { hindrance }),
      }
    },
  )
  return withAliases(document, places)
}

/** An e-mail in a URL has a percent sign, which a format takes for its own. */
function formatHindrance(
  { text, from, to, written }: Piece,
  uses: readonly Use[],
  document: Document,
): Hindrance | undefined {
  if (written !== 'percent' || !uses.some(({ operation }) => operation === 'rest' || operation === 'web'))
    return undefined
  const read = fieldsOf(document)
  const isIn =
    isUrlFormat(text.text.slice(Math.max(0, from - LONGEST_URL), from), text.text.slice(to, to + LONGEST_URL)) ||
    (read.format === 'ini' && isInterpolated(read.text))
  if (!isIn) return undefined
  return {
    kind: 'not writable',
    reason: 'its URL is in a format (%s), which takes the %40 of an e-mail for a directive of its own',
    wayOut: 'Write the e-mail with %%40 and the token before the @ by hand, or hand both over outside of the URL.',
  }
}

const LONGEST_URL = 1000

/** A text that stands in a document inside another is met more than once; what an alias of YAML repeats is for all that it stands for. */
function withoutRepeats(document: Document, found: readonly Found[]): readonly Found[] {
  const first = new Map<string, Found>()
  for (const one of found) {
    const { span, inner } = storedPiece(document, one.pieces.secret)
    const key = [span[0], ...(inner ?? []).map((step) => step.span?.[0])].join(' ')
    const known = first.get(key)
    if (known === undefined) first.set(key, one)
    else if (one.keys.join('\0') !== known.keys.join('\0') && isAliased(document, span))
      first.set(key, { ...known, uses: [...known.uses, ...one.uses] })
  }
  return [...first.values()]
}

type AnyDocument = FieldDocument | NestedDocument
const EVERY = new WeakMap<AnyDocument, readonly AnyDocument[]>()

/** With those inside it, at any depth. A hundred consumers ask for them. */
export function everyDocument(document: AnyDocument): readonly AnyDocument[] {
  const known = EVERY.get(document)
  if (known !== undefined) return known
  const every = [document, ...document.nested.flatMap(everyDocument)]
  EVERY.set(document, every)
  return every
}

/** The same for one document inside the document. */
export function byFields(rule: FieldRule, document: FieldDocument, { seal }: Document): readonly Found[] {
  const { fieldAt, fieldsNamed } = indexOf(document)
  const lastKey = lastKeyOf(rule.secret)
  const fields = lastKey === undefined ? document.fields : fieldsNamed(lastKey)
  if (fields.length === 0 || rule.needs?.test(document.text) === false) return []
  return fields.flatMap((field) => {
    const captures = matchKeys(rule.secret, field.keys)
    if (captures === undefined) return []
    const at = (pattern: KeyPattern): Field | undefined => fieldAt(keysOf(pattern, captures), field)
    if (rule.where?.some(([other, says]) => !says.test(at(other)?.value.text ?? '')) === true) return []
    const host = hostFor(rule, captures.flat(), at)
    const username = firstOf(rule.username, at)
    return host === undefined ? [] : foundAt(rule, field, username?.value, host, seal)
  })
}

function byVariables(rule: VariableRule, document: FieldDocument, { seal }: Document): readonly Found[] {
  const { variablesNamed, partnerOf } = indexOf(document)
  const named = variablesNamed(rule.variable)
  if (named.length === 0 || rule.needs?.test(document.text) === false) return []
  return named.flatMap((variable) => {
    const isSaid = ([name, says]: readonly [string, RegExp]): boolean =>
      says.test(partnerOf(variable, [name])?.value.text ?? '')
    if (rule.where?.every(isSaid) === false) return []
    const inFlag = rule.usernameFlag === undefined ? undefined : flagBeside(variable, rule.usernameFlag, document)
    const username = inFlag === undefined ? partnerOf(variable, rule.username ?? [])?.value : inFlag
    const address = partnerOf(variable, rule.address ?? [])
    const whom = address === undefined ? undefined : whomOf(decodeUtf8(address.value.text))
    if (whom === undefined && address !== undefined && readUrl(address.value.text) !== undefined) return []
    const host = rule.operations[0] === 'rest' ? REST : GIT
    return foundAt(rule, variable, username, whom ?? { host }, seal)
  })
}

/** `args: ["--username=alice"]` beside `env` (Kubernetes), `command` beside `environment` (Compose); the value may be the next argument. */
function flagBeside({ keys, extent }: Variable, flag: string, document: FieldDocument): StoredText | undefined {
  const { siblingsOf } = indexOf(document)
  const container = keys.slice(0, Math.max(keys.lastIndexOf('env'), keys.lastIndexOf('environment'), 0))
  if (container.length === 0) return undefined
  for (const list of ['args', 'command']) {
    const given = [...siblingsOf([...container, list, ''], { extent })].sort((a, b) => a.extent[0] - b.extent[0])
    for (const [index, { value }] of given.entries()) {
      const [, name, assigned] =
        /^-(-[\w-]+)(=)?/.exec(value.text.startsWith('--') ? value.text : `-${value.text}`) ?? []
      if (name !== flag.slice(1)) continue
      return assigned === undefined ? given[index + 1]?.value : tailOf(value, value.text.indexOf('=') + 1)
    }
  }
  return undefined
}

const GIT = 'bitbucket.org'
const REST = 'api.bitbucket.org'

export interface Whom {
  readonly host: string
  readonly repository?: Repository
  /** What of REST is asked, as far as the address tells, and whether it is changed. */
  readonly asked?: Pick<Use, 'access' | 'resource'>
}

/** Absent: it is for another host. */
function hostFor(
  { host, operations }: FieldRule,
  captured: readonly string[],
  at: (pattern: KeyPattern) => Field | undefined,
): Whom | undefined {
  const inKeys = captured.map(hostOfKey).find((each) => each !== undefined)
  if (inKeys !== undefined) return { host: inKeys }
  if (host === undefined) return { host: operations[0] === 'rest' ? REST : GIT }
  const named = firstOf(host, at)
  return named === undefined ? undefined : whomOf(decodeUtf8(named.value.text))
}

/** Whom a URL or the name of a host is for, if it is Bitbucket. */
export function whomOf(text: string): Whom | undefined {
  const url = readUrl(text.replace(/^(?:git|scm:git|git::|git\+)[:+]?(?=https?:)/, ''))
  if (url === undefined) {
    const host = hostOfKey(text)
    return host === undefined ? undefined : { host }
  }
  if (!isBitbucketHost(url.host)) return undefined
  const repository = repositoryOf(url.path)
  const resource = isRestHost(url.host) ? resourceOfPath(url.path) : undefined
  return {
    host: url.host,
    ...(repository === undefined ? {} : { repository }),
    ...(resource === undefined ? {} : { asked: { resource } }),
  }
}

function firstOf(
  patterns: readonly KeyPattern[] | undefined,
  at: (pattern: KeyPattern) => Field | undefined,
): Field | undefined {
  for (const pattern of patterns ?? []) {
    const field = at(pattern)
    if (field !== undefined) return field
  }
  return undefined
}

const SEALED = /^ENC\[AES256_GCM,/
const BY_SOPS = 'SOPS has encrypted it; scan what sops decrypts'

/** What stands in a field that is known to be for `whom`. */
export function foundAt(
  { form = 'secret', operations, fixedUsername, isGuess = false, opened }: Reading,
  { keys, value }: { readonly keys: readonly string[]; readonly value: StoredText },
  username: StoredText | undefined,
  { host, repository, asked }: Whom,
  seal: Document['seal'],
): readonly Found[] {
  const pieces = piecesOf(form, value, username, fixedUsername)
  if (pieces === undefined) return []
  const where = { level: 'certain', reason: 'the field is for nothing else' } as const
  if (SEALED.test(value.text)) return [{ keys, host, pieces, confidence: where, uses: [], sealed: BY_SOPS }]
  const confidence = secretConfidence(opened ?? decodedPiece(pieces.secret), seal, where)
  if (confidence === undefined) return []
  const by = keys.join('.')
  const uses = operations.map(
    (operation): Use => ({
      operation,
      by,
      ...(repository === undefined ? {} : { repository }),
      ...(operation === 'rest' ? asked : {}),
    }),
  )
  return [{ keys, host, pieces, confidence, uses, ...(isGuess ? { unresolved: BY_NAME_ALONE } : {}) }]
}

function piecesOf(
  form: SecretForm,
  value: StoredText,
  username: StoredText | undefined,
  fixedUsername: string | undefined,
): Pieces | undefined {
  if (form === 'base64-pair')
    return decodeBasicPair(value.text) === undefined ? undefined : { secret: wholeOf(value, 'base64-pair') }
  const pair = form === 'pair' || form === 'pair or secret' ? pairPieces(value) : undefined
  if (form === 'pair' || pair !== undefined) return pair
  return {
    secret: wholeOf(value),
    ...(username === undefined ? {} : { username: wholeOf(username) }),
    ...(fixedUsername === undefined ? {} : { fixedUsername }),
  }
}

/** `user:secret`. */
export function pairPieces(value: StoredText): Pieces | undefined {
  const colon = value.text.indexOf(':')
  if (colon <= 0) return undefined
  const piece = (text: StoredText): Piece => wholeOf(text)
  return { username: piece(tailOf(value, 0, colon)), secret: piece(tailOf(value, colon + 1)) }
}
