import type { Answer, UnknownReason } from '../model/answer.ts'
import type { Credential } from '../model/credential.ts'
import { Failure } from '../model/failure.ts'
import type { Clock, Http, HttpReply } from '../model/ports.ts'
import { NetworkError } from '../model/ports.ts'
import type { Secret } from '../model/secret.ts'
import type { Repository } from '../model/use.ts'
import type { Asked, Identity } from './classify-reply.ts'
import { challengeOf, classifyReply, credentialTypeOf, identityOf } from './classify-reply.ts'
import { evidenceText, shownUsername } from './evidence-text.ts'
import { type Limits, type Remaining, VisitLimits } from './visit-limits.ts'

const GIT_HOST = 'https://bitbucket.org'
const REST_HOST = 'https://api.bitbucket.org'
/** A site of Atlassian Cloud, and nothing else: a credential goes only to hosts of this list. */
const SITE = /^https:\/\/[a-z0-9][a-z0-9-]*\.atlassian\.net\/?$/i

export type GitService = 'git-upload-pack' | 'git-receive-pack'
export type Login = { readonly basic: Credential } | { readonly bearer: Secret } | 'anonymous'
/** An answer of REST also tells whom and what kind of credential Bitbucket recognised, and with which scheme a 401 asks for one. */
export type RestAnswer = Answer & {
  readonly credentialType?: string
  readonly identity?: Identity
  readonly challenge?: 'Basic' | 'OAuth'
}

/** It can only ask: every request is a GET that changes nothing. */
export interface BitbucketClient {
  gitRefs(repository: Repository, service: GitService, login: Login): Promise<Answer>
  /** Path and query on api.bitbucket.org. */
  rest(path: string, login: Login): Promise<RestAnswer>
  /**
   * Whether a site of the user accepts the token. Tokens without scopes are accepted there, tokens with scopes are not: they need
   * api.atlassian.com (support.atlassian.com/confluence/kb/scoped-api-tokens-in-confluence-cloud; measured in sooperset/mcp-atlassian#968).
   */
  classicTokenCheck(siteUrl: string, email: string, secret: Secret): Promise<Answer>
  /** The same client for one diagnosis: its questions share one limit of time and few repetitions. */
  visit(): BitbucketClient
  /** Whether REST takes API tokens as Bearer, which it does since 18 August 2026. */
  takesBearer(): boolean
  /** Once per visit: after a short pause one question may be asked again. */
  mayAskAgain(): Promise<boolean>
}

export interface ClientOptions {
  readonly http: Http
  readonly clock: Clock
  /** Per request. */
  readonly timeoutMs?: number
  readonly limits?: Limits
  readonly signal?: AbortSignal
}

/** support.atlassian.com/bitbucket-cloud/docs/using-api-tokens, "Using Bearer authentication". */
const BEARER_SINCE = new Date('2026-08-18T00:00:00Z')

export function bitbucketClient(options: ClientOptions, limits = limitsOf(options)): BitbucketClient {
  const patient = { ...options, limits }
  return {
    gitRefs: async (repository, service, login) =>
      (
        await ask(patient, gitUrl(repository, service), login, {
          door: 'git',
          contentType: `application/x-${service}-advertisement`,
        })
      ).answer,
    rest: async (path, login) => {
      const { answer, reply } = await ask(patient, restUrl(path), login, { door: 'rest' })
      return { ...answer, ...told(reply) }
    },
    classicTokenCheck: async (siteUrl, email, secret) => {
      const url = `${checkedSite(siteUrl)}/rest/api/3/myself`
      return (await ask(patient, url, { basic: { username: email, secret } }, { door: 'site' })).answer
    },
    takesBearer: () => options.clock.now() >= BEARER_SINCE,
    visit: () => bitbucketClient(options, limitsOf(options)),
    mayAskAgain: async () => {
      if (!limits.takeRepetition()) return false
      await options.clock.sleep(500)
      return true
    },
  }
}

function limitsOf({ clock, limits }: ClientOptions): VisitLimits {
  return new VisitLimits(clock, limits)
}

type Patient = Omit<ClientOptions, 'limits'> & { readonly limits: VisitLimits }

