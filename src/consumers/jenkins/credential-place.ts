import type { Change, Conflict, PlaceState, Staged } from '../../model/consumer.ts'
import { Failure } from '../../model/failure.ts'
import type { Place, PlaceRef } from '../../model/place.ts'
import type { Digest } from '../../model/plan.ts'
import { asShown } from './as-shown.ts'
import { credentialPath } from './controller-path.ts'
import { type CredentialElement, readCredential, writeCredential } from './credential-element.ts'
import {
  type BoundCredential,
  type CredentialFacts,
  conflict,
  credentialFacts,
  isAsExpected,
  locationOf,
  type Snapshot,
  take,
} from './credential-snapshot.ts'
import { actAndLook, notDone } from './look-back.ts'
import { madeHere } from './made-mark.ts'
import { refuseProvided } from './owners.ts'
import { plainWords } from './plain-words.ts'
import { requireDescription, storedUsername, withStoredUsername } from './shown-username.ts'
import { sizeOf } from './stored-secret-size.ts'

/** What shall be stored. `secret` is plain text; `keep` sends the stored ciphertext back. */
export interface CredentialValues {
  readonly username: { readonly set: string } | 'keep' | 'remove'
  readonly secret: { readonly set: string } | 'keep'
}

export async function readCredentialPlace(bound: BoundCredential): Promise<PlaceState> {
  const snapshot = await take(bound)
  if (snapshot === undefined) return { kind: 'absent' }
  const { element, ciphertext, digest } = snapshot
  const username = await toldUsername(bound, element)
  const place = readPlace(bound.place, { element: username === undefined ? {} : { username }, ciphertext })
  const seen = ciphertext === undefined ? ({ inPart: true } as const) : { partDigest: snapshot.redacted }
  return { kind: 'present', place, digest, ...seen, ...madeHere(bound, element.description) }
}

/** As it is stored, or else as `config.xml` shows it. */
async function toldUsername(bound: BoundCredential, { username }: CredentialElement): Promise<string | undefined> {
  if (username?.includes('?') !== true) return username
  return storedUsername(username, (await credentialFacts(bound)).displayName) ?? username
}

/** As `credentialPlace`, with what the ciphertext tells of the secret. */
export function readPlace(
  ref: PlaceRef,
  {
    element,
    ciphertext,
  }: { readonly element: { readonly username?: string }; readonly ciphertext: string | undefined },
): Place {
  const place = credentialPlace(ref, element.username)
  const size = ciphertext === undefined ? undefined : sizeOf(ciphertext)
  return size === undefined ? place : { ...place, secret: { kind: 'unknown', encoding: 'opaque', size } }
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
  refuseProvided(bound.address.store, locationOf(bound))
  const before = await take(bound)
  if (before === undefined || !isAsExpected(before, expected)) return conflict(before)
  const { whole, facts } = await wholeOf(bound, before)
  const body = bodyFor(bound, whole, values, facts.description)
  const backup = Buffer.from(usesComment(facts.usedBy) + backupOf(whole, facts.description), 'utf8')
  const { source } = before.element.document
  /** What a person has edited since, and is no conflict, is kept. */
  const bodyNow = async (now: Snapshot): Promise<string> => {
    if (now.element.document.source === source) return body
    const latest = await wholeOf(bound, now)
    return bodyFor(bound, latest.whole, values, latest.facts.description)
  }
  return {
    kind: 'staged',
    to: 'unpredictable',
    backup,
    commit: () => commit(bound, expected, bodyNow, values),
  }
}

interface Whole {
  readonly whole: Snapshot
  readonly facts: CredentialFacts
}

/** With what its `config.xml` may not show as it is stored. */
async function wholeOf(bound: BoundCredential, snapshot: Snapshot): Promise<Whole> {
  const facts = await credentialFacts(bound)
  requireDescription(bound, snapshot.element, facts)
  return { whole: { ...snapshot, element: withStoredUsername(bound, snapshot.element, facts) }, facts }
}

const MOST_USES = 200

/** A change empties the list in Jenkins, so that the backup is the last to know. */
function usesComment(usedBy: readonly string[]): string {
  if (usedBy.length === 0) return ''
  const names = plainWords(usedBy.slice(0, MOST_USES).join(', ')).replaceAll('-', '\u2010')
  return `<!-- Jenkins saw it used by: ${names} -->\n`
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

function bodyFor(
  bound: BoundCredential,
  before: Snapshot,
  values: CredentialValues,
  description: string | undefined,
): string {
  const secret = values.secret === 'keep' ? before.ciphertext : values.secret.set
  if (secret === undefined) throw secretNotShown(bound)
  const username = usernameFor(bound, before.element, values.username)
  return writeCredential(before.element, {
    secret,
    ...(username === undefined ? {} : { username }),
    ...described(description),
  })
}

export function usernameFor(
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
  const { username } = before.element
  return writeCredential(before.element, {
    secret: before.ciphertext,
    ...(username === undefined ? {} : { username }),
    ...described(description),
  })
}

export function described(description: string | undefined): { readonly description?: string } {
  return description === undefined ? {} : { description }
}

/** There is no ETag and no If-Match: the credential is read right before and right after. */
async function commit(
  bound: BoundCredential,
  expected: Digest,
  bodyOf: (before: Snapshot) => Promise<string>,
  values: CredentialValues,
): Promise<Change> {
  const before = await take(bound)
  if (before === undefined || !isAsExpected(before, expected)) return conflict(before)
  const { store, domain, id } = bound.address
  const body = await bodyOf(before)
  const path = `${credentialPath(store, domain, id)}/config.xml` as const
  const { found: after, doubt } = await actAndLook(
    () => bound.client.postXml(path, body),
    () => take(bound),
  )
  if (after === undefined) return { kind: 'conflict', found: 'absent' }
  const wrong = difference(before, after, values)
  if (doubt !== undefined && !isProvedChange(before, after, wrong)) {
    throw after.digest === before.digest && before.ciphertext !== undefined ? notDone(doubt) : doubt
  }
  if (wrong !== undefined) throw notStored(bound, wrong)
  return { kind: 'changed', now: after.digest }
}

/** A login that is not shown the ciphertext cannot tell a stored secret from another. */
function isProvedChange(before: Snapshot, after: Snapshot, wrong: string | undefined): boolean {
  return wrong === undefined && before.ciphertext !== undefined && after.ciphertext !== undefined
}

/** What the credential shows after the change and should not. */
function difference(before: Snapshot, after: Snapshot, values: CredentialValues): string | undefined {
  const { element } = after
  const username = typeof values.username === 'string' ? before.element.username : asShown(values.username.set)
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
