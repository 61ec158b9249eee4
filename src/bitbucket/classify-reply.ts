import type { Answer, Evidence, RefusalReason, Scope } from '../model/answer.ts'
import type { HttpReply } from '../model/ports.ts'
import type { Secret } from '../model/secret.ts'
import { evidenceText } from './evidence-text.ts'

/** Which door was asked. Each has its own success and its own refusals (docs/bitbucket-authentication.md, "What Bitbucket answers"). */
export type Door = 'git' | 'rest' | 'site'

/** What a REST reply tells beside yes or no. */
export interface Identity {
  readonly username?: string
  readonly displayName?: string
  readonly accountId?: string
}

export interface Asked {
  readonly door: Door
  /** In words; already free of secrets. */
  readonly words: string
  readonly secret?: Secret
  /** For git: the content type that a real answer has. */
  readonly contentType?: string
}

interface Telling {
  readonly text: string
  readonly reason: RefusalReason
  readonly status: readonly number[]
  readonly doors: readonly Door[]
}

/**
 * Refusals that Bitbucket documents or that several people have pasted, as lower-case substrings. Server texts moved during 2026,
 * so a whole body is never compared. Order matters: the most specific text comes first.
 */
const TELLING: readonly Telling[] = [
  { text: 'change-3222', reason: 'app password removed', status: [401, 403, 410], doors: ['git', 'rest'] },
  {
    text: 'app passwords are deprecated',
    reason: 'app password removed',
    status: [401, 403, 410],
    doors: ['git', 'rest'],
  },
  { text: 'atlassian registered email', reason: 'username is not the e-mail', status: [401], doors: ['rest'] },
  { text: 'no bitbucket scopes', reason: 'no Bitbucket scopes', status: [401], doors: ['rest'] },
  { text: 'token is invalid, expired', reason: 'token invalid or expired', status: [401], doors: ['rest'] },
  { text: 'access token expired', reason: 'OAuth token expired', status: [401], doors: ['rest'] },
  { text: 'account passwords', reason: 'account password', status: [401], doors: ['git', 'rest'] },
  { text: 'exceeded its user limit', reason: 'over user limit', status: [403], doors: ['git'] },
  { text: 'required privilege scopes', reason: 'scope missing', status: [403], doors: ['git', 'rest'] },
  { text: 'whitelist your ip', reason: 'address not allowed', status: [403], doors: ['git', 'rest'] },
  { text: 'enable two-step', reason: 'two-step verification required', status: [403], doors: ['git', 'rest'] },
  {
    text: 'either does not exist or you do not have access',
    reason: 'no access',
    status: [403, 404],
    doors: ['git', 'rest'],
  },
  { text: 'may not have access to this repository', reason: 'no access', status: [403, 404], doors: ['git', 'rest'] },
  { text: 'functionality has been deprecated', reason: 'endpoint removed', status: [410], doors: ['rest'] },
]

/** Text that is not JSON is shown only when it is one of these lines (git prints them as `remote:`). Anything else may hold a session. */
const KNOWN_LINES: readonly RegExp[] = [
  /CHANGE-\d+ - [^\n]*/i,
  /App passwords are deprecated[^\n]*/i,
  /You may not have access to this repository[^\n]*/i,
  /Your credentials lack one or more required privilege scopes\.?/i,
  /The requested repository either does not exist[^\n]*/i,
  /To access this repository, (?:an admin must whitelist your IP|enable two-step authentication)\.?/i,
  /Too many (?:failed authentication|invalid password) attempts[^\n]*/i,
  /Rate limit for this resource has been exceeded/i,
  /Invalid (?:username or password|credentials)/i,
  /Bitbucket Cloud recently stopped supporting account passwords[^\n]*/i,
  /\[ALERT\] Your push failed because the account [^\n]*/i,
]

/** Turns one reply into one answer. Whatever is not known to be a refusal is `unknown`. */
export function classifyReply(reply: HttpReply, asked: Asked): Answer {
  const text = new TextDecoder().decode(reply.body.subarray(0, 64 * 1024))
  const body = parsedBody(reply, text)
  const evidence = evidenceOf(reply, asked, text, body)
  if (reply.status === 200) return accepted(reply, asked, evidence)
  if (reply.status === 429 && !isLockOut(text)) return { kind: 'unknown', reason: 'rate limited', evidence }
  const reason = refusal(reply, asked, `${messageOf(body) ?? ''}\n${body === undefined ? text : ''}`.toLowerCase())
  if (reason === 'locked out') return { kind: 'unknown', reason, evidence }
  if (reason === undefined) return { kind: 'unknown', reason: 'unexpected reply', evidence }
  const { required, granted } = scopesOf(body, reply)
  const missing = reason === 'scope missing' ? required.filter((scope) => !granted?.includes(scope)) : []
  return { kind: 'no', reason, missing, ...(granted === undefined ? {} : { granted }), evidence }
}

/** With which scheme a 401 asks for a credential: REST asks a wrong Bearer for OAuth, and everybody else for Basic. */
export function challengeOf(reply: HttpReply): 'Basic' | 'OAuth' | undefined {
  const [scheme] = (reply.headers['www-authenticate'] ?? '').split(' ')
  if (reply.status !== 401 || scheme === undefined) return undefined
  return (['Basic', 'OAuth'] as const).find((known) => known.toLowerCase() === scheme.toLowerCase())
}

