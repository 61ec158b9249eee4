import { shapeOf } from '../../bitbucket/token-shape.ts'
import { byteText, decodeUtf8, lineAt } from '../../formats/byte-text.ts'
import type { Field } from '../../formats/field.ts'
import type { Detector, Document } from '../../model/consumer.ts'
import type { Confidence, Detection, Place, Span } from '../../model/place.ts'
import type { Use } from '../../model/use.ts'
import { fieldsOf } from '../document-fields.ts'
import { type Found, foundAt, placesOf } from '../field-detector.ts'
import { urlsInField } from '../own-urls.ts'
import { isIssued, secretConfidence } from '../secret-text.ts'
import { shownName } from '../shown-name.ts'
import { BY_NAME_ALONE } from '../unresolved.ts'
import { usernameField } from '../username-field.ts'
import { VAULT_FILES } from '../wanted-files.ts'
import { type Envelope, openEnvelope, readEnvelope, VAULT_START } from './envelope.ts'

export const CONSUMER = 'ansible-vault'

/** What the user gave, one password a line; each of them is tried. */
export const VAULT_PASSWORD = 'given:ansible-vault-password'

/** Finds credentials in files and in values that Ansible Vault encrypted, where its password is given. */
export const ansibleVaultDetector: Detector = {
  matches: () => true,
  wanted: VAULT_FILES,
  recognises: (bytes) => Buffer.from(bytes.subarray(0, VAULT_START.length)).toString('latin1') === VAULT_START,
  keywords: [VAULT_START],
  // In files of all names; a file that only it looks at by name would count as known.
  breadth: 'anywhere',
  companions: () => [[VAULT_PASSWORD]],
  detect: (document) => {
    const passwords = passwordsOf(document)
    return passwords.length === 0 ? { places: [], demands: [], unread: [] } : found(document, passwords)
  },
}

function found(document: Document, passwords: readonly Uint8Array[]): Detection {
  if (startsEncrypted(document)) {
    const whole = readWhole(document, passwords)
    if (whole === undefined)
      return { places: [], demands: [], unread: [{ reason: 'undecryptable', detail: NOT_OPENED }] }
    return { places: whole.places.map((place) => outwards(place, document)), demands: [], unread: [] }
  }
  const values = closedValues(document).map((value) => openValue(value, passwords))
  const templates = values.length === 0 ? new Map<string, readonly Use[]>() : templatesIn(document)
  const places = values.flatMap((value) =>
    value.opened === undefined ? [] : (inlinePlace(value, document, isOfBitbucket, templates) ?? []),
  )
  const closed = values.filter(({ keys, opened }) => opened === undefined && isNamedForBitbucket(keys.at(-1) ?? ''))
  const unread = closed.map(({ span }) => ({ span, reason: 'undecryptable' as const, detail: NOT_OPENED }))
  return { places, demands: [], unread }
}

const NOT_OPENED = 'no password that was given opens what Ansible Vault encrypted'

function startsEncrypted({ bytes }: Document): boolean {
  return byteText(bytes.subarray(0, VAULT_START.length)) === VAULT_START
}

/** The place at an address, whatever it holds at present and whether or not it can be decrypted: its bytes can be put back all the same. */
export function vaultPlaceAt(document: Document, address: string): Place | undefined {
  const passwords = passwordsOf(document)
  if (startsEncrypted(document)) {
    const whole = readWhole(document, passwords)
    if (whole === undefined) return sealedPlace(document, address, [0, document.bytes.length])
    const place = whole.places.find((each) => each.address === address)
    return place === undefined ? undefined : outwards(place, document)
  }
  const value = inlineValueAt(document, address, passwords)
  return value === undefined ? undefined : inlinePlace(value, document, () => true, templatesIn(document))
}

export function passwordsOf({ companion }: Document): readonly Uint8Array[] {
  const lines = Buffer.from(companion(VAULT_PASSWORD) ?? [])
    .toString('latin1')
    .split(/\r?\n/)
  return lines.filter((line) => line !== '').map((line) => Buffer.from(line, 'latin1'))
}

export interface Opened {
  readonly envelope: Envelope
  readonly password: Uint8Array
  readonly plain: Uint8Array
}

function openWith(text: string, passwords: readonly Uint8Array[]): Opened | undefined {
  const envelope = readEnvelope(text)
  if (envelope === undefined) return undefined
  for (const password of passwords) {
    const plain = openEnvelope(envelope, password)
    if (plain !== undefined) return { envelope, password, plain }
  }
  return undefined
}

