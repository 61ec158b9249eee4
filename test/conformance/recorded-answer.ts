import type { Answer } from './ask.ts'
import { knownWordsOf } from './vocabulary.ts'

/**
 * What is kept of an answer. Everything passes a list of what may stay: names of headers, keys of JSON, words of
 * sentences, names of scopes. Whatever is on no list is dropped or counted, never written.
 */
export interface RecordedAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: RecordedBody
}

export type RecordedBody =
  | { readonly kind: 'empty' | 'git references' | 'page of HTML' | 'something else' }
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'json'
      readonly type: string
      readonly keys: readonly string[]
      readonly otherKeys: number
      readonly message?: string
      readonly required?: readonly string[]
      readonly granted?: readonly string[]
    }

const one = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'string' || value === undefined ? value : value.join(', ')

const scopeShape = /^[a-z]+(:[a-z-]+){0,2}$/
const scopesOf = (text: string): string =>
  text
    .split(/[,\s]+/)
    .filter((scope) => scopeShape.test(scope))
    .sort()
    .join(', ')

const contentTypes = [
  'application/json',
  'text/plain',
  'text/html',
  'application/x-git-upload-pack-advertisement',
  'application/x-git-receive-pack-advertisement',
]

const hostOf = (text: string): string => {
  const host = URL.canParse(text) ? new URL(text).host : ''
  return /^([a-z]+\.)?(bitbucket\.org|atlassian\.com)$/.test(host) ? host : 'another host'
}

/** The headers that tell something about a credential, and the form in which each may be kept. */
const keptHeaders: Readonly<Record<string, (value: string) => string>> = {
  'content-type': (value) => {
    const type = value.split(';')[0]?.trim() ?? ''
    return contentTypes.includes(type) ? type : 'another type'
  },
  'www-authenticate': (value) => /^[A-Za-z]+ realm="?[A-Za-z. ]+"?/.exec(value)?.[0] ?? 'another challenge',
  'x-credential-type': (value) => /^[a-z_]{1,40}$/.exec(value)?.[0] ?? 'another word',
  'x-oauth-scopes': scopesOf,
  'x-accepted-oauth-scopes': scopesOf,
  location: hostOf,
  'x-token-id': () => 'present',
  'retry-after': () => 'present',
  'x-ratelimit-limit': () => 'present',
}

const headersOf = (answer: Answer): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(keptHeaders).flatMap(([name, keep]) => {
      const value = one(answer.headers[name])
      return value === undefined ? [] : [[name, keep(value)]]
    }),
  )

const keptKeys = new Set([
  'type',
  'error.message',
  'error.detail',
  'error.detail.required',
  'error.detail.granted',
  'error.fields',
  'error.data.announcement_url',
  'username',
  'nickname',
  'display_name',
  'account_id',
  'uuid',
  'full_name',
  'slug',
  'is_private',
  'values',
  'pagelen',
  'page',
  'size',
  'next',
])

/** Objects inside errors are looked into; every other value is only there. */
const keysOf = (value: unknown, path = ''): readonly string[] => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path]
  const opens = path === '' || path === 'error' || path === 'error.detail' || path === 'error.data'
  if (!opens) return [path]
  return Object.entries(value).flatMap(([key, inner]) => keysOf(inner, path === '' ? key : `${path}.${key}`))
}

const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  )

const listOfScopes = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string' && scopeShape.test(each)).sort() : undefined

const types = ['error', 'user', 'repository', 'workspace', 'workspace_membership', 'team', 'app_user']

const typeOf = (value: unknown): string => {
  const type = at(value, 'type')
  if (typeof type === 'string') return types.includes(type) ? type : 'another type'
  return Array.isArray(at(value, 'values')) ? 'page' : 'without a type'
}

const jsonBody = (value: unknown): RecordedBody => {
  const keys = [...new Set(keysOf(value))].sort()
  const message = at(value, 'error', 'message')
  const required = listOfScopes(at(value, 'error', 'detail', 'required'))
  const granted = listOfScopes(at(value, 'error', 'detail', 'granted'))
  return {
    kind: 'json',
    type: typeOf(value),
    keys: keys.filter((key) => keptKeys.has(key)),
    otherKeys: keys.filter((key) => !keptKeys.has(key)).length,
    ...(typeof message === 'string' ? { message: knownWordsOf(message) } : {}),
    ...(required === undefined ? {} : { required }),
    ...(granted === undefined ? {} : { granted }),
  }
}

const bodyOf = (answer: Answer): RecordedBody => {
  const type = one(answer.headers['content-type']) ?? ''
  if (answer.body === '') return { kind: 'empty' }
  if (/^[0-9a-f]{4}# service=git-/.test(answer.body)) return { kind: 'git references' }
  if (type.startsWith('application/json')) {
    try {
      return jsonBody(JSON.parse(answer.body))
    } catch {
      return { kind: 'something else' }
    }
  }
  if (type.startsWith('text/plain')) return { kind: 'text', text: knownWordsOf(answer.body) }
  return { kind: type.startsWith('text/html') ? 'page of HTML' : 'something else' }
}

export const recordAnswer = (answer: Answer): RecordedAnswer => ({
  status: answer.status,
  headers: headersOf(answer),
  body: bodyOf(answer),
})
