import { shapeOf } from '../../bitbucket/token-shape.ts'
import { type ByteSpan, byteText, encodeUtf8, lineAt, sliceText } from '../../formats/byte-text.ts'
import { percentDecode } from '../../formats/url.ts'
import { readXml, type XmlElement } from '../../formats/xml.ts'
import type { Detector, Document } from '../../model/consumer.ts'
import { Failure } from '../../model/failure.ts'
import type { Detection, Place } from '../../model/place.ts'
import { type JenkinsKeys, keyFilesOf, keysOf, openSecret } from '../hudson-secret.ts'
import { looksLikeToken, usernameField } from '../username-field.ts'
import { JENKINS_HOME_FILES } from '../wanted-files.ts'
import { type BuildRecord, buildRecordAt, explainedInRecord } from './build-records.ts'
import { demandsOf, elementsIn, type JenkinsElements, readingOf } from './elements.ts'
import { explainedIn } from './explained.ts'
import type { JobUrl } from './job-remotes.ts'
import { readingsOf } from './layout.ts'
import { codeFilesOf, codeOwnerOf } from './owned-by-code.ts'
import type { StoredCredential } from './stored-credentials.ts'

/**
 * Finds the credentials and the Bitbucket URLs in the files of a Jenkins home; of records of builds it only says which need no other look.
 */
export const jenkinsHomeDetector: Detector = {
  matches: (path) => buildRecordAt(path) !== undefined || readingsOf(path).length > 0,
  wanted: JENKINS_HOME_FILES,
  // Jobs of other hosts tell what those are given.
  keywords: ['bitbucket', 'Bitbucket', 'CredentialsImpl', '<credentialsId>'],
  explains: true,
  companions: (path) =>
    readingsOf(path).map(({ home, kind }) => [
      ...Object.values(keyFilesOf(home)),
      ...(kind === 'system' ? codeFilesOf(home) : []),
    ]),
  detect,
}

/** A document of a Jenkins home, read. */
export interface JenkinsDocument extends JenkinsElements {
  readonly document: Document
  readonly keys: JenkinsKeys
}

function detect(document: Document): Detection {
  const record = buildRecordAt(document.path)
  if (record !== undefined) return inRecord(record, document)
  const read = READ.get(document) ?? newlyRead(document)
  if ('malformed' in read) return { places: [], demands: [], unread: [{ reason: 'malformed', detail: read.malformed }] }
  const demands = demandsOf(read)
  const referenced = new Set(demands.flatMap(({ of }) => (of.kind === 'jenkins' ? [of.credentialId] : [])))
  const credentials = read.credentials.map((stored) => ({ stored, place: credentialPlace(read, stored, referenced) }))
  const unread = credentials.filter(({ place }) => place.secret !== undefined && place.secret.value === undefined)
  const readable = credentials.filter(({ place }) => place.secret?.value !== undefined)
  const concerned = readable.filter(({ stored, place }) => place.host !== '' || stored.type === 'username and password')
  const urls = read.urls.map((url) => urlPlace(read, url)).filter((place) => place.username ?? place.secret)
  const explained = explainedIn(read)
  return {
    places: [...concerned.map(({ place }) => place), ...urls],
    demands,
    unread: unread.map(({ stored, place }) => undecryptable(stored, place, read)),
    ...(explained === undefined ? {} : { explained }),
  }
}

function inRecord(record: BuildRecord, { bytes }: Document): Detection {
  const explained = explainedInRecord(record, byteText(bytes))
  return { places: [], demands: [], unread: [], ...(explained === undefined ? {} : { explained }) }
}

function undecryptable(stored: StoredCredential, place: Place, read: JenkinsDocument): Detection['unread'][number] {
  const why =
    read.keys.current === undefined
      ? 'the keys in secrets/ are missing or damaged'
      : 'it is encrypted with a key that is not in secrets/'
  return {
    ...(place.secret?.span === undefined ? {} : { span: place.secret.span }),
    reason: 'undecryptable',
    detail: `credential "${stored.id}": ${why}`,
  }
}

/** A document is read once, however many of its places are asked for; a scan asks once, and keeps nothing of it. */
const READ = new WeakMap<Document, JenkinsDocument | { readonly malformed: string }>()

export function readJenkinsDocument(document: Document): JenkinsDocument | { readonly malformed: string } {
  const known = READ.get(document) ?? newlyRead(document)
  READ.set(document, known)
  return known
}

function newlyRead(document: Document): JenkinsDocument | { readonly malformed: string } {
  const file = readingOf(document.path, (path) => document.companion(path) !== undefined)
  const xml = readXml(document.bytes)
  if (file === undefined || xml.kind === 'malformed')
    return { malformed: xml.kind === 'malformed' ? xml.detail : 'it is not a file of a Jenkins home' }
  return { document, keys: keysOf(file.home, document), ...elementsIn(document.path, file, xml.root) }
}

/** The same file with other bytes that keep it well-formed. */
export function reread(read: JenkinsDocument, bytes: Uint8Array): JenkinsDocument {
  const again = readJenkinsDocument({ ...read.document, bytes })
  if ('malformed' in again)
    throw new Failure('R900', { at: read.document.path, because: `it would not be well-formed: ${again.malformed}` })
  return again
}

