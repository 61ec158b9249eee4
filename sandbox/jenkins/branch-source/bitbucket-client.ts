import { z } from 'zod'
import type { UsernamePassword } from '../credential.ts'
import { type Authenticator, basic, pairForGit, restAuthorization } from './authenticator.ts'
import { type RestAnswer, type RestDoor, RestUnreachable } from './rest-door.ts'
import { RestFailure, refusal } from './rest-failure.ts'

export interface Branch {
  readonly name: string
  readonly hash: string
}

export interface Workspace {
  readonly name: string
}

/** The part of BitbucketCloudApiClient that a scan and a build use. Everything but `team` throws RestFailure. */
export interface BitbucketClient {
  /** Undefined for whatever went wrong: the real method swallows every exception, and the scan goes on as for a user. */
  team(owner: string): Promise<Workspace | undefined>
  repositories(owner: string, role: 'admin' | undefined): Promise<readonly string[]>
  repository(owner: string, slug: string): Promise<void>
  branches(owner: string, slug: string): Promise<readonly Branch[]>
  branch(owner: string, slug: string, name: string): Promise<Branch>
  /** Undefined for a file that does not exist. */
  file(owner: string, slug: string, hash: string, path: string): Promise<string | undefined>
  forGit(): Promise<UsernamePassword | undefined>
}

export interface ClientOptions {
  readonly door: RestDoor
  /** Undefined is anonymous access. */
  readonly authenticator: Authenticator | undefined
  readonly version: string
  readonly signal: AbortSignal
}

const API = 'https://api.bitbucket.org'
const CONSUMER_TOKEN = 'https://bitbucket.org/site/oauth2/access_token'
/** A listing that links back to itself ends here. */
const MAXIMUM_PAGES = 100

const Reference = z.object({ name: z.string(), target: z.object({ hash: z.string() }) })
const Page = z.object({ values: z.array(z.unknown()), next: z.string().optional() })
const Repository = z.object({ slug: z.string().optional(), full_name: z.string() })

export function bitbucketClient(options: ClientOptions): BitbucketClient {
  const get = (url: string) => getText(options, url)
  const at = (owner: string, slug: string) => `${API}/2.0/repositories/${encodeURIComponent(owner)}/${slug}`
  return {
    async team(owner) {
      try {
        const body = JSON.parse(await get(`${API}/2.0/workspaces/${encodeURIComponent(owner)}`))
        return z.object({ name: z.string() }).parse(body)
      } catch {
        return undefined
      }
    },
    async repositories(owner, role) {
      // The role is sent only with a credential (BitbucketCloudApiClient.getRepositories).
      const query = role === undefined || options.authenticator === undefined ? '' : `role=${role}&`
      const url = `${API}/2.0/repositories/${encodeURIComponent(owner)}?${query}pagelen=100`
      const found = await everyPage(get, url, Repository)
      return found.map((each) => each.slug ?? each.full_name.split('/')[1] ?? '')
    },
    repository: async (owner, slug) => void (await get(at(owner, slug))),
    async branches(owner, slug) {
      const found = await everyPage(get, `${at(owner, slug)}/refs/branches?pagelen=100`, Reference)
      return found.map(({ name, target }) => ({ name, hash: target.hash }))
    },
    async branch(owner, slug, name) {
      const body = await get(`${at(owner, slug)}/refs/branches/${encodeURIComponent(name)}`)
      const found = Reference.parse(JSON.parse(body))
      return { name: found.name, hash: found.target.hash }
    },
    file: (owner, slug, hash, path) =>
      optional(() => get(`${at(owner, slug)}/src/${hash}/${path.split('/').map(encodeURIComponent).join('/')}`)),
    forGit: async () =>
      options.authenticator && pairForGit(options.authenticator, await consumerToken(options, options.authenticator)),
  }
}

async function getText(options: ClientOptions, url: string): Promise<string> {
  const { authenticator, version } = options
  const authorization = authenticator && restAuthorization(authenticator, await consumerToken(options, authenticator))
  const answer = await sent(options, { url, authorization })
  if (answer.status !== 200 && answer.status !== 201) throw refusal(url, answer, version)
  return answer.body
}

async function sent({ door, signal }: ClientOptions, request: Parameters<RestDoor['send']>[0]): Promise<RestAnswer> {
  try {
    return await door.send(request, signal)
  } catch (error) {
    if (!(error instanceof RestUnreachable)) throw error
    throw new RestFailure(undefined, error.javaException, error.message, 'java.base/java.net.InetAddress')
  }
}

/** The client credentials grant of a consumer; undefined for every other kind. */
async function consumerToken(options: ClientOptions, authenticator: Authenticator): Promise<string | undefined> {
  if (authenticator.kind !== 'oauth') return undefined
  const request = { url: CONSUMER_TOKEN, authorization: basic(authenticator.pair) }
  const answer = await sent(options, { ...request, form: 'grant_type=client_credentials' })
  if (answer.status !== 200) throw refusal(CONSUMER_TOKEN, answer, options.version)
  return z.object({ access_token: z.string() }).parse(JSON.parse(answer.body)).access_token
}

async function everyPage<T>(
  get: (url: string) => Promise<string>,
  first: string,
  shape: z.ZodType<T>,
): Promise<readonly T[]> {
  const found: T[] = []
  let next: string | undefined = first
  for (let page = 0; next !== undefined && page < MAXIMUM_PAGES; page++) {
    const body: z.infer<typeof Page> = Page.parse(JSON.parse(await get(next)))
    found.push(...body.values.map((each) => shape.parse(each)))
    next = body.next
  }
  return found
}

async function optional<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof RestFailure && error.status === 404) return undefined
    throw error
  }
}
