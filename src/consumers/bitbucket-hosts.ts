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

/** What Bitbucket calls workspaces and repositories, or the UUID of one in braces; a variable of a script or a template is none. */
function isName(text: string): boolean {
  return /^(?:[\w.-]{1,128}|(?:\{|%7B)[\da-f-]{36}(?:\}|%7D))$/i.test(text)
}

/** Archives and single files of a repository, which the web host serves. */
const ON_WEB = /^(\/[^/]+\/[^/]+)\/(?:get|raw|downloads|src)\/.*$/s

export function isOnWeb(path: string): boolean {
  return ON_WEB.test(path)
}

/**
 * `/{workspace}/{slug}.git`, as git asks for it, what the web host has below that, or `/2.0/repositories/{workspace}/{slug}` of REST. Less than
 * that names no repository, and neither does a token or a variable.
 */
export function repositoryOf(path: string): Repository | undefined {
  // What a place is used for is printed and kept in plans.
  if (withoutTokens(path) !== path) return undefined
  // No workspace has a dot in its name.
  if (/^\/+[12]\.0\//.test(path)) {
    const [, owner, name] = /^\/+2\.0\/repositories\/([^/?#]+)\/([^/?#]+)/.exec(path) ?? []
    return owner === undefined || name === undefined ? undefined : named(owner, name)
  }
  const [, workspace, slug, more] =
    /^\/+([^/]+)\/+([^/]+?)(?:\.git)?(?:\/info\/lfs)?\/*(\/.+)?$/.exec(path.replace(ON_WEB, '$1')) ?? []
  if (workspace === undefined || slug === undefined || more !== undefined) return undefined
  return named(workspace, slug)
}

function named(workspace: string, slug: string): Repository | undefined {
  return isName(workspace) && isName(slug) ? { workspace, slug } : undefined
}
