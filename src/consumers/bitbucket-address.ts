import { resourceOfPath } from '../bitbucket/scopes.ts'
import type { Repository, RestAccess, RestResource } from '../model/use.ts'
import { isOnWeb, repositoryOf } from './bitbucket-hosts.ts'

/** An address of Bitbucket in a command, whose parts may be variables. */
export interface BitbucketAddress {
  /** What somebody does who is no git: `web` and `rest` follow the same rule. `git` where git alone asks for such a path. */
  readonly side: 'git' | 'rest' | 'web'
  readonly repository?: Repository
  /** Where a variable names the repository. */
  readonly workspace?: string
  /** What of REST its path is about: scopes go by it. */
  readonly resource?: RestResource
}

/** SSH has keys, and no credential of these. */
const ADDRESS =
  /(?<![\w.-]|\b(?:git|hg)@)((?:api\.|www\.)?bitbucket\.org)(?![\w-]|\.\w|:[^\d/])(?::\d+)?(\/[^\s"'`)>|,;]*)?/
/** Consumers of OAuth sign in there, and do not end. */
const TOKENS = /^\/site\/oauth2\//

export function addressIn(text: string): BitbucketAddress | undefined {
  const match = ADDRESS.exec(text)
  return match === null ? undefined : addressOf(match)
}

/** What a method of HTTP does; one that is not known changes something. */
export function accessOfMethod(method: string): RestAccess {
  if (/^(?:GET|HEAD|OPTIONS)$/i.test(method)) return 'read'
  return /^DELETE$/i.test(method) ? 'delete' : 'write'
}

/** So many addresses tell nothing about one another. */
const MOST = 100

/** Every address of a text, and where it stands. */
export function addressesIn(text: string): readonly { readonly at: number; readonly address: BitbucketAddress }[] {
  return [...text.matchAll(new RegExp(ADDRESS, 'g'))].slice(0, MOST).flatMap((match) => {
    const address = addressOf(match)
    return address === undefined ? [] : [{ at: match.index ?? 0, address }]
  })
}

function addressOf([, host, path = '']: RegExpMatchArray): BitbucketAddress | undefined {
  if (TOKENS.test(path)) return undefined
  if (host === 'api.bitbucket.org' || /^\/(?:!api|api)\/\d/.test(path))
    return { side: 'rest', ...ownerOf(restPath(path)), ...resourceIn(path) }
  const isWeb = isOnWeb(path)
  return { side: isWeb ? 'web' : 'git', ...ownerOf(isWeb ? path.split('/').slice(0, 3).join('/') : path) }
}

function resourceIn(path: string): Pick<BitbucketAddress, 'resource'> {
  const resource = resourceOfPath(path.replace(/^\/!?api\//, '/').replace(/[?#].*$/s, ''))
  return resource === undefined ? {} : { resource }
}

/** `/2.0/repositories/{workspace}/{slug}/…` and `/2.0/workspaces/{workspace}/…`. */
function restPath(path: string): string {
  const [, workspace, slug] =
    /^\/(?:!?api\/)?\d\.0\/(?:repositories|workspaces|snippets|teams)\/([^/?#]+)(?:\/([^/?#]+))?/.exec(path) ?? []
  const isRepository = /^\/(?:!?api\/)?\d\.0\/repositories\//.test(path)
  return workspace === undefined ? '' : `/${workspace}${isRepository && slug !== undefined ? `/${slug}` : ''}`
}

function ownerOf(path: string): Pick<BitbucketAddress, 'repository' | 'workspace'> {
  // `…/lib.git@v1` of pip names a revision.
  const repository = repositoryOf(path.replace(/@[^/]*$/, ''))
  const workspace = repository?.workspace ?? /^\/+([^/?#]+)\/?/.exec(path)?.[1]
  if (workspace === undefined || !isName(workspace)) return {}
  return repository === undefined || !isName(repository.slug) ? { workspace } : { repository }
}

/** A name, or the UUID of a workspace in braces. A variable is none, nor is what git puts behind an address (`….insteadOf`); and what has the form of a token is not shown, wherever it stands. */
function isName(text: string): boolean {
  return /^(?:(?!\.)[\w.-]{1,128}|\{[0-9a-f-]{36}\})$/i.test(text) && !/AT(?:BB|ATT3|CTT3)/.test(text)
}
