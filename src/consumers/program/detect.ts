import type { Document } from '../../model/consumer.ts'
import type { Operation, Use } from '../../model/use.ts'
import { isBitbucketHost } from '../bitbucket-hosts.ts'
import type { FieldDocument } from '../document-fields.ts'
import type { DocumentReader, Found } from '../field-detector.ts'
import { pairPieces } from '../field-detector.ts'
import { decodedPiece, type Pieces, wholeOf } from '../field-place.ts'
import { foldedIn } from '../folded-base64.ts'
import { isIssued, secretConfidence } from '../secret-text.ts'
import { CALLS, type CallForm, IN_URLS } from './calls.ts'
import { type Hosts, hostsAround } from './host.ts'
import { isCode, type Program, programsOf, type Written } from './literals.ts'

/** Credentials that a program hands to a client, as literals or as constants that hold one. */
export const inPrograms: DocumentReader = (each, document) => {
  if (!/bitbucket/i.test(each.text)) return []
  if (!mayHoldSecret(each)) return []
  const found = programsOf(each, document).flatMap((program) => [
    ...inUrls(program, document),
    ...inCalls(program, hostsAround(program.text), document),
  ])
  return merged(found)
}

const QUOTED = /["'`][^"'`\n]{6,4096}(?=["'`])/g
const RUN = /[^\s/\\]{6,}/g

/**
 * Looking for calls takes longer than all the rest, and most programs that name Bitbucket hold nothing that would be reported: letters
 * and digits without a gap.
 */
function mayHoldSecret({ fields, format, text }: FieldDocument): boolean {
  const texts = isCode(format) ? [...text.matchAll(QUOTED)].map(({ 0: quoted }) => quoted) : [text]
  return texts.some(mayBeSecret) || fields.some(({ value }) => mayBeSecret(value.text))
}

function mayBeSecret(text: string): boolean {
  for (const { 0: run } of text.matchAll(RUN)) if (/\d/.test(run) && /[A-Za-z]/.test(run)) return true
  return /AT(?:BB|ATT3|CTT3)/.test(text)
}

/** A constant that is handed to several calls is one place with several uses. */
function merged(found: readonly Found[]): readonly Found[] {
  const places = new Map<string, Found>()
  for (const each of found) {
    const { text, from, to } = each.pieces.secret
    const key = text.spanOf(from, to).join(' ')
    const known = places.get(key)
    const more = each.uses.filter(({ operation }) => !known?.uses.some((use) => use.operation === operation))
    if (known === undefined) places.set(key, each)
    else
      places.set(key, {
        ...known,
        pieces: known.pieces.username === undefined ? each.pieces : known.pieces,
        uses: [...known.uses, ...more],
      })
  }
  return [...places.values()]
}

function inCalls(program: Program, hosts: Hosts, document: Document): readonly Found[] {
  // To search makes no copy of the pattern; most match nowhere.
  const mayMatch = ({ pattern, needs }: CallForm): boolean =>
    needs?.test(program.text) !== false && program.text.search(pattern) !== -1
  return CALLS.filter(mayMatch).flatMap((form) =>
    [...program.text.matchAll(form.pattern)].flatMap((match) => {
      const user = argumentOf(program, match, 'told') ?? argumentOf(program, match, 'user')
      const secret = argumentOf(program, match, 'secret')
      if (secret === undefined) return []
      const pieces = piecesOf(form, user, secret)
      const host = hostOf(program, match, hosts)
      if (pieces === undefined || host === undefined) return []
      const around = program.text.slice(Math.max(0, (match.index ?? 0) - NEAR), (match.index ?? 0) + NEAR)
      const found = foundAt(pieces, match.groups?.['call'], secret, host, document, around)
      return asFollowed(asFolded(found, lineBehind(program.text, match)), program)
    }),
  )
}

function inUrls(program: Program, document: Document): readonly Found[] {
  return IN_URLS.flatMap((pattern) =>
    [...program.text.matchAll(pattern)].flatMap((match) => {
      const user = argumentOf(program, match, 'told') ?? argumentOf(program, match, 'user')
      const secret = argumentOf(program, match, 'secret')
      if (secret === undefined) return []
      // A name that stands in the URL itself is written as URLs are.
      const written = match.groups?.['told'] === undefined ? 'plain' : 'percent'
      const username = user === undefined ? {} : { username: wholeOf(user.value, written) }
      const pieces = { secret: wholeOf(secret.value), ...username }
      return asFollowed(foundAt(pieces, 'url', secret, match.groups?.['host'] ?? 'bitbucket.org', document), program)
    }),
  )
}

/** Where a group of the match stands: the arguments are searched from the end of the match, for they are its last parts. */
function argumentOf(program: Program, match: RegExpMatchArray, group: string): Written | undefined {
  const span = match.indices?.groups?.[group]
  const text = match.groups?.[group]
  if (span === undefined || text === undefined) return undefined
  if (group === 'told') return { value: program.slice(...span) }
  if (/["'`]$/.test(text)) return program.literalAt(...span)
  return program.valueOf(text, span[0]) ?? (group === 'user' ? program.bareValueOf?.(text, span[0]) : undefined)
}

function piecesOf({ gives }: CallForm, user: Written | undefined, secret: Written): Pieces | undefined {
  if (gives === 'pair') return /^[^\s:/]{1,200}:[^\s/]+$/.test(secret.value.text) ? pairPieces(secret.value) : undefined
  return { secret: wholeOf(secret.value), ...(user === undefined ? {} : { username: wholeOf(user.value) }) }
}

/** A clone gets its credential first and the address later; a request is made and then signed. */
const GIT = /userpass|UserPass|CredentialsProvider|UserPassword/

