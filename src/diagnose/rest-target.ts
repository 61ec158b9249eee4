import { evidenceText } from '../bitbucket/evidence-text.ts'
import { shapeOf } from '../bitbucket/token-shape.ts'
import { Failure } from '../model/failure.ts'
import type { Seal } from '../model/secret.ts'
import type { Repository } from '../model/use.ts'

/** What a URL of the REST API asks for. */
export interface RestTarget {
  /** Path and query. Absent: the URL is the base that a tool is configured with. */
  readonly path?: string
  /** The URL as it may be shown. */
  readonly url: string
  readonly repository?: Repository
}

const HOST = 'api.bitbucket.org'
const EXAMPLE = '  keyturn doctor https://api.bitbucket.org/2.0/user --username E-MAIL --secret-stdin'

/** Whether the author of this text means REST. Whether it names the right host is for `restTarget` to say. */
export function isRestUrl(text: string): boolean {
  return /^\s*(https?:\/\/)?([^/?#]*@)?api\.bitbucket\.org/i.test(text)
}

/** Reads `https://api.bitbucket.org/2.0/...`; also paths that are not part of API 2.0, which are a cause of their own. */
export function restTarget(text: string, seal: Seal): RestTarget {
  const url = checkedUrl(text)
  const holdsSecret = [...url.pathname.split('/'), ...url.searchParams.values()].some(
    (part) => shapeOf(seal(decoded(part))).checksum !== 'none',
  )
  if (holdsSecret || url.searchParams.has('access_token') || url.searchParams.has('jwt'))
    throw refusal(
      'its path or query holds a secret, and Bitbucket takes one from the Authorization header only',
      '  keyturn doctor https://api.bitbucket.org/2.0/user --bearer --secret-stdin',
    )
  const repository = repositoryIn(url.pathname)
  return {
    url: `https://${HOST}${evidenceText(url.pathname + url.search)}`,
    ...(/^\/(2\.0\/?)?$/.test(url.pathname) ? {} : { path: url.pathname + url.search }),
    ...(repository === undefined ? {} : { repository }),
  }
}

function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined) throw refusal(`it is not a URL: write it as https://${HOST}/2.0/...`, EXAMPLE)
  if (url.protocol !== 'https:' || url.host !== HOST)
    throw refusal(`REST of Bitbucket Cloud is at https://${HOST}, and a credential goes nowhere else`, EXAMPLE)
  if (url.username !== '' || url.password !== '')
    throw refusal(
      'it holds a username or a secret before the host, which everyone on this machine can read while a command runs',
      EXAMPLE,
    )
  return url
}

/** The URL is not repeated: it may hold a secret. */
function refusal(because: string, example: string): Failure {
  return new Failure('R112', {
    at: 'the URL',
    because,
    state: 'Nothing was sent.',
    next: [example],
    exitCode: 2,
  })
}

/** `/2.0/repositories/{workspace}/{slug}` and everything below it. */
function repositoryIn(path: string): Repository | undefined {
  const [, workspace, slug] = /^\/2\.0\/repositories\/([^/]+)\/([^/]+)/.exec(path) ?? []
  return workspace === undefined || slug === undefined
    ? undefined
    : { workspace: decoded(workspace), slug: decoded(slug) }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // a lone percent sign is sent as it is
  }
}
