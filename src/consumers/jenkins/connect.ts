import { shapeOf } from '../../bitbucket/token-shape.ts'
import type { Connector, PlaceState } from '../../model/consumer.ts'
import type { CredentialChange, ReferenceChange } from '../../model/credential.ts'
import { Failure } from '../../model/failure.ts'
import type { PlaceRef, SecretField } from '../../model/place.ts'
import type { Context, ControllerLogin } from '../../model/ports.ts'
import { parseAddress } from './address.ts'
import { type JenkinsClient, jenkinsClient } from './client.ts'
import { placePath } from './controller-path.ts'
import { stageNewCredential, stageRemoval } from './create-credential.ts'
import {
  type CredentialValues,
  readCredentialPlace,
  stageCredential,
  stageCredentialRestore,
} from './credential-place.ts'
import type { BoundCredential } from './credential-snapshot.ts'
import {
  type BoundReferences,
  readReferences,
  referencesIn,
  stageReferences,
  stageReferencesRestore,
} from './job-credentials-place.ts'
import {
  type BoundJobUrl,
  type JobUrlChange,
  jobUrlIn,
  readJobUrlPlace,
  stageJobUrl,
  stageJobUrlRestore,
} from './job-url-place.ts'
import { listControllers } from './list.ts'
import { type Located, readAllPlaces } from './read-all.ts'
import type { RemoteUrl } from './remote-url.ts'
import type { XmlDocument } from './xml-document.ts'

/**
 * Reads and changes credentials and job URLs of running controllers. Only this file opens secrets. Replacing is
 * repeatable; the digest afterwards cannot be known before, because Jenkins encrypts with a fresh vector.
 */
export const jenkinsConnector: Connector & Required<Pick<Connector, 'list' | 'readAll' | 'stageCreate'>> = {
  list: (context) =>
    listControllers(
      context,
      (login) => openController(login, context),
      (text) => secretField(text, context),
    ),
  read: (place, context) => readPlace(place, context),
  readAll: (places, context) => {
    const clients = new Map<ControllerLogin, JenkinsClient>()
    return readAllPlaces(places, {
      locate: (place) => locate(place, context, clients),
      readOne: (place) => readPlace(place, context),
      readIn: (located, config) => readIn(boundTo(located, context), config),
      context,
    })
  },
  stageReplace: async (place, expected, next, context) => {
    const bound = bind(place, context)
    if (bound.kind === 'credential') return stageCredential(bound, expected, credentialValues(next))
    if (bound.kind === 'job credentials') return stageReferences(bound, expected, referenceChange(next, place))
    return stageJobUrl(bound, expected, jobUrlChange(next))
  },
  stageCreate: async (place, like, next, context) => {
    const bound = boundCredential(place, context)
    const original = boundCredential(like, context)
    if (bound.client.baseUrl !== original.client.baseUrl) throw otherController(like)
    return stageNewCredential(bound, original, credentialValues(next))
  },
  stageRestore: async (place, expected, backup, context) => {
    const bound = bind(place, context)
    if (bound.kind === 'job url') return stageJobUrlRestore(bound, expected, backup)
    if (bound.kind === 'job credentials') return stageReferencesRestore(bound, expected, backup)
    return backup.length === 0 ? stageRemoval(bound, expected) : stageCredentialRestore(bound, expected, backup)
  },
}

async function readPlace(place: PlaceRef, context: Context): Promise<PlaceState> {
  const bound = bind(place, context)
  if (bound.kind === 'credential') return readCredentialPlace(bound)
  return bound.kind === 'job url' ? readJobUrlPlace(bound) : readReferences(bound)
}

function readIn(bound: Bound, config: XmlDocument | undefined): PlaceState {
  if (bound.kind === 'job url') return jobUrlIn(bound, config)
  return bound.kind === 'job credentials' ? referencesIn(bound, config) : { kind: 'absent' }
}