const BEFORE = 60
const REST = 'api.bitbucket.org'
const NEAR = 300

/** An address inside the same brackets may rule it out; then a package of that name, an address, the nearest host, and the name of the call tell. */
function hostOf({ text }: Program, match: RegExpMatchArray, hosts: Hosts): string | undefined {
  const start = match.index ?? 0
  const [at, end] = match.indices?.groups?.['secret'] ?? [start, start]
  const inside = hosts.inside({ at, end, behind: GIT.test(match[0]) ? 0.25 : 4 })
  if (inside !== undefined && !isBitbucketHost(inside)) return undefined
  const owner = /[\w.:>\\$-]*$/.exec(text.slice(Math.max(0, start - BEFORE), start))?.[0] ?? ''
  const call = owner + match[0].slice(0, BEFORE)
  if (/\bbit_?bucket\w*(?:\.|::|->|\\)(?!org\b)/i.test(call)) return REST
  const nearest = inside ?? hosts.nearest(at, end)
  if (nearest !== undefined) return isBitbucketHost(nearest) ? nearest : undefined
  if (isClientOf(text, call)) return REST
  // Clients for Data Center have the same name.
  return /bit_?bucket\w*\(/i.test(call) ? REST : undefined
}

/** `bb "github.com/…/go-bitbucket"`, `bitbucket.client as bb`: what an import calls a client of Bitbucket. */
const IMPORTED =
  /\b([A-Za-z_]\w{0,40})[ \t]+["'][\w./-]{0,200}bit_?bucket[\w./-]{0,100}["']|bit_?bucket[\w.]{0,100}[ \t]+as[ \t]+([A-Za-z_]\w{0,40})/gi

/** The last text that was asked about, so that a program full of calls is searched once. */
let known: { readonly text: string; readonly names: ReadonlySet<string> } = { text: '', names: new Set() }

function isClientOf(text: string, call: string): boolean {
  const [owner] = /^[A-Za-z_]\w*(?=\.)/.exec(call) ?? []
  if (owner === undefined) return false
  if (known.text !== text)
    known = { text, names: new Set([...text.matchAll(IMPORTED)].map(({ 1: go, 2: as }) => go ?? as ?? '')) }
  return known.names.has(owner)
}

function foundAt(
  pieces: Pieces,
  call: string | undefined,
  { keys = [] }: Written,
  host: string,
  { seal }: Document,
  around = '',
): readonly Found[] {
  const text = decodedPiece(pieces.secret)
  const where = { level: 'likely', reason: 'an argument of a call that asks Bitbucket' } as const
  const confidence = secretConfidence(text, seal, where)
  if (confidence === undefined || !(isIssued(text, seal) || isPlausible(text))) return []
  // Key and secret of an OAuth consumer ask for a token at this address.
  if (TOKEN_ENDPOINT.test(around) && confidence.level !== 'certain') return []
  const name = call ?? (keys.join('.') || 'arguments')
  const uses = [{ operation: operationOf(host, around, name), by: name, ...spelledBy(pieces, name, around) }]
  return [{ keys: keys.length === 0 ? [name] : keys, host, pieces, confidence, uses }]
}

/** A secure string becomes a credential beside a username, but where `-Token` takes it. */
function spelledBy({ username }: Pieces, call: string, around: string): Pick<Use, 'spelled'> {
  const isSecure = call === 'ConvertTo-SecureString' && username === undefined && !/[ \t]-Token\b/i.test(around)
  return isSecure ? { spelled: 'beside a name' } : {}
}

/** Of `echo user:secret | base64`; calls of programs end before their line does, and encode in one line. */
function asFolded(found: readonly Found[], command: string): readonly Found[] {
  const folded = foldedIn(command)
  return found.map((each) => ({ ...each, uses: each.uses.map((use) => ({ ...use, ...folded })) }))
}

/** The command of a match, with what its line says behind it. */
function lineBehind(text: string, match: RegExpMatchArray): string {
  const end = (match.index ?? 0) + match[0].length
  return match[0] + (/^[^\n]{0,200}/.exec(text.slice(end, end + 200))?.[0] ?? '')
}

/** The scan follows the variables of a shell to the command, and then knows more of the same use. */
function asFollowed(found: readonly Found[], { bareValueOf }: Program): readonly Found[] {
  if (bareValueOf === undefined) return found
  return found.map((each) => ({ ...each, uses: each.uses.map((use) => ({ ...use, followed: true })) }))
}

const TOKEN_ENDPOINT = /bitbucket\.org\/site\/oauth2\//

/** Of clients that make requests and clone nothing. */
const REQUESTS =
  /^(?:CURLOPT_)?USERPWD$|^HTTPBasicAuth$|^HttpBasicAuthenticator$|^Credentials\.basic$|^auth(?:_basic)?$|^(?:set|with)?_?basic_?auth$/i

/** Archives and single files of the web host follow the rule of REST. */
function operationOf(host: string, around: string, call: string): Operation {
  if (host === 'api.bitbucket.org') return 'rest'
  // The address that stands nearest may be that of a clone beside the request.
  if (REQUESTS.test(call)) return /\bapi\.bitbucket\.org\b/.test(around) ? 'rest' : 'web'
  return /bitbucket\.org\/[^\s"'`]*\/(?:get|raw|downloads|src)\//.test(around) ? 'web' : 'git-fetch'
}

/** Words and addresses stand in such arguments as well. */
function isPlausible(text: string): boolean {
  return text.length >= 8 && /\d/.test(text) && /[A-Za-z]/.test(text) && !/[\\/\s]|:\/\/|^[0-9a-f]{32,}$/.test(text)
}
