import type { Seal, Secret } from '../model/secret.ts'
import type { Repository } from '../model/use.ts'

export interface RepositoryUrl {
  readonly repository: Repository
  /** The URL without userinfo, as it is written otherwise. */
  readonly bare: string
  readonly username?: string
  readonly secret?: Secret
}

const HOSTS: readonly string[] = ['bitbucket.org', 'www.bitbucket.org']

/** Reads `https://[user[:secret]@]bitbucket.org/{workspace}/{slug}[.git]`. Anything else is not a repository of Bitbucket Cloud over HTTPS. */
export function parseRepositoryUrl(text: string, seal: Seal): RepositoryUrl | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.protocol !== 'https:' || !HOSTS.includes(url.hostname) || url.port !== '')
    return undefined
  const [workspace, name, ...rest] = url.pathname
    .split('/')
    .filter((part) => part !== '')
    .map(decoded)
  const slug = name?.replace(/\.git$/, '')
  if (workspace === undefined || slug === undefined || slug === '' || rest.length > 0) return undefined
  return {
    repository: { workspace, slug },
    bare: `https://${url.hostname}${url.pathname}`,
    ...(url.username === '' ? {} : { username: decoded(url.username) }),
    ...(url.password === '' ? {} : { secret: seal(decoded(url.password)) }),
  }
}

/** The URL that people paste into a tool: without userinfo, with `.git`. */
export function repositoryUrl({ workspace, slug }: Repository): string {
  return `https://bitbucket.org/${encodeURIComponent(workspace)}/${encodeURIComponent(slug)}.git`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // a lone percent sign is sent as it is
  }
}
