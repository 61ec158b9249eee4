import { shapeOf } from '../../bitbucket/token-shape.ts'
import type { Connector } from '../../model/consumer.ts'
import type { CredentialChange } from '../../model/credential.ts'
import { Failure } from '../../model/failure.ts'
import type { PlaceRef, SecretField } from '../../model/place.ts'
import type { Context, ControllerLogin } from '../../model/ports.ts'
import { parseAddress } from './address.ts'
import { type JenkinsClient, jenkinsClient } from './client.ts'
import { placePath } from './controller-path.ts'
import {
  type BoundCredential,
  type CredentialValues,
  readCredentialPlace,
  stageCredential,
  stageCredentialRestore,
} from './credential-place.ts'
import {
  type BoundJobUrl,
  type JobUrlChange,
  readJobUrlPlace,
  stageJobUrl,
  stageJobUrlRestore,
} from './job-url-place.ts'
import { listControllers } from './list.ts'
import type { RemoteUrl } from './remote-url.ts'

/**
 * Reads and changes credentials and job URLs of running controllers. Only this file opens secrets. Replacing is
 * repeatable; the digest afterwards cannot be known before, because Jenkins encrypts with a fresh vector.
 */
export const jenkinsConnector: Connector & Required<Pick<Connector, 'list'>> = {
  list: (context) =>
    listControllers(
      context,
      (login) => openController(login, context),
      (text) => secretField(text, context),
    ),
  read: async (place, context) => {
    const bound = bind(place, context)
    return bound.kind === 'credential' ? readCredentialPlace(bound) : readJobUrlPlace(bound)
  },
  stageReplace: async (place, expected, next, context) => {
    const bound = bind(place, context)
    return bound.kind === 'credential'
      ? stageCredential(bound, expected, credentialValues(next))
      : stageJobUrl(bound, expected, jobUrlChange(next))
  },
  stageRestore: async (place, expected, backup, context) => {
    const bound = bind(place, context)
    return bound.kind === 'credential'
      ? stageCredentialRestore(bound, expected, backup)
      : stageJobUrlRestore(bound, expected, backup)
  },
}

export function openController(login: ControllerLogin, context: Context): JenkinsClient {
  const { baseUrl, user } = login
  return jenkinsClient({ baseUrl, user, authorization: authorization(login), http: context.system.http })
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

type Bound = ({ readonly kind: 'credential' } & BoundCredential) | ({ readonly kind: 'job url' } & BoundJobUrl)

function bind(place: PlaceRef, context: Context): Bound {
  const address = parseAddress(place.address)
  const client = openController(loginFor(place, context), context)
  return address.kind === 'credential'
    ? { kind: 'credential', client, address, place, context }
    : { kind: 'job url', client, address, place, context, secretField: (text) => secretField(text, context) }
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
