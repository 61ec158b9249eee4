import type { Repository } from '../../model/use.ts'

/** An https remote of Bitbucket Cloud, with the exact text before and after its userinfo. */
export interface RemoteUrl {
  readonly scheme: string
  /** As written, percent-encoded or not. Absent: no `@`. */
  readonly username?: string
  readonly password?: string
  /** Host and path. */
  readonly rest: string
  readonly repository?: Repository
}

/** The last `@` before the path ends the userinfo, so that an e-mail written without encoding is read as git reads it. */
const REMOTE = /^(https?:\/\/)(?:([^/\s]*)@)?((?:www\.)?bitbucket\.org(?::\d+)?(?:\/\S*)?)$/i

export function readRemoteUrl(text: string): RemoteUrl | undefined {
  const match = REMOTE.exec(text.trim())
  if (match === null) return undefined
  const [, scheme = '', userinfo, rest = ''] = match
  const repository = repositoryOf(rest)
  const named = repository === undefined ? { scheme, rest } : { scheme, rest, repository }
  if (userinfo === undefined) return named
  const colon = userinfo.indexOf(':')
  return colon < 0
    ? { ...named, username: userinfo }
    : { ...named, username: userinfo.slice(0, colon), password: userinfo.slice(colon + 1) }
}

export function withoutCredential(url: RemoteUrl): string {
  return url.scheme + url.rest
}

/** `username` and `password` as they shall be written: encoded. */
export function writeRemoteUrl(url: RemoteUrl, username: string | undefined, password: string | undefined): string {
  const userinfo = password === undefined ? username : `${username ?? ''}:${password}`
  return userinfo === undefined ? withoutCredential(url) : `${url.scheme}${userinfo}@${url.rest}`
}

export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function repositoryOf(rest: string): Repository | undefined {
  const match = /^[^/]+\/([^/?#]+)\/([^/?#]+?)(?:\.git)?\/?$/.exec(rest)
  const [, workspace, slug] = match ?? []
  return workspace === undefined || slug === undefined ? undefined : { workspace, slug }
}
