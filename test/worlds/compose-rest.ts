import type { Pair, RestPath, RestWorld, SecretForm } from './blueprint.ts'
import { drawTold, goodPair, healthySite, howMany, spoiledPair } from './compose-parts.ts'
import type { Draw } from './draw.ts'

const oauthToken: SecretForm = { id: 'right', kind: 'oauth token', end: 'alive' }

export function composeRest(draw: Draw): RestWorld {
  let world = healthy(draw)
  let left = howMany(draw)
  for (let tries = 0; left > 0 && tries < 20; tries++) {
    const spoiled = draw.weighted(FAULTS)(draw, world)
    if (spoiled === undefined) continue
    world = spoiled
    left--
  }
  return world
}

function healthy(draw: Draw): RestWorld {
  const { secret } = draw.chance(0.08) ? { secret: oauthToken } : goodPair(draw, 'right', 'fetch')
  const isAccess = secret.kind === 'access token' || secret.kind === 'oauth token'
  const moment = healthySite(draw)
  const site = { ...moment, isPrivate: true, incident: 'none' as const }
  const scheme = isAccess || (site.moment === 'today' && draw.chance(0.4)) ? 'Bearer' : 'Basic'
  return {
    kind: 'rest',
    site,
    told: drawTold(draw),
    path: isAccess || draw.chance(0.7) ? 'repository' : 'user',
    pair: { name: 'e-mail', secret: withEverything(secret) },
    scheme,
    by: scheme === 'Basic' && draw.chance(0.4) ? 'netrc' : 'curl -u',
  }
}

function withEverything(secret: SecretForm): SecretForm {
  return secret.kind === 'api token' ? { ...secret, scopes: 'everything' } : secret
}

const PATHS: readonly RestPath[] = ['user', 'workspace', 'removed listing', 'API 1.0']

type Fault = (draw: Draw, world: RestWorld) => RestWorld | undefined

function disturb(draw: Draw, world: RestWorld): RestWorld {
  return { ...world, disturbance: draw.one(['header dropped', 'rate limit'] as const) }
}

const FAULTS: readonly (readonly [number, Fault])[] = [
  [
    20,
    (draw, world) => ({
      ...world,
      pair: { ...world.pair, name: draw.one(['username', 'fixed name of API tokens'] as const) },
    }),
  ],
  [45, spoilSecret],
  [15, otherScheme],
  [8, disturb],
  [
    10,
    (draw, world) => ({ ...world, site: { ...world.site, reach: draw.one(['none', 'no such repository'] as const) } }),
  ],
  [10, (draw, world) => ({ ...world, path: draw.one(PATHS) })],
]

function spoilSecret(draw: Draw, world: RestWorld): RestWorld {
  const spoiled: Pair = spoiledPair(draw, world.pair)
  return { ...world, pair: { ...world.pair, secret: spoiled.secret } }
}

function otherScheme(_: Draw, world: RestWorld): RestWorld {
  return world.scheme === 'Basic' ? { ...world, scheme: 'Bearer', by: 'curl -u' } : { ...world, scheme: 'Basic' }
}
