import type { Change, Conflict, Staged } from '../../model/consumer.ts'
import { Failure } from '../../model/failure.ts'
import type { Digest } from '../../model/plan.ts'
import { storeName } from './address.ts'
import { asShown } from './as-shown.ts'
import { credentialPath, domainPath } from './controller-path.ts'
import { type CredentialElement, writeCredential } from './credential-element.ts'
import { type CredentialValues, usernameFor } from './credential-place.ts'
import {
  type BoundCredential,
  conflict,
  credentialFacts,
  isAsExpected,
  locationOf,
  take,
} from './credential-snapshot.ts'
import { actAndLook, notDone } from './look-back.ts'
import { madeHere, markedDescription } from './made-mark.ts'
import { refuseWhileNamed } from './named-since.ts'
import { refuseProvided } from './owners.ts'
import { withStoredUsername } from './shown-username.ts'
import { listStore } from './store-listing.ts'

/**
 * Makes a credential of the same class, scope and description as `like`, under another id, with another username and secret, and with a
 * mark behind the description. One that is there already is a conflict, also when it comes in between: Jenkins refuses a second one of an
 * id with 409.
 */
export async function stageNewCredential(
  bound: BoundCredential,
  like: BoundCredential,
  values: CredentialValues,
): Promise<Staged | Conflict> {
  refuseProvided(bound.address.store, locationOf(bound))
  const found = await take(bound)
  if (found !== undefined) return conflict(found)
  await refuseSameIdElsewhere(bound)
  const original = await take(like)
  if (original === undefined) throw withoutOriginal(like)
  if (values.secret === 'keep') throw withoutSecret(bound)
  const facts = await credentialFacts(like)
  const element = values.username === 'keep' ? withStoredUsername(like, original.element, facts) : original.element
  const username = usernameFor(bound, element, values.username)
  const body = writeCredential(element, {
    id: bound.address.id,
    secret: values.secret.set,
    ...(username === undefined ? {} : { username }),
    description: markedDescription(bound, facts.description ?? element.description ?? ''),
  })
  return {
    kind: 'staged',
    to: 'unpredictable',
    backup: new Uint8Array(),
    commit: () => create(bound, body, { element, username }),
  }
}

/** Jenkins refuses a second one of an id in its domain alone; of two domains it gives jobs whichever it lists first. */
async function refuseSameIdElsewhere({ client, address }: BoundCredential): Promise<void> {
  const same = (await listStore(client, address.store)).find(({ id }) => id === address.id)
  if (same === undefined) return
  throw new Failure('R205', {
    at: `Jenkins ${client.baseUrl}, credential "${address.id}" in ${storeName(address.store)}`,
    because: `the domain "${same.domain}" of this store has a credential of this id already`,
    state: 'Nothing was changed.',
    exitCode: 4,
  })
}

interface Wanted {
  readonly element: CredentialElement
  readonly username: string | undefined
}

async function create(bound: BoundCredential, body: string, wanted: Wanted): Promise<Change> {
  const before = await take(bound)
  if (before !== undefined) return conflict(before)
  const { store, domain } = bound.address
  let isNew = true
  const { found, doubt } = await actAndLook(
    async () => {
      isNew = await bound.client.createByXml(`${domainPath(store, domain)}/createCredentials`, body)
    },
    () => take(bound),
  )
  if (found === undefined) throw doubt === undefined ? notMade(bound, isNew) : notDone(doubt)
  // The lost answer may have been a 409; and a 409 may mean an earlier request of ours that arrived late.
  const isCertain = isNew && doubt === undefined
  if (!isCertain && madeHere(bound, found.element.description).made === undefined) return conflict(found)
  const { username, scope, type } = found.element
  const shown = wanted.username === undefined ? undefined : asShown(wanted.username)
  if (username !== shown || scope !== wanted.element.scope || type !== wanted.element.type) {
    throw new Failure('R204', {
      at: locationOf(bound),
      because: 'the controller answered 200, but the new credential shows another username, scope or kind',
      state: 'The credential was made.',
    })
  }
  return { kind: 'changed', now: found.digest }
}

/** Undoes the making: the credential goes, unless someone changed it since. One that is gone already is a conflict. */
export async function stageRemoval(bound: BoundCredential, expected: Digest): Promise<Staged | Conflict> {
  const found = await take(bound)
  if (found === undefined || !isAsExpected(found, expected)) return conflict(found)
  return { kind: 'staged', to: 'absent', backup: new Uint8Array(), commit: () => remove(bound, expected) }
}

async function remove(bound: BoundCredential, expected: Digest): Promise<Change> {
  const before = await take(bound)
  if (before === undefined || !isAsExpected(before, expected)) return conflict(before)
  await refuseWhileNamed(bound)
  const { store, domain, id } = bound.address
  const { found, doubt } = await actAndLook(
    () => bound.client.postAction(`${credentialPath(store, domain, id)}/doDelete`),
    () => take(bound),
  )
  if (found === undefined) return { kind: 'changed', now: 'absent' }
  if (doubt !== undefined) throw notDone(doubt)
  throw new Failure('R204', {
    at: locationOf(bound),
    because: 'the controller took the request to remove this credential, but still shows it',
    state: 'The credential is still there.',
  })
}

function withoutOriginal(like: BoundCredential): Failure {
  return new Failure('R205', {
    at: locationOf(like),
    because: 'the credential that the new one shall be like is not there any more',
    state: 'Nothing was changed.',
    exitCode: 4,
  })
}

function withoutSecret(bound: BoundCredential): Failure {
  return new Failure('R112', {
    at: locationOf(bound),
    because: 'a credential that is made needs a secret of its own',
    state: 'Nothing was changed.',
  })
}

/** 409 without a credential of this id: the domain is not there (credentials-plugin, CredentialsStoreAction.doCreateCredentials). */
function notMade(bound: BoundCredential, isNew: boolean): Failure {
  const because = isNew
    ? 'the controller answered 200, but shows no such credential'
    : `HTTP 409: the domain "${bound.address.domain}" is not there`
  return new Failure('R204', { at: locationOf(bound), because, state: 'The credential was not made.' })
}