/** Made once, however many places of the document are asked for. */
const BY_ADDRESS = new WeakMap<JenkinsDocument, ReadonlyMap<string, StoredCredential>>()

/** Every spot as a place: also one whose secret cannot be read, and a URL without userinfo. */
export function jenkinsPlaceAt(document: Document, address: string): Place | undefined {
  const read = readJenkinsDocument(document)
  return 'malformed' in read ? undefined : placeAt(read, address)
}

export function credentialAt(read: JenkinsDocument, address: string): StoredCredential | undefined {
  const byAddress = BY_ADDRESS.get(read) ?? new Map(read.credentials.map((stored) => [stored.address, stored]))
  BY_ADDRESS.set(read, byAddress)
  return byAddress.get(address)
}

export function placeAt(read: JenkinsDocument, address: string): Place | undefined {
  const stored = credentialAt(read, address)
  if (stored !== undefined) return credentialPlace(read, stored, new Set())
  const url = read.urls.find((one) => one.address === address)
  return url === undefined ? undefined : urlPlace(read, url)
}

/**
 * `host` is empty where nothing here says that a credential is Bitbucket's: an old app password is 20 letters and digits like many
 * other secrets. Such a candidate counts only when a Bitbucket job in another file uses its id, which `scan` decides.
 */
function credentialPlace(read: JenkinsDocument, stored: StoredCredential, referenced: ReadonlySet<string>): Place {
  const { document } = read
  const { username, secret } = stored
  const secretField = secretFieldOf(read, secret)
  const telling = secretField.secret?.value !== undefined && looksLikeToken(secretField.secret.value)
  const isReferenced = referenced.has(stored.id) && stored.withheldFrom !== 'jobs'
  const outers = [secret.outer, ...(username === undefined ? [] : [username.outer])]
  const extent: ByteSpan = [Math.min(...outers.map(([start]) => start)), Math.max(...outers.map(([, end]) => end))]
  return {
    id: `jenkins-home:${stored.address}`,
    consumer: 'jenkins-home',
    at: { kind: 'file', path: document.path },
    address: stored.address,
    host: telling || stored.domainIsBitbucket || isReferenced ? 'bitbucket.org' : '',
    ...(username === undefined
      ? {}
      : { username: usernameField(username.text, 'xml-text', document.seal, username.inner) }),
    ...secretField,
    ...ownerField(read, stored),
    ...(stored.withheldFrom === undefined ? {} : { withheldFrom: stored.withheldFrom }),
    extent,
    line: lineAt(document.bytes, secretField.secret?.span?.[0] ?? extent[0]),
    uses: [],
  }
}

/** Configuration as code fills the system store alone. */
function ownerField({ document, file }: JenkinsDocument, { id }: StoredCredential): Pick<Place, 'ownedBy'> {
  const ownedBy = file.kind === 'system' ? codeOwnerOf(document, file.home, id) : undefined
  return ownedBy === undefined ? {} : { ownedBy }
}

function secretFieldOf({ document, keys }: JenkinsDocument, element: XmlElement): Pick<Place, 'secret'> {
  if (element.inner === undefined) return {}
  const opened = openSecret(element.text, keys)
  const span = element.inner
  if (opened.kind === 'undecryptable') return { secret: { kind: 'unknown', span, encoding: 'jenkins-secret' } }
  const value = document.seal(opened.text)
  const encoding = opened.kind === 'opened' ? 'jenkins-secret' : 'xml-text'
  return { secret: { value, kind: shapeOf(value).kind, span, encoding } }
}

/** `user@` in a job's URL decides what git sends: the username of the credential is then never used (git-plugin, CliGitAPIImpl). */
function urlPlace({ document }: JenkinsDocument, job: JobUrl): Place {
  const { element, url } = job
  const text = encodeUtf8(element.text)
  const start = element.inner?.[0] ?? element.outer[0]
  const part = (span: ByteSpan) => percentDecode(text.slice(...span))
  const at = (span: ByteSpan): { span?: ByteSpan } =>
    isStoredPlain(document, job) ? { span: [start + span[0], start + span[1]] } : {}
  const password = url.password !== undefined && url.password[1] > url.password[0] ? url.password : undefined
  const value = password === undefined ? undefined : document.seal(part(password))
  return {
    id: `jenkins-home:${job.address}`,
    consumer: 'jenkins-home',
    at: { kind: 'file', path: document.path },
    address: job.address,
    host: url.host,
    ...(url.username === undefined
      ? {}
      : { username: usernameField(part(url.username), 'percent', document.seal, at(url.username).span) }),
    ...(value === undefined || password === undefined
      ? {}
      : { secret: { value, kind: shapeOf(value).kind, encoding: 'percent', ...at(password) } }),
    extent: element.inner ?? element.outer,
    line: lineAt(document.bytes, start),
    uses: [job.use],
  }
}

/** Whether the authority is stored without XML references, so that offsets in the text are offsets in the file. */
export function isStoredPlain(document: Document, { element, url }: JobUrl): boolean {
  const end = url.userinfo?.[1] ?? url.authority
  const span = element.inner
  return (
    span !== undefined && sliceText(document.bytes, [span[0], span[0] + end]) === encodeUtf8(element.text).slice(0, end)
  )
}
