import type { Change, Conflict, PlaceState, Staged } from '../../model/consumer.ts'
import { Failure } from '../../model/failure.ts'
import type { Place, PlaceRef } from '../../model/place.ts'
import type { Digest } from '../../model/plan.ts'
import type { Context } from '../../model/ports.ts'
import { type JenkinsAddress, storeName } from './address.ts'
import type { JenkinsClient } from './client.ts'
import { credentialPath } from './controller-path.ts'
import { type CredentialElement, readCredential, writeCredential } from './credential-element.ts'
import { listStore, readElement } from './store-listing.ts'
import { storedCiphertext } from './stored-ciphertext.ts'

export type CredentialAddress = Extract<JenkinsAddress, { kind: 'credential' }>

/** What shall be stored. `secret` is plain text; `keep` sends the stored ciphertext back. */
export interface CredentialValues {
  readonly username: { readonly set: string } | 'keep' | 'remove'
  readonly secret: { readonly set: string } | 'keep'
}

/** One credential on one controller, bound for this call. */
export interface BoundCredential {
  readonly client: JenkinsClient
  readonly address: CredentialAddress
  readonly place: PlaceRef
  readonly context: Context
}

interface Snapshot {
  readonly element: CredentialElement
  /** Absent: this login is not shown it. */
  readonly ciphertext: string | undefined
  readonly digest: Digest
  /** What the digest is for a login that is not shown the ciphertext: a permission granted since the plan is no conflict. */
  readonly redacted: Digest
}

export async function readCredentialPlace(bound: BoundCredential): Promise<PlaceState> {
  const snapshot = await take(bound)
  if (snapshot === undefined) return { kind: 'absent' }
  return { kind: 'present', place: credentialPlace(bound.place, snapshot.element.username), digest: snapshot.digest }
}

/** `kind` stays unknown: Jenkins shows the username and a ciphertext, and neither tells what the secret is. */
export function credentialPlace(ref: PlaceRef, username: string | undefined): Place {
  return {
    id: ref.id,
    consumer: ref.consumer,
    at: ref.at,
    address: ref.address,
    host: 'bitbucket.org',
    ...(username === undefined ? {} : { username: { text: username, encoding: 'opaque' } }),
    secret: { kind: 'unknown', encoding: 'opaque' },
    uses: [],
  }
}

export async function stageCredential(
  bound: BoundCredential,
  expected: Digest,
  values: CredentialValues,
): Promise<Staged | Conflict> {
  const before = await take(bound)
  if (before === undefined || !isAsExpected(before, expected)) return conflict(before)
  const description = await trueDescription(bound)
  const body = await bodyFor(bound, before, values, description)
  const backup = Buffer.from(backupOf(before, description), 'utf8')
  return {
    kind: 'staged',
    to: 'unpredictable',
    backup,
    ...(before.ciphertext === undefined ? { caveat: noCiphertext(bound.address) } : {}),
    commit: () => commit(bound, expected, body, values),
  }
}

/** Puts username and secret of the backup into the credential as it is now: later edits of other fields are kept. */
export async function stageCredentialRestore(
  bound: BoundCredential,
  expected: Digest,
  backup: Uint8Array,
): Promise<Staged | Conflict> {
  const old = readCredential(Buffer.from(backup).toString('utf8'))
  if (old === undefined || old === 'other' || old.id !== bound.address.id) {
    throw new Failure('R313', { at: locationOf(bound), because: 'the backup is not one of this credential' })
  }
  if (old.ciphertext === undefined) {
    throw new Failure('R313', {
      at: locationOf(bound),
      because: 'Jenkins did not show the stored secret when the backup was made, so the backup does not hold it',
      state: 'This place keeps its new credential.',
      next: ['Set the old username and secret by hand in the web page of the credential, if they are still known.'],
    })
  }
  const username = old.username === undefined ? 'keep' : { set: old.username }
  return stageCredential(bound, expected, { username, secret: { set: old.ciphertext } })
}

/** What would show the ciphertext: the form masks it without Item/Configure on the folder around (core, Functions.getPasswordValue). */
function noCiphertext({ store }: CredentialAddress): string {
  const grant = store.kind === 'system' ? 'Credentials/Update' : `Item/Configure on ${store.folder}`
  return `Jenkins does not show this login the stored secret, so rollback will need the old secret by hand; ${grant} would avoid that`
}

