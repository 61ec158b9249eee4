import { withoutTokens } from '../model/token-text.ts'
import type { Repository } from '../model/use.ts'

/** Hosts of Bitbucket Cloud that take a username and a secret over HTTPS (docs/bitbucket-authentication.md, "Hosts"). */
const HOSTS: ReadonlySet<string> = new Set([
  'bitbucket.org',
  'www.bitbucket.org',
  'altssh.bitbucket.org',
  'api.bitbucket.org',
])

export function isBitbucketHost(host: string): boolean {
  return HOSTS.has(host)
}

export function isRestHost(host: string): boolean {
  return host === 'api.bitbucket.org'
}

/** `/{workspace}/{slug}.git`, as git asks for it, or `/2.0/repositories/{workspace}/{slug}` of REST. Less than that names no repository, and neither does a token. */
export function repositoryOf(path: string): Repository | undefined {
  // What a place is used for is printed and kept in plans.
  if (withoutTokens(path) !== path) return undefined
  // No workspace has a dot in its name.
  if (/^\/+[12]\.0\//.test(path)) {
    const [, owner, name] = /^\/+2\.0\/repositories\/([^/?#]+)\/([^/?#]+)/.exec(path) ?? []
    return owner === undefined || name === undefined ? undefined : { workspace: owner, slug: name }
  }
  const [, workspace, slug, more] = /^\/+([^/]+)\/+([^/]+?)(?:\.git)?\/*(\/.+)?$/.exec(path) ?? []
  if (workspace === undefined || slug === undefined || more !== undefined) return undefined
  return { workspace, slug }
}
