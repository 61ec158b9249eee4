import type { Answer, UnknownReason } from '../model/answer.ts'
import type { Credential } from '../model/credential.ts'
import { Failure } from '../model/failure.ts'
import type { Clock, Http, HttpReply } from '../model/ports.ts'
import { NetworkError } from '../model/ports.ts'
import type { Secret } from '../model/secret.ts'
import type { Repository } from '../model/use.ts'
import type { Asked, Identity } from './classify-reply.ts'
import { classifyReply, credentialTypeOf, identityOf } from './classify-reply.ts'
import { evidenceText, shownUsername } from './evidence-text.ts'

const GIT_HOST = 'https://bitbucket.org'
const REST_HOST = 'https://api.bitbucket.org'
/** A site of Atlassian Cloud, and nothing else: a credential goes only to hosts of this list. */
const SITE = /^https:\/\/[a-z0-9][a-z0-9-]*\.atlassian\.net\/?$/i

export type GitService = 'git-upload-pack' | 'git-receive-pack'
export type RestLogin = { readonly basic: Credential } | { readonly bearer: Secret } | 'anonymous'
/** An answer of REST also tells whom and what kind of credential Bitbucket recognised. */
export type RestAnswer = Answer & { readonly credentialType?: string; readonly identity?: Identity }

/** It can only ask: every request is a GET that changes nothing. */
export interface BitbucketClient {
  gitRefs(repository: Repository, service: GitService, as: Credential | 'anonymous'): Promise<Answer>
  /** `path` starts with `/2.0/`. */
  rest(path: string, login: RestLogin): Promise<RestAnswer>
  /**
   * Whether a site of the user accepts the token. Tokens without scopes are accepted there, tokens with scopes are not: they need
   * api.atlassian.com (support.atlassian.com/confluence/kb/scoped-api-tokens-in-confluence-cloud; measured in sooperset/mcp-atlassian#968).
   */
  classicTokenCheck(siteUrl: string, email: string, secret: Secret): Promise<Answer>
}