interface Outcome {
  readonly answer: Answer
  readonly reply?: HttpReply
}

async function ask(
  options: Patient,
  url: string,
  login: Login,
  about: Pick<Asked, 'door' | 'contentType'>,
): Promise<Outcome> {
  const secret = secretOf(login)
  const question: Question = {
    url,
    login,
    asked: {
      ...about,
      words: `GET ${evidenceText(url)} ${loginWords(login)}`,
      ...(secret === undefined ? {} : { secret }),
    },
    remaining: options.limits.question(),
  }
  return patiently(options, question)
}

interface Question {
  readonly url: string
  readonly login: Login
  readonly asked: Asked
  readonly remaining: () => Remaining
}

async function patiently(options: Patient, question: Question): Promise<Outcome> {
  let outcome = await once(options, question)
  while (outcome.answer.kind === 'unknown' && outcome.answer.reason === 'rate limited') {
    const pauseMs = options.limits.takePause()
    if (pauseMs === undefined) break
    await options.clock.sleep(pauseMs)
    outcome = await once(options, question)
  }
  return outcome
}

async function once(options: Patient, { url, login, asked, remaining }: Question): Promise<Outcome> {
  const { http, timeoutMs: perRequest = 10_000, signal } = options
  const { ms, limit } = remaining()
  if (ms <= 0) return { answer: outOfTime(asked, limit) }
  const timeoutMs = Math.min(perRequest, ms)
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
    return {
      answer:
        timeoutMs < perRequest && error.reason === 'timed out'
          ? outOfTime(asked, limit)
          : unreachable(error, asked, timeoutMs),
    }
  }
}

function outOfTime(asked: Asked, limit: string): Answer {
  const evidence = { asked: asked.words, answered: `no answer within the limit of ${limit}` }
  return { kind: 'unknown', reason: 'timed out', evidence }
}

function unreachable(error: NetworkError, asked: Asked, timeoutMs: number): Answer {
  const reason: UnknownReason = error.reason === 'timed out' ? 'timed out' : 'network'
  const words =
    reason === 'timed out' ? `no answer within ${timeoutMs / 1000} s` : evidenceText(`no answer: ${error.message}`)
  return { kind: 'unknown', reason, evidence: { asked: asked.words, answered: words } }
}

function told(reply: HttpReply | undefined): Pick<RestAnswer, 'credentialType' | 'identity' | 'challenge'> {
  if (reply === undefined) return {}
  const [credentialType, identity, challenge] = [credentialTypeOf(reply), identityOf(reply), challengeOf(reply)]
  return {
    ...(challenge === undefined ? {} : { challenge }),
    ...(credentialType === undefined ? {} : { credentialType }),
    ...(identity === undefined ? {} : { identity }),
  }
}

function gitUrl({ workspace, slug }: Repository, service: GitService): string {
  return `${GIT_HOST}/${encodeURIComponent(workspace)}/${encodeURIComponent(slug)}.git/info/refs?service=${service}`
}

function restUrl(path: string): string {
  const url = new URL(path, REST_HOST)
  if (url.origin !== REST_HOST)
    throw new Failure('R900', {
      because: `the path ${evidenceText(path)} leads to another host than api.bitbucket.org`,
    })
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

function secretOf(login: Login): Secret | undefined {
  if (login === 'anonymous') return undefined
  return 'bearer' in login ? login.bearer : login.basic.secret
}

function loginWords(login: Login): string {
  if (login === 'anonymous') return 'without a credential'
  if ('bearer' in login) return `as Bearer ${login.bearer.fingerprint}`
  return `as ${shownUsername(login.basic.username)} with ${login.basic.secret.fingerprint}`
}

function authorization(login: Login): Readonly<Record<string, string>> {
  if (login === 'anonymous') return {}
  if ('bearer' in login) return { authorization: `Bearer ${headerSafe(login.bearer.reveal())}` }
  const pair = `${login.basic.username ?? ''}:${login.basic.secret.reveal()}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

/** A secret with line breaks or other bytes outside a header's alphabet cannot be sent as Bearer; the server sees what is left of it. */
function headerSafe(text: string): string {
  return text.replace(/[^\x21-\x7E]/g, '')
}
