import { shapeOf } from '../../bitbucket/token-shape.ts'
import { byteText, lineAt } from '../../formats/byte-text.ts'
import type { Detector, Document } from '../../model/consumer.ts'
import type { Confidence, Detection, Place, Span } from '../../model/place.ts'
import type { Use } from '../../model/use.ts'
import { fieldsOf } from '../document-fields.ts'
import { type Found, foundAt, placesOf } from '../field-detector.ts'
import { urlsInField } from '../own-urls.ts'
import { perDocument } from '../per-document.ts'
import { isIssued, secretConfidence } from '../secret-text.ts'
import { BY_NAME_ALONE } from '../unresolved.ts'
import { usernameField } from '../username-field.ts'
import { VAULT_FILES } from '../wanted-files.ts'
import { VAULT_START } from './envelope.ts'
import { withHindrances, withoutBytesOfTheirOwn } from './hindrances.ts'
import {
  besideIn,
  type InlineValue,
  inlineValueAt,
  inlineValues,
  type Opened,
  openWith,
  type Partner,
  partnerOf,
  passwordsOf,
  SECRET_NAME,
  textOf,
  VAULT_PASSWORD,
} from './inline-values.ts'

export const CONSUMER = 'ansible-vault'

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
    return passwords.length === 0 ? unopened(document) : found(document, passwords)
  },
}

/** Without a password the name of a value still says that there is something for Bitbucket; what is in a whole file, nothing says. */
function unopened(document: Document): Detection {
  const named = inlineValues(document).filter(({ keys }) => isNamedForBitbucket(keys.at(-1) ?? ''))
  const unread = named.map(({ span }) => ({ span, reason: 'undecryptable' as const, detail: NO_PASSWORD }))
  return { places: [], demands: [], unread }
}

function found(document: Document, passwords: readonly Uint8Array[]): Detection {
  if (startsEncrypted(document)) {
    const whole = readWhole(document, passwords)
    if (whole === undefined)
      return { places: [], demands: [], unread: [{ reason: 'undecryptable', detail: NOT_OPENED }] }
    const places = withoutBytesOfTheirOwn(whole.places).map((place) => outwards(place, document))
    return { places, demands: [], unread: [] }
  }
  const values = inlineValues(document)
  const places = values.flatMap((value) =>
    value.opened === undefined ? [] : (inlinePlace(value, document, isOfBitbucket) ?? []),
  )
  const closed = [
    ...values.filter(({ keys, opened }) => opened === undefined && isNamedForBitbucket(keys.at(-1) ?? '')),
    ...closedUsernames(places, values),
  ]
  const unread = closed.map(({ span }) => ({ span, reason: 'undecryptable' as const, detail: NOT_OPENED }))
  return { places: withHindrances(places, document), demands: [], unread }
}

/** Usernames of these places that no password opens, each once. */
function closedUsernames(places: readonly Place[], values: readonly InlineValue[]): readonly Partner[] {
  const found = new Set(places.map(({ address }) => address))
  const closed = values.flatMap(({ address, partner }) =>
    partner?.isClosed === true && found.has(address) ? [partner] : [],
  )
  return [...new Map(closed.map((partner) => [partner.span[0], partner])).values()]
}

const NO_PASSWORD = 'Ansible Vault encrypted it: give its password with --vault-password-file FILE'
const NOT_OPENED = 'no password that was given opens what Ansible Vault encrypted'

function startsEncrypted({ bytes }: Document): boolean {
  return byteText(bytes.subarray(0, VAULT_START.length)) === VAULT_START
}

/** The place at an address, whatever it holds at present and whether or not it can be decrypted: its bytes can be put back all the same. */
export function vaultPlaceAt(document: Document, address: string): Place | undefined {
  if (startsEncrypted(document)) {
    const whole = readWhole(document, passwordsOf(document))
    if (whole === undefined) return sealedPlace(document, address, [0, document.bytes.length])
    const place = whole.places.find((each) => each.address === address)
    return place === undefined ? undefined : outwards(place, document)
  }
  const value = inlineValueAt(document, address)
  return value === undefined ? undefined : inlinePlace(value, document, () => true)
}

/** The username and the value; what stands between them belongs to others. */
export function vaultSpans(document: Document, { address, extent }: Place): readonly Span[] {
  const value = startsEncrypted(document) ? undefined : inlineValueAt(document, address)
  if (value !== undefined) return value.partner === undefined ? [value.span] : [value.partner.span, value.span]
  return extent === undefined ? [] : [extent]
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

const BY_NAME: Confidence = { level: 'likely', reason: 'the name of the variable' }

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

function inlinePlace(
  { address, keys, span, opened, partner }: InlineValue,
  document: Document,
  concerns: typeof isOfBitbucket,
): Place | undefined {
  const extent: Span = [Math.min(span[0], partner?.span[0] ?? span[0]), Math.max(span[1], partner?.span[1] ?? span[1])]
  if (opened === undefined) return { ...sealedPlace(document, address, extent) }
  const text = textOf(opened)
  if (!concerns(keys, text, document)) return undefined
  const value = document.seal(text)
  const confidence = secretConfidence(text, document.seal, BY_NAME)
  const by = keys.join('.')
  const read = templatesIn(document).get(keys.at(-1) ?? '') ?? []
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

/** `https://{{ user }}:{{ secret }}@bitbucket.org/…` in the same file says what a variable is for. */
const templatesIn = perDocument((document): ReadonlyMap<string, readonly Use[]> => {
  const uses = new Map<string, Use[]>()
  for (const [, path = '', host = '', workspace = '', slug = ''] of fieldsOf(document).text.matchAll(URL_WITH_SECRET)) {
    const name = path.split('.').at(-1) ?? ''
    const operation = host === 'bitbucket.org' ? 'git-fetch' : 'rest'
    const known = uses.get(name) ?? []
    known.push({ operation, repository: { workspace, slug }, by: `a URL with ${name}` })
    uses.set(name, known)
  }
  return uses
})