export interface ClientOptions {
  readonly http: Http
  readonly clock: Clock
  /** Per request. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export function bitbucketClient(options: ClientOptions): BitbucketClient {
  return {
    gitRefs: async (repository, service, as) =>
      (
        await ask(options, gitUrl(repository, service), as === 'anonymous' ? 'anonymous' : { basic: as }, {
          door: 'git',
          contentType: `application/x-${service}-advertisement`,
        })
      ).answer,
    rest: async (path, login) => {
      const { answer, reply } = await ask(options, restUrl(path), login, { door: 'rest' })
      return { ...answer, ...told(reply) }
    },
    classicTokenCheck: async (siteUrl, email, secret) => {
      const url = `${checkedSite(siteUrl)}/rest/api/3/myself`
      return (await ask(options, url, { basic: { username: email, secret } }, { door: 'site' })).answer
    },
  }
}

interface Outcome {
  readonly answer: Answer
  readonly reply?: HttpReply
}

async function ask(
  options: ClientOptions,
  url: string,
  login: RestLogin,
  about: Pick<Asked, 'door' | 'contentType'>,
): Promise<Outcome> {
  const secret = secretOf(login)
  const asked: Asked = {
    ...about,
    words: `GET ${evidenceText(url)} ${loginWords(login)}`,
    ...(secret === undefined ? {} : { secret }),
  }
  const first = await patiently(options, url, login, asked)
  if (!isLone401(first.answer, login)) return first
  // BCLOUD-24107: a valid credential is now and then answered 401 when jobs run side by side. One 401 is not a verdict.
  await options.clock.sleep(500)
  return patiently(options, url, login, asked)
}

/** A 401 without a telling text. A specific text is a verdict of its own. */
function isLone401(answer: Answer, login: RestLogin): boolean {
  return (
    login !== 'anonymous' &&
    answer.kind === 'no' &&
    (answer.reason === 'unauthorized' || answer.reason === 'token invalid or expired')
  )
}

/** Bitbucket sends no Retry-After with its 429; three requests in all, so that a doctor never becomes a flood. */
async function patiently(options: ClientOptions, url: string, login: RestLogin, asked: Asked): Promise<Outcome> {
  let outcome = await once(options, url, login, asked)
  for (const pauseMs of [1_000, 3_000]) {
    if (outcome.reply?.status !== 429) break
    await options.clock.sleep(pauseMs)
    outcome = await once(options, url, login, asked)
  }
  return outcome
}

async function once(options: ClientOptions, url: string, login: RestLogin, asked: Asked): Promise<Outcome> {
  const { http, timeoutMs = 10_000, signal } = options
  try {
    const headers = { accept: '*/*', 'user-agent': 'keyturn', ...authorization(login) }
    const reply = await http.send({
      method: 'GET',
      url,
      headers,
      timeoutMs,
      ...(signal === undefined ? {} : { signal }),
    })
    return { answer: classifyReply(reply, asked), reply }
  } catch (error) {
    if (!(error instanceof NetworkError) || error.reason === 'aborted') throw error
    return { answer: unreachable(error, asked, timeoutMs) }
  }
}

function unreachable(error: NetworkError, asked: Asked, timeoutMs: number): Answer {
  const reason: UnknownReason = error.reason === 'timed out' ? 'timed out' : 'network'
  const words =
    reason === 'timed out' ? `no answer within ${timeoutMs / 1000} s` : evidenceText(`no answer: ${error.reason}`)
  return { kind: 'unknown', reason, evidence: { asked: asked.words, answered: words } }
}

function told(reply: HttpReply | undefined): Pick<RestAnswer, 'credentialType' | 'identity'> {
  if (reply === undefined) return {}
  const [credentialType, identity] = [credentialTypeOf(reply), identityOf(reply)]
  return {
    ...(credentialType === undefined ? {} : { credentialType }),
    ...(identity === undefined ? {} : { identity }),
  }
}

function gitUrl({ workspace, slug }: Repository, service: GitService): string {
  return `${GIT_HOST}/${encodeURIComponent(workspace)}/${encodeURIComponent(slug)}.git/info/refs?service=${service}`
}

function restUrl(path: string): string {
  const url = new URL(path, REST_HOST)
  if (url.origin !== REST_HOST || !url.pathname.startsWith('/2.0/'))
    throw new Failure('R900', { because: `the path ${evidenceText(path)} is not one of Bitbucket's REST API` })
  return url.href
}

function checkedSite(siteUrl: string): string {
  if (SITE.test(siteUrl)) return siteUrl.replace(/\/$/, '')
  throw new Failure('R112', {
    at: evidenceText(siteUrl),
    because: 'a site of Atlassian Cloud has the form https://NAME.atlassian.net; the token is sent nowhere else',
    state: 'Nothing was sent.',
    exitCode: 2,
  })
}

function secretOf(login: RestLogin): Secret | undefined {
  if (login === 'anonymous') return undefined
  return 'bearer' in login ? login.bearer : login.basic.secret
}

function loginWords(login: RestLogin): string {
  if (login === 'anonymous') return 'without a credential'
  if ('bearer' in login) return `as Bearer ${login.bearer.fingerprint}`
  return `as ${shownUsername(login.basic.username)} with ${login.basic.secret.fingerprint}`
}

function authorization(login: RestLogin): Readonly<Record<string, string>> {
  if (login === 'anonymous') return {}
  if ('bearer' in login) return { authorization: `Bearer ${headerSafe(login.bearer.reveal())}` }
  const pair = `${login.basic.username ?? ''}:${login.basic.secret.reveal()}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

/** A secret with line breaks or other bytes outside a header's alphabet cannot be sent as Bearer; the server sees what is left of it. */
function headerSafe(text: string): string {
  return text.replace(/[^\x21-\x7E]/g, '')
}
