import type { Diagnosis, DiagnosisCode } from '../model/diagnosis.ts'
import type { Place } from '../model/place.ts'
import { sideOf } from './choose-username.ts'
import type { PlanPolicy } from './plan-input.ts'

/** What has to happen to the credential of a place. */
export type Verdict =
  | { readonly kind: 'new secret'; readonly reason: string }
  | { readonly kind: 'new username'; readonly reason: string }
  | { readonly kind: 'keep'; readonly reason: string }
  | { readonly kind: 'manual'; readonly reason: string; readonly wayOut: string }

const BY_CODE: Partial<Record<DiagnosisCode, Verdict>> = {
  D100: { kind: 'keep', reason: 'it works' },
  D101: { kind: 'new secret', reason: 'app passwords ended on 2026-07-28' },
  D102: { kind: 'new secret', reason: 'the API token has no scopes' },
  D103: { kind: 'new secret', reason: 'the API token belongs to another app' },
  D104: { kind: 'new secret', reason: 'the API token has no Bitbucket scopes' },
  D105: { kind: 'new secret', reason: 'a scope is missing, and the scopes of a token cannot be changed' },
  D106: { kind: 'new username', reason: 'git never takes the e-mail' },
  D107: { kind: 'new username', reason: 'the username is not the one of the owner of the token' },
  D108: { kind: 'new secret', reason: 'the token has expired or was revoked' },
  D109: { kind: 'new secret', reason: 'the secret is not a whole copy' },
  D110: { kind: 'keep', reason: 'the username in the URL is what hides it' },
  D111: { kind: 'keep', reason: 'an older credential answers before it' },
  D112: {
    kind: 'manual',
    reason: 'an http.extraHeader is sent in its place',
    wayOut: 'Remove the header; the doctor names its file and line.',
  },
  D115: {
    kind: 'manual',
    reason: 'the owner of the token has no access to the repository',
    wayOut: 'An administrator of the workspace grants access.',
  },
  D116: { kind: 'new username', reason: 'REST takes API tokens under the e-mail only' },
  D117: { kind: 'new username', reason: 'the username does not fit the kind of token' },
  D122: { kind: 'new secret', reason: 'it is no token of Bitbucket' },
  D132: { kind: 'new secret', reason: 'Branch Source does not take it' },
  D139: { kind: 'new secret', reason: 'what is stored is too short for a token' },
  D120: {
    kind: 'manual',
    reason: 'the workspace refuses before the credential counts',
    wayOut: 'Meet the policy of the workspace, then plan again.',
  },
}

/** Whether it alone decides what happens to the secret. */
export function tellsOfSecret({ code }: Diagnosis): boolean {
  return BY_CODE[code] !== undefined
}

/** `chosen`: a person named the token to use, so a place whose secret cannot be read is included too. */
export function verdictOn(place: Place, diagnosis: Diagnosis | undefined, chosen: boolean): Verdict {
  const kind = place.secret?.kind
  if (kind === 'app-password') return { kind: 'new secret', reason: 'app passwords ended on 2026-07-28' }
  if (isTooShort(place))
    return { kind: 'new secret', reason: 'what is stored is shorter than every token that git takes' }
  const judged = diagnosis === undefined ? undefined : (BY_CODE[diagnosis.code] ?? sameForEveryCause(diagnosis))
  if (judged !== undefined && !isHiddenBehind(place, diagnosis, chosen)) return judged
  if (kind === 'account-password') return { kind: 'new secret', reason: 'account passwords ended on 2022-03-01' }
  if (place.secret?.encoding === 'opaque' && chosen)
    return { kind: 'new secret', reason: 'the controller does not show what it holds; the token was named' }
  if (diagnosis !== undefined) return unsettled(place, diagnosis, chosen)
  return kind === 'api-token' || kind === 'access-token'
    ? { kind: 'keep', reason: 'it was not checked' }
    : { kind: 'manual', reason: 'what it holds could not be told', wayOut: capital(naming(place)) }
}

/**
 * Whether no answer of Bitbucket could change what happens: it holds no secret, its secret is dead by its form, or it cannot be read and a
 * person named the token that replaces it. An answer about a secret says nothing about the username that nobody can read.
 */
