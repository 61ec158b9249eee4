import { z } from 'zod'
import type { Conflict } from '../../model/consumer.ts'
import { Failure } from '../../model/failure.ts'
import type { PlaceRef } from '../../model/place.ts'
import type { Digest } from '../../model/plan.ts'
import type { Context } from '../../model/ports.ts'
import { type JenkinsAddress, storeName } from './address.ts'
import { asShown } from './as-shown.ts'
import type { JenkinsClient } from './client.ts'
import { credentialPath } from './controller-path.ts'
import type { CredentialElement } from './credential-element.ts'
import { readElement } from './store-listing.ts'
import { storedCiphertext } from './stored-ciphertext.ts'

export type CredentialAddress = Extract<JenkinsAddress, { kind: 'credential' }>

/** One credential on one controller, bound for this call. */
export interface BoundCredential {
  readonly client: JenkinsClient
  readonly address: CredentialAddress
  readonly place: PlaceRef
  readonly context: Context
}

/** A credential at one moment. */
export interface Snapshot {
  readonly element: CredentialElement
  /** Absent: this login is not shown it. */
  readonly ciphertext: string | undefined
  /** Of `ShownSecret`. */
  readonly hiddenBy?: Failure
  readonly digest: Digest
  /** What the digest is for a login that is not shown the ciphertext: a permission granted since the plan is no conflict. */
  readonly redacted: Digest
}

/** `undefined`: there is no such credential. Two requests, whatever else the store holds. */
export async function take(bound: BoundCredential): Promise<Snapshot | undefined> {
  const { client, address, context } = bound
  const element = await readElement(client, address.store, address.domain, address.id)
  if (element === undefined) return undefined
  if (element === 'other') throw otherKind(bound)
  const { store, domain, id } = address
  const { ciphertext, ...hidden } = await storedCiphertext(client, { store, domain, id, type: element.type })
  const redacted = context.digest(pairBytes(element.username, element.document.source))
  const digest = ciphertext === undefined ? redacted : digestOf(element.username, ciphertext, context)
  return { element, ciphertext, redacted, digest, ...hidden }
}

export function digestOf(username: string | undefined, ciphertext: string, context: Context): Digest {
  return context.digest(pairBytes(username === undefined ? undefined : asShown(username), ciphertext))
}

function pairBytes(username: string | undefined, secret: string): Uint8Array {
  return Buffer.from(['credential', username ?? '', secret].join('\0'), 'utf8')
}

/** Throws what hid the stored secret where that was no refusal: nobody can tell then whether it was changed, and to say so would be untrue. */
export function isAsExpected({ digest, redacted, hiddenBy }: Snapshot, expected: Digest): boolean {
  if (digest === expected || redacted === expected) return true
  if (hiddenBy !== undefined) throw hiddenBy
  return false
}

/** What Jenkins knows of a credential beside its `config.xml`, which is ISO-8859-1 and lossy; this is UTF-8. */
export interface CredentialFacts {
  readonly description?: string
  readonly displayName?: string
  /** Full names of jobs whose builds were given it. A change of the credential empties the list; it is never complete. */
  readonly usedBy: readonly string[]
}

const facts = z.object({
  description: z.string().nullish(),
  displayName: z.string().nullish(),
  fingerprint: z.object({ usage: z.array(z.object({ name: z.string() })).nullish() }).nullish(),
})

export async function credentialFacts({ client, address }: BoundCredential): Promise<CredentialFacts> {
  const path = credentialPath(address.store, address.domain, address.id)
  const read = facts.safeParse(await client.json(path, 'description,displayName,fingerprint[usage[name]]'))
  if (!read.success) return { usedBy: [] }
  const { description, displayName, fingerprint } = read.data
  return {
    ...(typeof displayName === 'string' ? { displayName } : {}),
    ...(typeof description === 'string' ? { description } : {}),
    usedBy: (fingerprint?.usage ?? []).map(({ name }) => name),
  }
}

export function conflict(found: Snapshot | undefined): Conflict {
  return { kind: 'conflict', found: found?.digest ?? 'absent' }
}

export function locationOf({ client, address }: BoundCredential): string {
  return `Jenkins ${client.baseUrl}, credential "${address.id}" in ${storeName(address.store)}`
}

function otherKind(bound: BoundCredential): Failure {
  return new Failure('R404', {
    at: locationOf(bound),
    because: 'this kind of credential cannot hold a Bitbucket secret; only Username with password and Secret text can',
    state: 'Nothing was changed.',
  })
}
