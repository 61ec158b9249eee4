import type { Copy, Moment, Name, Pair, Profile, SecretForm, Site, Told } from './blueprint.ts'
import type { Draw } from './draw.ts'

export type Use = 'fetch' | 'push'

/** One to three faults, and a share with none. */
export function howMany(draw: Draw): number {
  return draw.weighted([
    [16, 0],
    [46, 1],
    [24, 2],
    [14, 3],
  ])
}

export function healthySite(draw: Draw): Site {
  const profile = draw.weighted<Profile>([
    [60, 'default'],
    [15, 'january'],
    [15, 'one 401'],
    [10, 'lenient'],
  ])
  const moment = draw.weighted<Moment>([
    // The older texts go with the older days.
    [profile === 'january' ? 0 : 70, 'today'],
    [10, 'before Bearer'],
    [5, 'cut-off'],
    [8, 'brown-out'],
    [7, 'between brown-outs'],
  ])
  const incident = draw.chance(0.05) ? 'one 401' : 'none'
  return { profile, moment, isPrivate: !draw.chance(0.08), reach: 'write', policy: 'none', incident }
}

export function drawTold(draw: Draw): Told {
  const email = draw.chance(0.75)
  return { email, site: email && draw.chance(0.5) }
}

export type ApiToken = Extract<SecretForm, { kind: 'api token' }>

export function goodApiToken(draw: Draw, id: string, use: Use): ApiToken {
  const scopes = use === 'push' ? 'read and write' : draw.one(['read', 'read and write', 'everything'] as const)
  return { id, kind: 'api token', app: 'bitbucket', scopes, end: 'alive', copy: 'whole', narrowed: false }
}

export function goodPair(draw: Draw, id: string, use: Use): Pair {
  if (draw.chance(0.15)) {
    const covers = draw.one(['repository', 'workspace'] as const)
    const scopes = use === 'push' ? 'read and write' : draw.one(['read', 'read and write'] as const)
    return {
      name: 'fixed name of access tokens',
      secret: { id, kind: 'access token', covers, scopes, end: 'alive', copy: 'whole' },
    }
  }
  const name = draw.chance(0.7) ? 'fixed name of API tokens' : 'username'
  return { name, secret: goodApiToken(draw, id, use) }
}

/** One fault more in this pair. */
export function spoiledPair(draw: Draw, pair: Pair): Pair {
  return draw.chance(0.35) ? { ...pair, name: wrongName(draw, pair) } : { ...pair, ...spoiledSecret(draw, pair) }
}

export function wrongName(draw: Draw, { secret }: Pair): Name {
  if (secret.kind === 'access token' || secret.kind === 'oauth token')
    return draw.one(['fixed name of API tokens', 'username', 'e-mail'] as const)
  return draw.weighted<Name>([
    [45, 'e-mail'],
    [25, 'name of somebody else'],
    [15, 'username in other case'],
    [15, 'fixed name of access tokens'],
  ])
}

const COPIES: readonly Copy[] = ['cut', 'percent-encoded', 'blank at the end']

function spoiledSecret(draw: Draw, pair: Pair): Pick<Pair, 'secret'> | Pair {
  const { secret } = pair
  if (draw.chance(0.22)) return deadPair(draw, secret.id)
  if (secret.kind === 'access token')
    return {
      secret: draw.one([
        { ...secret, end: 'expired' },
        { ...secret, end: 'revoked' },
        { ...secret, covers: 'another repository' },
        { ...secret, scopes: 'other' },
        { ...secret, copy: draw.one(COPIES) },
      ] as const),
    }
  if (secret.kind === 'oauth token') return { secret: { ...secret, end: draw.one(['expired', 'revoked'] as const) } }
  if (secret.kind !== 'api token') return { secret: { ...goodApiToken(draw, secret.id, 'push'), end: 'revoked' } }
  return {
    secret: draw.weighted<SecretForm>([
      [16, { ...secret, app: 'none' }],
      [14, { ...secret, app: draw.one(['jira', 'confluence'] as const) }],
      [13, { ...secret, end: 'expired' }],
      [13, { ...secret, end: 'revoked' }],
      [20, { ...secret, scopes: draw.one(['write', 'other'] as const) }],
      [16, { ...secret, copy: draw.one(COPIES) }],
      [6, { ...secret, narrowed: true }],
    ]),
  }
}

/** What people still have from before: it is dead under every name. */
export function deadPair(draw: Draw, id: string): Pair {
  return draw.weighted<Pair>([
    [60, { name: 'username', secret: { id, kind: 'app password', prefixed: true } }],
    [12, { name: 'username', secret: { id, kind: 'app password', prefixed: false } }],
    [10, { name: draw.one(['username', 'e-mail'] as const), secret: { id, kind: 'account password' } }],
    [10, { name: 'username', secret: { id, kind: 'foreign', looks: 'like nothing' } }],
    [4, { name: 'username', secret: { id, kind: 'foreign', looks: 'like an app password' } }],
  ])
}

/** A token that was right once, or what was there before tokens. */
export function olderPair(draw: Draw, id: string): Pair {
  if (draw.chance(0.65)) return deadPair(draw, id)
  const end = draw.one(['expired', 'revoked'] as const)
  return { name: 'fixed name of API tokens', secret: { ...goodApiToken(draw, id, 'push'), end } }
}

export function spoiledSite(draw: Draw, site: Site, use: Use): Site {
  return draw.weighted<Site>([
    [30, { ...site, reach: 'none' }],
    [16, { ...site, reach: 'no such repository' }],
    [use === 'push' ? 14 : 0, { ...site, reach: 'read' }],
    [14, { ...site, isPrivate: true, policy: 'address' }],
    [14, { ...site, isPrivate: true, policy: 'two-step' }],
    [use === 'push' ? 14 : 0, { ...site, policy: 'user limit' }],
    [10, { ...site, incident: 'lock-out' }],
    [8, { ...site, incident: 'rate limit' }],
    [6, { ...site, incident: 'out of order' }],
  ])
}