async function take(bound: BoundCredential): Promise<Snapshot | undefined> {
  const { client, address, context } = bound
  const element = await readElement(client, address.store, address.domain, address.id)
  if (element === undefined) return undefined
  if (element === 'other') {
    throw new Failure('R404', {
      at: locationOf(bound),
      because:
        'this kind of credential cannot hold a Bitbucket secret; only Username with password and Secret text can',
      state: 'Nothing was changed.',
    })
  }
  const { store, domain, id } = address
  const ciphertext = await storedCiphertext(client, { store, domain, id, type: element.type })
  const digestOf = (secret: string): Digest =>
    context.digest(Buffer.from(['credential', element.username ?? '', secret].join('\0'), 'utf8'))
  const redacted = digestOf(element.document.source)
  return { element, ciphertext, redacted, digest: ciphertext === undefined ? redacted : digestOf(ciphertext) }
}

function isAsExpected(found: Snapshot, expected: Digest): boolean {
  return found.digest === expected || found.redacted === expected
}

/** `config.xml` is ISO-8859-1 and lossy; the list is UTF-8. */
async function trueDescription({ client, address }: BoundCredential): Promise<string | undefined> {
  const rows = await listStore(client, address.store)
  return rows.find((row) => row.domain === address.domain && row.id === address.id)?.description
}

async function bodyFor(
  bound: BoundCredential,
  before: Snapshot,
  values: CredentialValues,
  description: string | undefined,
): Promise<string> {
  const secret = values.secret === 'keep' ? before.ciphertext : values.secret.set
  if (secret === undefined) throw secretNotShown(bound)
  const username = usernameFor(bound, before.element, values.username)
  return writeCredential(before.element, {
    secret,
    ...(username === undefined ? {} : { username }),
    ...described(description),
  })
}

function usernameFor(
  bound: BoundCredential,
  element: CredentialElement,
  wanted: CredentialValues['username'],
): string | undefined {
  const isText = element.type === 'secret text'
  if (wanted === 'keep' || (wanted === 'remove' && isText)) return element.username
  if (wanted !== 'remove' && !isText) return wanted.set
  throw new Failure('R112', {
    at: locationOf(bound),
    because: isText ? 'a Secret text has no username' : 'a Username with password credential has a username',
    state: 'Nothing was changed.',
  })
}

function secretNotShown(bound: BoundCredential): Failure {
  return new Failure('R403', {
    at: locationOf(bound),
    because:
      'Jenkins does not show this login the stored secret, and without it a new username would come with an empty secret',
    state: 'Nothing was changed.',
    next: ['Grant the login Credentials/Update, in folders Item/Configure too, or give a new token with the username.'],
  })
}

function backupOf(before: Snapshot, description: string | undefined): string {
  if (before.ciphertext === undefined) return before.element.document.source
  return writeCredential(before.element, { secret: before.ciphertext, ...described(description) })
}

function described(description: string | undefined): { readonly description?: string } {
  return description === undefined ? {} : { description }
}

/** There is no ETag and no If-Match: the credential is read right before and right after. */
async function commit(
  bound: BoundCredential,
  expected: Digest,
  body: string,
  values: CredentialValues,
): Promise<Change> {
  const before = await take(bound)
  if (before === undefined || !isAsExpected(before, expected)) return conflict(before)
  const { store, domain, id } = bound.address
  await bound.client.postXml(`${credentialPath(store, domain, id)}/config.xml`, body)
  const after = await take(bound)
  if (after === undefined) return { kind: 'conflict', found: 'absent' }
  const wrong = difference(before, after, values)
  if (wrong !== undefined) throw notStored(bound, wrong)
  return { kind: 'changed', now: after.digest }
}

/** What the credential shows after the change and should not. */
function difference(before: Snapshot, after: Snapshot, values: CredentialValues): string | undefined {
  const { element } = after
  const username = typeof values.username === 'string' ? before.element.username : values.username.set
  if (element.username !== username) return 'it still shows another username'
  if (element.scope !== before.element.scope) return 'its scope is another one'
  if (element.description !== before.element.description) return 'its description is another one'
  if (before.ciphertext === undefined || after.ciphertext === undefined) return undefined
  const kept = values.secret === 'keep' ? before.ciphertext : values.secret.set
  if (kept.startsWith('{') && after.ciphertext !== kept) return 'the secret that was put back is not the stored one'
  if (!kept.startsWith('{') && after.ciphertext === before.ciphertext) return 'the stored secret did not change'
  return undefined
}

function notStored(bound: BoundCredential, wrong: string): Failure {
  return new Failure('R204', {
    at: locationOf(bound),
    because: `the controller answered 200, but ${wrong}`,
    state: 'The controller may have changed this credential in part.',
  })
}

function conflict(found: Snapshot | undefined): Conflict {
  return { kind: 'conflict', found: found?.digest ?? 'absent' }
}

function locationOf({ client, address }: BoundCredential): string {
  return `Jenkins ${client.baseUrl}, credential "${address.id}" in ${storeName(address.store)}`
}
