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

/** `/{workspace}/{slug}.git`, as git asks for it. Less than that names no repository. */
export function repositoryOf(path: string): Repository | undefined {
  const [, workspace, slug, more] = /^\/+([^/]+)\/+([^/]+?)(?:\.git)?\/*(\/.+)?$/.exec(path) ?? []
  if (workspace === undefined || slug === undefined || more !== undefined) return undefined
  return { workspace, slug }
}