export function openController(login: ControllerLogin, context: Context): JenkinsClient {
  const { baseUrl, user } = login
  const { http, clock } = context.system
  return jenkinsClient({ baseUrl, user, authorization: authorization(login), http, clock })
}

/** Value of the Authorization header for this login. */
export function authorization({ user, apiToken }: ControllerLogin): string {
  return `Basic ${Buffer.from(`${user}:${apiToken.reveal()}`, 'utf8').toString('base64')}`
}

/** The login for the controller that a place names. A plan may name any URL; only controllers the user named are asked. */
export function loginFor(place: PlaceRef, context: Context): ControllerLogin {
  const address = parseAddress(place.address)
  const url = place.at.kind === 'url' ? place.at.url : place.at.path
  const login = context.logins.find(({ baseUrl }) => url === `${baseUrl.replace(/\/+$/, '')}${placePath(address)}`)
  if (login !== undefined) return login
  throw new Failure('R112', {
    at: url,
    because: 'no login was given for this controller, or the URL and the address of the place do not agree',
    state: 'Nothing was sent.',
    next: ['Name the controller and give a login for it.'],
  })
}

type Bound =
  | ({ readonly kind: 'credential' } & BoundCredential)
  | ({ readonly kind: 'job url' } & BoundJobUrl)
  | ({ readonly kind: 'job credentials' } & BoundReferences)

function bind(place: PlaceRef, context: Context): Bound {
  return boundTo(locate(place, context, new Map()), context)
}

/** One client for each login that is met. */
function locate(place: PlaceRef, context: Context, clients: Map<ControllerLogin, JenkinsClient>): Located {
  const login = loginFor(place, context)
  const client = clients.get(login) ?? openController(login, context)
  clients.set(login, client)
  return { place, address: parseAddress(place.address), client }
}

function boundTo({ place, address, client }: Located, context: Context): Bound {
  const common = { client, place, context }
  switch (address.kind) {
    case 'credential':
      return { kind: 'credential', address, ...common }
    case 'job credentials':
      return { kind: 'job credentials', address, ...common }
    case 'job url':
      return { kind: 'job url', address, ...common, secretField: (text) => secretField(text, context) }
  }
}

function boundCredential(place: PlaceRef, context: Context): BoundCredential {
  const bound = bind(place, context)
  if (bound.kind === 'credential') return bound
  throw new Failure('R112', {
    at: place.address,
    because: 'only credentials are made, and only like other credentials',
    state: 'Nothing was changed.',
  })
}

function otherController(like: PlaceRef): Failure {
  return new Failure('R112', {
    at: like.address,
    because: 'a credential is made like one of the same controller',
    state: 'Nothing was changed.',
  })
}

function referenceChange({ reference }: CredentialChange, place: PlaceRef): ReferenceChange {
  if (reference !== undefined) return reference
  throw new Failure('R112', {
    at: place.address,
    because: 'this place names credentials and holds none: it takes another id, no username and no secret',
    state: 'Nothing was changed.',
  })
}

function credentialValues({ username, secret }: CredentialChange): CredentialValues {
  return { username, secret: secret === 'keep' ? 'keep' : { set: secret.set.reveal() } }
}

function jobUrlChange({ username, secret }: CredentialChange): JobUrlChange {
  return (url: RemoteUrl) => ({
    username: username === 'keep' ? url.username : username === 'remove' ? undefined : encodeURIComponent(username.set),
    password: secret === 'keep' ? keptPassword(url, username) : encodeURIComponent(secret.set.reveal()),
  })
}

/** Without a username there is nobody the password could belong to: `remove` takes the whole userinfo. */
function keptPassword(url: RemoteUrl, username: CredentialChange['username']): string | undefined {
  return username === 'remove' ? undefined : url.password
}

function secretField(text: string, context: Context): SecretField {
  const value = context.seal(text)
  return { value, kind: shapeOf(value).kind, encoding: 'percent' }
}
