import type { DiagnosisCode } from '../../src/model/diagnosis.ts'
import type { Moment, Name, Pair, Profile, SecretForm, Site } from './blueprint.ts'

/**
 * What Bitbucket answers, written from docs/bitbucket-authentication.md and from nothing in `src`. An answer carries every defect that
 * would by itself lead to a refusal: repairing the others would leave it.
 */
export interface Answer {
  readonly status: 200 | 401 | 403 | 404 | 410 | 429 | 503
  readonly defects: readonly Defect[]
}

export interface Defect {
  readonly code: DiagnosisCode
  /** What has to be looked at to see it: what is written down, git's own answers, or REST. */
  readonly seenIn: 'files' | 'git' | 'REST' | 'REST, under the e-mail'
  /** Another cause has the same text of REST in the older profile; the site of the user tells it. */
  readonly twin?: 'without scopes' | 'of another app' | 'dead'
}

export const OWN_TEXTS_SINCE_SEPTEMBER: ReadonlySet<Profile> = new Set(['default', 'one 401', 'lenient'])

/** Between brown-outs, app passwords still work; Bearer for API tokens works since 18 August 2026. */
export const appPasswordsWork = (moment: Moment): boolean => moment === 'between brown-outs'
export const isBeforeEnd = (moment: Moment): boolean => moment === 'between brown-outs' || moment === 'brown-out'
export const bearerWorks = (moment: Moment): boolean => moment === 'today'

const ACCEPTED = (defects: readonly Defect[]): Answer => ({ status: 200, defects })

export function gitAnswer(pair: Pair, service: 'fetch' | 'push', site: Site): Answer {
  const incident = incidentOf(site)
  const own = undisturbed(pair, service, site)
  return incident === undefined ? own : { status: incident.status, defects: [...incident.defects, ...own.defects] }
}

/** In place of every answer to a credential. */
function incidentOf({ incident }: Site): Answer | undefined {
  if (incident === 'lock-out') return { status: 429, defects: [{ code: 'D130', seenIn: 'git' }] }
  if (incident === 'rate limit') return { status: 429, defects: [{ code: 'D128', seenIn: 'git' }] }
  return incident === 'out of order' ? { status: 503, defects: [] } : undefined
}

function undisturbed(pair: Pair, service: 'fetch' | 'push', site: Site): Answer {
  const unknown = [...nameDefects(pair, site), ...secretDefects(pair.secret, site)]
  const forbidden = [...scopeDefects(pair.secret, service), ...reachDefects(pair.secret, service, site)]
  const defects = [...unknown, ...forbidden]
  if (isEndedAppPassword(pair.secret, site)) return { status: 410, defects }
  if (unknown.length > 0) return { status: 401, defects }
  if (forbidden.length === 0) return ACCEPTED([])
  const isHidden = scopeDefects(pair.secret, service).length === 0 && forbidden.some(({ code }) => code === 'D115')
  return { status: isHidden && site.profile === 'one 401' ? 401 : 403, defects }
}

/** Refused wherever it would be sent, whatever the repository and the workspace say. */
export function hasOwnDefect(pair: Pair, service: 'fetch' | 'push', site: Site): boolean {
  const calm: Site = { ...site, reach: 'write', policy: 'none', incident: 'none' }
  return undisturbed(pair, service, calm).defects.length > 0
}

function isEndedAppPassword(secret: SecretForm, { moment }: Site): boolean {
  return secret.kind === 'app password' && !appPasswordsWork(moment)
}

function nameDefects({ name, secret }: Pair, { profile }: Site): readonly Defect[] {
  if (nameFits(name, secret, profile)) return []
  if (secret.kind === 'access token') return [{ code: 'D117', seenIn: 'git' }, ...namedAs(name)]
  if (secret.kind === 'api token' || secret.kind === 'app password') return namedAs(name)
  return []
}