export interface WholeFile extends Opened {
  /** With spans in what it decrypts to. */
  readonly inner: Document
  readonly places: readonly Place[]
}

export function readWhole(document: Document, passwords: readonly Uint8Array[]): WholeFile | undefined {
  const text = byteText(document.bytes)
  const opened = text.startsWith(VAULT_START) ? openWith(`${text}\n`, passwords) : undefined
  if (opened === undefined) return undefined
  const inner: Document = { ...document, bytes: opened.plain }
  return { ...opened, inner, places: placesOf(inner, CONSUMER, foundInside(inner)) }
}

function foundInside(inner: Document): readonly Found[] {
  const { fields } = fieldsOf(inner)
  const beside = besideIn(fields)
  return fields.flatMap((field) => {
    const urls = field.value.text.includes('@bitbucket.org') ? urlsInField(field, inner) : []
    if (urls.length > 0 || !isOfBitbucket(field.keys, field.value.text, inner)) return urls
    const username = partnerOf(field, beside)?.value
    const reading = { operations: ['git-fetch'] as const, isGuess: true }
    return foundAt(reading, field, username, { host: 'bitbucket.org' }, inner.seal)
  })
}

/** A token by its checksum, or what its name says is Bitbucket's. */
function isOfBitbucket(keys: readonly string[], text: string, { seal }: Document): boolean {
  const name = keys.at(-1) ?? ''
  if (text.startsWith('AT') && isIssued(text, seal)) return true
  return isNamedForBitbucket(name) && secretConfidence(text, seal, BY_NAME) !== undefined
}

function isNamedForBitbucket(name: string): boolean {
  return /bitbucket|(^|_)bb_/i.test(name) && SECRET_NAME.test(name)
}

const SECRET_NAME = /(app_?password|password|passwd|pass|pwd|token|secret|key)$/i
const BY_NAME: Confidence = { level: 'likely', reason: 'the name of the variable' }

/** Fields by their keys, the last in lower case: each secret of a document asks for the names beside it. */
type Beside = ReadonlyMap<string, Field>

function besideIn(fields: readonly Field[]): Beside {
  return new Map(fields.map((field) => [pathTo(field.keys, field.keys.at(-1) ?? ''), field]))
}

function pathTo(keys: readonly string[], name: string): string {
  return [...keys.slice(0, -1), name.toLowerCase()].join('\0')
}

/** `bitbucket_user` beside `bitbucket_app_password`. */
function partnerOf({ keys }: Pick<Field, 'keys'>, beside: Beside): Field | undefined {
  const stem = (keys.at(-1) ?? '').replace(SECRET_NAME, '').replace(/_?app_?$/i, '_')
  const names = ['username', 'user', 'login', 'email'].map((end) => `${stem}${end}`)
  return names.flatMap((name) => beside.get(pathTo(keys, name)) ?? [])[0]
}

/** The extent is the file: what is inside has no bytes of its own. */
function outwards(place: Place, document: Document): Place {
  const whole: Span = [0, document.bytes.length]
  const { secret, username } = place
  return {
    ...place,
    ...(secret === undefined ? {} : { secret: { ...kindOf(secret), span: whole, encoding: 'ansible-vault' } }),
    ...(username === undefined ? {} : { username: { text: username.text, encoding: 'ansible-vault' } }),
    extent: whole,
    line: 1,
  }
}

function kindOf({ value, kind }: NonNullable<Place['secret']>): Pick<NonNullable<Place['secret']>, 'value' | 'kind'> {
  return value === undefined ? { kind } : { value, kind }
}

function sealedPlace({ path }: Document, address: string, extent: Span): Place {
  const at = { kind: 'file', path } as const
  return { id: `${CONSUMER}:${address}`, consumer: CONSUMER, at, address, host: '', extent, uses: [] }
}

/** A value tagged `!vault`, not opened: each takes thousands of rounds. */
interface ClosedValue {
  readonly address: string
  readonly field: Field
  /** The username beside it, plain or encrypted too. */
  readonly beside?: Field
}

export interface InlineValue {
  readonly address: string
  readonly keys: readonly string[]
  /** From the `$` of its first line to the end of its last. */
  readonly span: Span
  readonly opened?: Opened
  readonly partner?: { readonly span: Span; readonly text: string; readonly opened?: Opened }
}

