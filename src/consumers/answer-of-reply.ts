import type { Answer, Evidence, RefusalReason, Scope } from '../model/answer.ts'
import type { HttpReply, NetworkError } from '../model/ports.ts'

type Said = readonly [text: RegExp, reason: RefusalReason]

/** What Bitbucket says with a refusal (docs/bitbucket-authentication.md, 5.3 and 5.4). The first that fits counts. */
const SAID_WITH: Readonly<Record<number, readonly Said[]>> = {
  401: [
    [/App passwords are deprecated|CHANGE-3222/, 'app password removed'],
    [/must be used with an atlassian registered email/i, 'username is not the e-mail'],
    [/has no Bitbucket scopes/, 'no Bitbucket scopes'],
    [/Token is invalid, expired/, 'token invalid or expired'],
    [/(?:)/, 'unauthorized'],
  ],
  403: [
    [/lack one or more required privilege scopes/, 'scope missing'],
    [/whitelist your IP|allowlist/i, 'address not allowed'],
    [/two-step/i, 'two-step verification required'],
    [/(?:)/, 'no access'],
  ],
  // "Resource not found": no such path is known, whoever asks.
  404: [[/^(?!Resource not found)/, 'no access']],
  410: [
    [/CHANGE-3222|App passwords/, 'app password removed'],
    [/CHANGE-2770/, 'endpoint removed'],
  ],
}

/** Why a status with this text is a refusal; `undefined`: it is no documented refusal. */
export function refusalOf(status: number, text: string): RefusalReason | undefined {
  return SAID_WITH[status]?.find(([pattern]) => pattern.test(text))?.[1]
}

/** An HTTP reply as the answer to "does it accept this credential?". */
export function answerOfReply(asked: string, reply: HttpReply): Answer {
  const text = textOf(reply)
  const evidence: Evidence = { asked, answered: `${reply.status} ${oneLine(text)}`.trim(), status: reply.status }
  if (reply.status === 200) return { kind: 'yes', scopes: scopesOf(reply), evidence }
  if (reply.status === 429) return { kind: 'unknown', reason: 'rate limited', evidence }
  const reason = needsResource(reply) ? 'needs a resource' : refusalOf(reply.status, text)
  if (reason === undefined) return { kind: 'unknown', reason: 'unexpected reply', evidence }
  return { kind: 'no', reason, evidence, ...scopeDetail(reply) }
}

export function answerOfNetworkError(asked: string, error: NetworkError): Answer {
  const reason = error.reason === 'timed out' ? 'timed out' : 'network'
  return { kind: 'unknown', reason, evidence: { asked, answered: `no reply: ${error.message}` } }
}

export function notAsked(asked: string, why: string): Answer {
  return { kind: 'unknown', reason: 'not asked', evidence: { asked, answered: why } }
}

/** An access token is no user: `/2.0/user` answers 403 and names the kind (docs/bitbucket-authentication.md, 5.1). */
function needsResource({ status, headers }: HttpReply): boolean {
  return status === 403 && /access_token/.test(headers['x-credential-type'] ?? '')
}

function scopesOf({ headers }: HttpReply): readonly Scope[] | 'not reported' {
  const listed = headers['x-oauth-scopes']
  return listed === undefined
    ? 'not reported'
    : listed
        .split(',')
        .map((scope) => scope.trim())
        .filter(Boolean)
}

function scopeDetail(reply: HttpReply): { readonly missing: readonly Scope[]; readonly granted?: readonly Scope[] } {
  const detail = errorOf(reply)['detail']
  if (!isRecord(detail)) return { missing: [] }
  const [required, granted] = [textsOf(detail['required']), textsOf(detail['granted'])]
  return { missing: required.filter((scope) => !granted.includes(scope)), granted }
}

/** Text for people: plain bodies and the message of JSON errors. HTML pages hold profiles and tokens and are not read. */
function textOf(reply: HttpReply): string {
  const type = reply.headers['content-type'] ?? ''
  if (/^text\/plain/.test(type)) return Buffer.from(reply.body).toString('utf8')
  const message = errorOf(reply)['message']
  return typeof message === 'string' ? message : ''
}

function errorOf({ headers, body }: HttpReply): Readonly<Record<string, unknown>> {
  if (!/json/.test(headers['content-type'] ?? '')) return {}
  try {
    const parsed: unknown = JSON.parse(Buffer.from(body).toString('utf8'))
    const error = isRecord(parsed) ? parsed['error'] : undefined
    return isRecord(error) ? error : {}
  } catch {
    return {}
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

/** Server text is data: one line, no control characters, not longer than a screen is wide. */
export function oneLine(text: string): string {
  return text
    .replace(/[\x00-\x1f\x7f-\x9f]+/g, ' ')
    .trim()
    .slice(0, 160)
}