function namedAs(name: Name): readonly Defect[] {
  if (name === 'e-mail') return [{ code: 'D106', seenIn: 'git' }]
  if (name === 'fixed name of access tokens') return [{ code: 'D117', seenIn: 'git' }]
  return [{ code: 'D107', seenIn: 'git' }]
}

function nameFits(name: Name, { kind }: SecretForm, profile: Profile): boolean {
  const isUsername = name === 'username' || (name === 'username in other case' && profile === 'lenient')
  if (kind === 'app password') return isUsername
  if (kind === 'access token' || kind === 'oauth token') return name === 'fixed name of access tokens'
  if (name === 'fixed name of access tokens') return profile !== 'one 401'
  return isUsername || name === 'fixed name of API tokens'
}

function secretDefects(secret: SecretForm, site: Site): readonly Defect[] {
  switch (secret.kind) {
    case 'app password':
      return appPasswordsWork(site.moment) ? [] : [{ code: 'D101', seenIn: 'files' }]
    case 'account password':
    case 'foreign':
      return [{ code: 'D122', seenIn: 'files' }]
    case 'oauth token':
      return secret.end === 'alive' ? [] : [{ code: 'D123', seenIn: 'REST' }]
    case 'api token':
      return [
        ...copyDefects(secret.copy),
        ...endDefects(secret.end, 'REST, under the e-mail'),
        ...appDefects(secret.app),
      ]
    case 'access token':
      return [...copyDefects(secret.copy), ...endDefects(secret.end, 'REST')]
  }
}

const copyDefects = (copy: string): readonly Defect[] => (copy === 'whole' ? [] : [{ code: 'D109', seenIn: 'files' }])

const endDefects = (end: string, seenIn: Defect['seenIn']): readonly Defect[] =>
  end === 'alive' ? [] : [{ code: 'D108', seenIn, twin: 'dead' }]

function appDefects(app: string): readonly Defect[] {
  if (app === 'bitbucket') return []
  const seenIn = 'REST, under the e-mail'
  return app === 'none'
    ? [{ code: 'D102', seenIn, twin: 'without scopes' }]
    : [{ code: 'D103', seenIn, twin: 'of another app' }]
}

function scopeDefects(secret: SecretForm, service: 'fetch' | 'push'): readonly Defect[] {
  const granted = scopesOf(secret)
  const needed = service === 'push' ? ['read', 'write'] : ['read']
  const isGranted = granted === undefined || needed.every((scope) => granted.includes(scope))
  return isGranted ? [] : [{ code: 'D105', seenIn: 'git' }]
}

/** Undefined where scopes do not count, because there are none to look at. */
function scopesOf(secret: SecretForm): readonly string[] | undefined {
  if (secret.kind === 'api token' && secret.app === 'bitbucket')
    return {
      read: ['read'],
      write: ['write'],
      other: [],
      'read and write': ['read', 'write'],
      everything: ['read', 'write'],
    }[secret.scopes]
  // The older vocabulary of access tokens: to write is to read as well.
  if (secret.kind === 'access token')
    return { read: ['read'], other: [], 'read and write': ['read', 'write'] }[secret.scopes]
  return undefined
}

function reachDefects(secret: SecretForm, service: 'fetch' | 'push', site: Site): readonly Defect[] {
  const { reach, policy, isPrivate } = site
  const isPerson = secret.kind === 'api token' || secret.kind === 'app password'
  const isOut =
    reach === 'no such repository' ||
    (isPerson && (reach === 'none' ? isPrivate || service === 'push' : service === 'push' && reach === 'read')) ||
    (secret.kind === 'access token' && secret.covers === 'another repository') ||
    (secret.kind === 'api token' && secret.narrowed)
  return [
    ...(isOut ? [{ code: 'D115', seenIn: 'git' } as const] : []),
    ...(isPrivate && (policy === 'address' || (policy === 'two-step' && isPerson))
      ? [{ code: 'D120', seenIn: 'git' } as const]
      : []),
    ...(policy === 'user limit' && service === 'push' ? [{ code: 'D129', seenIn: 'git' } as const] : []),
  ]
}