export function isSettled(place: Place, { token, replace }: Pick<PlanPolicy, 'token' | 'replace'>): boolean {
  const { secret, hindrance } = place
  if (hindrance?.kind === 'username not read') return true
  if (secret === undefined || secret.kind === 'app-password' || isTooShort(place)) return true
  return secret.encoding === 'opaque' && token !== undefined && replace === true
}

/** App passwords have 20 or 36 characters, API and access tokens more than a hundred (docs/bitbucket-authentication.md, "Token formats"). */
const LONGEST_WITHOUT_TOKEN = 47

/**
 * Whether its length alone says that git takes this secret no more, so that nobody has to be asked. Branch Source may hold the secret of
 * an OAuth consumer, which is as short and works.
 */
export function isTooShort({ secret, uses }: Place): boolean {
  const isShort = secret?.size !== undefined && secret.size.longest <= LONGEST_WITHOUT_TOKEN
  return isShort && uses.length > 0 && uses.every((use) => sideOf(use) === 'git')
}

/**
 * What hides a credential says nothing about the credential; where it cannot be read and a token was named, it is replaced too. So is a
 * pair that a scan was refused: its name cannot be changed without its secret.
 */
function isHiddenBehind(place: Place, diagnosis: Diagnosis | undefined, chosen: boolean): boolean {
  const hiding: readonly (DiagnosisCode | undefined)[] = ['D110', 'D111', 'D116']
  return chosen && place.secret?.encoding === 'opaque' && hiding.includes(diagnosis?.code)
}

/** Several causes may remain, and all of them want a new token. */
function sameForEveryCause({ code, details }: Diagnosis): Verdict | undefined {
  const causes = code === 'D190' ? [details['causes'] ?? []].flat() : []
  const verdicts = causes.map((cause) => BY_CODE[cause as DiagnosisCode]?.kind)
  return verdicts.length > 0 && verdicts.every((kind) => kind === 'new secret')
    ? { kind: 'new secret', reason: 'Bitbucket refuses it, and every cause that remains wants a new token' }
    : undefined
}

interface Open {
  readonly reason: string
  /** Absent: nothing but to name the token. */
  readonly wayOut?: string
}

/** A person who names the token may still have it replaced. */
const UNSETTLED: Partial<Record<DiagnosisCode, Open>> = {
  D123: {
    reason: 'the OAuth token has ended',
    wayOut:
      'let its tool ask for a new one. Where it was pasted in, name an API token: keyturn plan --token NAME --replace',
  },
  D126: {
    reason: 'the header with the credential does not arrive at Bitbucket',
    wayOut: 'look at what stands between this machine and Bitbucket (a proxy, a gateway), then plan again',
  },
  D128: { reason: 'Bitbucket limits the rate', wayOut: 'wait up to an hour, then plan again' },
  D129: {
    reason: 'the workspace is over its user limit',
    wayOut: 'an administrator of the workspace pays for more users or removes some; then plan again',
  },
  D130: {
    reason: 'the account is locked after failed attempts',
    wayOut:
      'stop what tries again and again, wait 15 minutes or sign in once at https://bitbucket.org, then plan again',
  },
  D133: { reason: 'the tool is too old for API tokens' },
  D137: { reason: 'a scan could not read the workspace with it' },
  D190: { reason: 'its cause could not be told' },
}

/** Nothing settles what a controller hides and nothing was seen to use. */
function unsettled(place: Place, { code, settledBy }: Diagnosis, chosen: boolean): Verdict {
  const { secret, uses } = place
  const isOpen = secret?.encoding === 'opaque' && uses.length === 0
  const { reason = 'whether it works could not be told', wayOut } = UNSETTLED[code] ?? {}
  const settling = isOpen ? undefined : (settledBy?.[0] ?? wayOut)
  const allTheSame = settling === undefined || !chosen || settling.includes(REPLACE) ? '' : `; or ${ALL_THE_SAME}`
  return { kind: 'manual', reason, wayOut: `${capital(settling ?? naming(place))}${allTheSame}` }
}

const REPLACE = 'keyturn plan --token NAME --replace'
const ALL_THE_SAME = `put the token in its place all the same: ${REPLACE}`

/** What can be read may be right, so that it takes a second word to have it replaced. */
function naming({ secret }: Place): string {
  return `name the token to use: ${secret?.encoding === 'opaque' ? 'keyturn plan --token NAME' : REPLACE}`
}

function capital(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}