function closedValues(document: Document): readonly ClosedValue[] {
  const { fields } = fieldsOf(document)
  const all = besideIn(fields)
  const seen = new Map<string, number>()
  return fields.filter(isVaulted).map((field): ClosedValue => {
    const name = shownName(field.keys, '').replace(/\s+/g, '%20')
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    const beside = partnerOf(field, all)
    return { address: count === 1 ? name : `${name}#${count}`, field, ...(beside === undefined ? {} : { beside }) }
  })
}

function openValue({ address, field, beside }: ClosedValue, passwords: readonly Uint8Array[]): InlineValue {
  const opened = openWith(field.value.text, passwords)
  const partner = beside === undefined ? undefined : partnerAt(beside, passwords)
  return {
    address,
    keys: field.keys,
    span: spanOf(field),
    ...(opened === undefined ? {} : { opened }),
    ...(partner === undefined ? {} : { partner }),
  }
}

export function inlineValueAt(
  document: Document,
  address: string,
  passwords: readonly Uint8Array[],
): InlineValue | undefined {
  const value = closedValues(document).find((each) => each.address === address)
  return value === undefined ? undefined : openValue(value, passwords)
}

function isVaulted({ tag, value }: Field): boolean {
  return (tag === '!vault' || tag === '!vault-encrypted') && value.text.startsWith(VAULT_START)
}

function spanOf({ value }: Field): Span {
  return value.spanOf(0, value.text.trimEnd().length)
}

function partnerAt(field: Field, passwords: readonly Uint8Array[]): InlineValue['partner'] {
  if (!isVaulted(field))
    return { span: field.value.spanOf(0, field.value.text.length), text: decodeUtf8(field.value.text) }
  const opened = openWith(field.value.text, passwords)
  return {
    span: spanOf(field),
    text: opened === undefined ? '' : textOf(opened),
    ...(opened === undefined ? {} : { opened }),
  }
}

/** `ansible-vault encrypt_string` from standard input keeps the line feed at the end. */
export function textOf({ plain }: Opened): string {
  return decodeUtf8(byteText(plain)).replace(/\n$/, '')
}

function inlinePlace(
  { address, keys, span, opened, partner }: InlineValue,
  document: Document,
  concerns: typeof isOfBitbucket,
  templates: Templates,
): Place | undefined {
  const extent: Span = [Math.min(span[0], partner?.span[0] ?? span[0]), Math.max(span[1], partner?.span[1] ?? span[1])]
  if (opened === undefined) return { ...sealedPlace(document, address, extent) }
  const text = textOf(opened)
  if (!concerns(keys, text, document)) return undefined
  const value = document.seal(text)
  const confidence = secretConfidence(text, document.seal, BY_NAME)
  const by = keys.join('.')
  const read = templates.get(keys.at(-1) ?? '') ?? []
  return {
    ...sealedPlace(document, address, extent),
    host: 'bitbucket.org',
    ...(partner === undefined || partner.text === ''
      ? {}
      : {
          username: usernameField(
            partner.text,
            partner.opened === undefined ? 'plain' : 'ansible-vault',
            document.seal,
            partner.span,
          ),
        }),
    secret: { value, kind: shapeOf(value).kind, span, encoding: 'ansible-vault' },
    line: lineAt(document.bytes, span[0]),
    ...(confidence === undefined || confidence.level === 'certain' ? {} : { confidence }),
    ...(read.length > 0 ? { uses: read } : { uses: [{ operation: 'git-fetch', by }], unresolved: BY_NAME_ALONE }),
  }
}

const URL_WITH_SECRET =
  /https?:\/\/(?:\{\{[^{}\n]{1,100}\}\}|[\w.%+-]{1,100}):\{\{[ \t]*([\w.]+)[^{}\n]{0,80}\}\}@(bitbucket\.org|api\.bitbucket\.org\/2\.0\/repositories)\/([\w.~-]+)\/([\w.~-]+?)(?:\.git)?(?=$|[\s"'?#/])/g

type Templates = ReadonlyMap<string, readonly Use[]>

/** `https://{{ user }}:{{ secret }}@bitbucket.org/…` in the same file says what a variable is for. */
function templatesIn(document: Document): Templates {
  const uses = new Map<string, Use[]>()
  for (const [, path = '', host = '', workspace = '', slug = ''] of fieldsOf(document).text.matchAll(URL_WITH_SECRET)) {
    const name = path.split('.').at(-1) ?? ''
    const operation = host === 'bitbucket.org' ? 'git-fetch' : 'rest'
    const known = uses.get(name) ?? []
    known.push({ operation, repository: { workspace, slug }, by: `a URL with ${name}` })
    uses.set(name, known)
  }
  return uses
}
