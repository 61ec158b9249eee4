import type { DiagnosisCode } from '../../src/model/diagnosis.ts'
import { appPasswordsWork, bearerWorks, type Defect, isBeforeEnd } from './bitbucket-oracle.ts'
import type { RestWorld, SecretForm } from './blueprint.ts'
import type { Expectation } from './expectation.ts'
import { asBearer, untoldOfPair } from './git-oracle.ts'

/** What REST answers (docs/bitbucket-authentication.md, "REST failures"). */
export function expectationOfRest(given: RestWorld): Expectation {
  const { name } = given.pair
  const world = given.scheme === 'Bearer' ? { ...given, pair: { ...asBearer(given.pair), name } } : given
  if (world.disturbance === 'rate limit')
    return { works: false, right: ['D128', ...undisturbed(world).right.filter(isFault)] }
  // Removed for everybody, whoever asks.
  if (world.path === 'removed listing') return { works: false, right: ['D127'] }
  return world.disturbance === 'header dropped' ? withoutHeader(world) : undisturbed(world)
}

/** Whatever was sent is answered as if it had not been; a token can be tried in another way, and an app password cannot. */
function withoutHeader(world: RestWorld): Expectation {
  const right: Expectation['right'] = ['D126', ...undisturbed(world).right.filter(isFault)]
  const isTold =
    world.pair.secret.kind !== 'app password' || world.scheme === 'Bearer' || !isBeforeEnd(world.site.moment)
  return {
    works: false,
    right,
    ...(isTold ? {} : { untold: 'an app password that may still work goes by one way only' }),
  }
}

const isFault = (code: DiagnosisCode): boolean => code !== 'D100'

function undisturbed(world: RestWorld): Expectation {
  const who = [...schemeDefects(world), ...secretDefects(world)]
  const what = who.some(({ code }) => code !== 'D121' && code !== 'D116' && code !== 'D117') ? [] : pathDefects(world)
  const defects = [...who, ...what]
  if (defects.length === 0) return { works: true, right: ['D100'] }
  const untold = who.length === 0 ? undefined : untoldOf(world, who)
  return {
    works: false,
    right: [...new Set(defects.map(({ code }) => code))],
    ...(untold === undefined ? {} : { untold }),
  }
}

function schemeDefects({ scheme, pair, site }: RestWorld): readonly Defect[] {
  const { kind } = pair.secret
  if (kind === 'api token') {
    if (scheme === 'Bearer') return bearerWorks(site.moment) ? [] : [{ code: 'D121', seenIn: 'REST' }]
    return pair.name === 'e-mail' ? [] : [{ code: 'D116', seenIn: 'REST' }]
  }
  if (kind === 'access token' || kind === 'oauth token')
    return scheme === 'Bearer' ? [] : [{ code: 'D117', seenIn: 'REST' }]
  if (kind === 'app password' && appPasswordsWork(site.moment)) return appPasswordName(scheme, pair.name)
  return []
}

function appPasswordName(scheme: RestWorld['scheme'], name: string): readonly Defect[] {
  if (scheme === 'Bearer') return [{ code: 'D101', seenIn: 'files' }]
  return name === 'username' ? [] : [{ code: 'D116', seenIn: 'REST' }]
}

function secretDefects({ pair: { secret }, site }: RestWorld): readonly Defect[] {
  switch (secret.kind) {
    case 'app password':
      return appPasswordsWork(site.moment) ? [] : [{ code: 'D101', seenIn: 'files' }]
    case 'account password':
    case 'foreign':
      return [{ code: 'D122', seenIn: 'files' }]
    case 'oauth token':
      return secret.end === 'alive' ? [] : [{ code: 'D123', seenIn: 'REST' }]
    case 'access token':
      return [...copied(secret.copy), ...ended(secret.end, 'REST')]
    case 'api token':
      return [...copied(secret.copy), ...ended(secret.end, 'REST, under the e-mail'), ...ofApp(secret)]
  }
}

const copied = (copy: string): readonly Defect[] => (copy === 'whole' ? [] : [{ code: 'D109', seenIn: 'files' }])
const ended = (end: string, seenIn: Defect['seenIn']): readonly Defect[] =>
  end === 'alive' ? [] : [{ code: 'D108', seenIn, twin: 'dead' }]

function ofApp(secret: Extract<SecretForm, { kind: 'api token' }>): readonly Defect[] {
  const seenIn = 'REST, under the e-mail'
  if (secret.app === 'bitbucket') return []
  return secret.app === 'none'
    ? [{ code: 'D102', seenIn, twin: 'without scopes' }]
    : [{ code: 'D103', seenIn, twin: 'of another app' }]
}

function pathDefects({ path, pair: { secret }, site }: RestWorld): readonly Defect[] {
  if (path === 'API 1.0') return [{ code: 'D124', seenIn: 'REST' }]
  if (secret.kind === 'access token' && path === 'user') return [{ code: 'D125', seenIn: 'REST' }]
  const missing: readonly Defect[] = mayAsk(secret, path) ? [] : [{ code: 'D105', seenIn: 'REST' }]
  const isOut =
    site.reach === 'no such repository' ||
    (secret.kind === 'access token' ? secret.covers === 'another repository' : site.reach === 'none') ||
    (secret.kind === 'api token' && secret.narrowed)
  const needsMembership =
    path === 'repository' || (path === 'workspace' && (secret.kind === 'api token' || secret.kind === 'oauth token'))
  return [...missing, ...(isOut && needsMembership ? [{ code: 'D115', seenIn: 'REST' } as const] : [])]
}

function mayAsk(secret: SecretForm, path: RestWorld['path']): boolean {
  if (secret.kind === 'api token')
    return (
      secret.scopes === 'everything' ||
      (path === 'repository' && (secret.scopes === 'read' || secret.scopes === 'read and write'))
    )
  if (secret.kind === 'access token') return path === 'repository' && secret.scopes !== 'other'
  return true
}

function isLikeNothing(secret: SecretForm): boolean {
  return (
    secret.kind === 'foreign' ||
    secret.kind === 'account password' ||
    (secret.kind === 'app password' && !secret.prefixed)
  )
}

function untoldOf(world: RestWorld, defects: readonly Defect[]): string | undefined {
  const { pair, site, told, scheme } = world
  if (scheme === 'Bearer' && isLikeNothing(pair.secret))
    return 'as Bearer, REST has one text for whatever it does not know, and a token of OAuth has no shape'
  // As Bearer, no name is given, so that only what was told is known.
  const seen = scheme === 'Bearer' ? { ...pair, name: 'username' as const } : pair
  const token = untoldOfPair(seen, defects, world)
  if (token !== undefined) return token
  const isNameOnly = defects.every(({ code }) => code === 'D116')
  const isKnown = told.email || bearerWorks(site.moment)
  if (isNameOnly && !isKnown && site.profile === 'january')
    return 'REST has one text, takes no Bearer yet, and the e-mail is not known'
  if (defects.some(({ code }) => code === 'D121') && !told.email)
    return 'the e-mail is not known, so that only Bearer can be asked'
  return undefined
}