/** The kind of credential that Bitbucket recognised, from `x-credential-type`. */
export function credentialTypeOf(reply: HttpReply): string | undefined {
  const value = reply.headers['x-credential-type']
  return value === undefined ? undefined : evidenceText(value)
}

export function identityOf(reply: HttpReply): Identity | undefined {
  const body = parsedBody(reply, new TextDecoder().decode(reply.body))
  if (reply.status !== 200 || body === undefined) return undefined
  const [username, displayName, accountId] = ['username', 'display_name', 'account_id'].map((key) => textAt(body, key))
  return {
    ...(username === undefined ? {} : { username: evidenceText(username) }),
    ...(displayName === undefined ? {} : { displayName: evidenceText(displayName) }),
    ...(accountId === undefined ? {} : { accountId: evidenceText(accountId) }),
  }
}

function accepted(reply: HttpReply, asked: Asked, evidence: Evidence): Answer {
  const type = reply.headers['content-type'] ?? ''
  const genuine = asked.door === 'git' ? type.startsWith(asked.contentType ?? '') : type.includes('json')
  // A proxy or a login page answers 200 as well: only Bitbucket's own content type counts as acceptance.
  if (!genuine) return { kind: 'unknown', reason: 'unexpected reply', evidence }
  return { kind: 'yes', scopes: headerScopes(reply) ?? 'not reported', evidence }
}

function refusal(reply: HttpReply, asked: Asked, text: string): RefusalReason | 'locked out' | undefined {
  const told = TELLING.find(
    (row) => row.doors.includes(asked.door) && row.status.includes(reply.status) && text.includes(row.text),
  )
  if (told !== undefined) return told.reason
  if (isLockOut(text)) return 'locked out'
  if (reply.status === 401) return 'unauthorized'
  // Every pasted git 410 is an app password, with or without its text; on REST a 410 is a removed endpoint.
  if (reply.status === 410) return asked.door === 'git' ? 'app password removed' : 'endpoint removed'
  // A resource access token has no user: GET /2.0/user answers 403 and still names the credential type.
  if (reply.status === 403 && (credentialTypeOf(reply) ?? '').endsWith('access_token')) return 'needs a resource'
  // The whole message of API 1.0 (github.com/avivsinai/bitbucket-cli/issues/70).
  if (reply.status === 403 && text.trim() === 'forbidden') return 'forbidden'
  return undefined
}

/** bitbucket.org/site/master/issues/14735 and 15920. */
function isLockOut(text: string): boolean {
  return /too many (?:failed authentication|invalid password) attempts/i.test(text)
}

function evidenceOf(reply: HttpReply, asked: Asked, text: string, body: unknown): Evidence {
  const words = messageOf(body) ?? knownLines(text)
  const told = words === '' || words === undefined ? withoutWords(reply, body) : evidenceText(words, asked.secret)
  const scopes = headerScopes(reply)
  const credential = credentialTypeOf(reply)
  const extra = [
    ...(credential === undefined ? [] : [`credential type ${credential}`]),
    ...(scopes === undefined ? [] : [`scopes ${evidenceText(scopes.join(', '))}`]),
  ].join('; ')
  const answered = [String(reply.status), told, extra === '' ? '' : `(${extra})`]
    .filter((part) => part !== '')
    .join(' ')
  return { asked: asked.words, answered, status: reply.status }
}

function withoutWords(reply: HttpReply, body: unknown): string {
  if (reply.status >= 300 && reply.status < 400) return '(a redirect, not followed)'
  if (reply.status === 200) return ''
  if (reply.body.length === 0) return '(empty body)'
  const type = evidenceText((reply.headers['content-type'] ?? 'no content type').split(';')[0] ?? '')
  return body === undefined ? `(${type}, ${reply.body.length} bytes, not shown)` : ''
}

function knownLines(text: string): string {
  return KNOWN_LINES.map((line) => line.exec(text)?.[0] ?? '')
    .filter((line) => line !== '')
    .join(' ')
}

function parsedBody(reply: HttpReply, text: string): unknown {
  if (!(reply.headers['content-type'] ?? '').includes('json')) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function messageOf(body: unknown): string | undefined {
  return textAt(at(body, 'error'), 'message')
}

function scopesOf(
  body: unknown,
  reply: HttpReply,
): { readonly required: readonly Scope[]; readonly granted: readonly Scope[] | undefined } {
  const detail = at(at(body, 'error'), 'detail')
  return { required: texts(at(detail, 'required')) ?? [], granted: texts(at(detail, 'granted')) ?? headerScopes(reply) }
}

function headerScopes(reply: HttpReply): readonly Scope[] | undefined {
  const value = reply.headers['x-oauth-scopes']
  if (value === undefined) return undefined
  return value
    .split(',')
    .map((scope) => evidenceText(scope))
    .filter((scope) => scope !== '')
    .sort()
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined
}

function textAt(value: unknown, key: string): string | undefined {
  const found = at(value, key)
  return typeof found === 'string' ? found : undefined
}

function texts(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined
  return value
    .filter((item) => typeof item === 'string')
    .map((item) => evidenceText(item))
    .sort()
}
