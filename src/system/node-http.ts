import type { Dispatcher } from 'undici'
import { type Http, type HttpReply, type HttpRequest, NetworkError, type NetworkReason } from '../model/ports.ts'

const BODY_LIMIT = 8 * 1024 * 1024
const DEFAULT_TIMEOUT_MS = 15_000

export interface HttpOptions {
  /** `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` are read from here, in small letters first. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** PEM of a certificate authority to trust besides the system's. Verification is never off. */
  readonly ca?: string
}

/** HTTP with the machine's proxy settings. Redirects are replies, never followed: a credential must not travel to another host. */
export function nodeHttp(options: HttpOptions): Http {
  const dispatchers = new Map<string, Promise<Dispatcher>>()
  return {
    send: async (request) => {
      const { protocol } = new URL(request.url)
      const dispatcher = dispatchers.get(protocol) ?? openDispatcher(options, protocol)
      dispatchers.set(protocol, dispatcher)
      return exchange(request, await dispatcher, proxyFor(protocol, options.environment))
    },
  }
}

/** Loaded with the first request: a command that asks nobody starts faster without it. */
async function openDispatcher({ environment, ca }: HttpOptions, protocol: string): Promise<Dispatcher> {
  // A bundle holds only what is taken here (tools/undici-used.mjs).
  const { Agent, EnvHttpProxyAgent } = await import('undici')
  const tls = ca === undefined ? {} : { ca: [ca] }
  const proxy = proxyFor(protocol, environment)
  const settings = { allowH2: false, pipelining: 1, keepAliveTimeout: 1000 }
  if (proxy === '') return new Agent({ ...settings, connect: tls })
  try {
    return new EnvHttpProxyAgent({
      ...settings,
      requestTls: tls,
      connect: tls,
      httpProxy: proxy,
      httpsProxy: proxy,
      noProxy: environment['no_proxy'] ?? environment['NO_PROXY'] ?? 'localhost,127.0.0.1,::1',
    })
  } catch {
    // It may hold a password, so it is not shown.
    throw new NetworkError('other', 'the proxy that the environment names has no address that can be used')
  }
}

/**
 * As git and curl choose it: a proxy for http alone is none for https (undici takes it for both), and one without a scheme speaks http. Empty:
 * none.
 */
function proxyFor(protocol: string, environment: HttpOptions['environment']): string {
  const name = protocol === 'https:' ? 'https_proxy' : 'http_proxy'
  const named = environment[name] ?? environment[name.toUpperCase()]
  const proxy = (named ?? environment['all_proxy'] ?? environment['ALL_PROXY'] ?? '').trim()
  return proxy === '' || proxy.includes('://') ? proxy : `http://${proxy}`
}

async function exchange(request: HttpRequest, dispatcher: Dispatcher, proxy: string): Promise<HttpReply> {
  const timeoutMs = request.timeoutMs ?? DEFAULT_TIMEOUT_MS
  const limit = AbortSignal.timeout(timeoutMs)
  try {
    const { origin, pathname, search } = new URL(request.url)
    const reply = await dispatcher.request({
      origin,
      path: `${pathname}${search}`,
      method: request.method,
      headers: { 'user-agent': 'keyturn', ...request.headers },
      body: request.body ?? null,
      signal: request.signal === undefined ? limit : AbortSignal.any([limit, request.signal]),
    })
    return { status: reply.statusCode, headers: flat(reply.headers), body: await limited(reply.body) }
  } catch (error) {
    const failed = networkError(error, limit.aborted, timeoutMs)
    throw isOfProxy(error, proxy, request.url) ? throughProxy(failed) : failed
  }
}

async function limited(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > BODY_LIMIT) break
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const joined: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue
    joined[name] = typeof value === 'string' ? value : value.join(name === 'set-cookie' ? '\n' : ', ')
  }
  return joined
}

const REASONS: readonly (readonly [RegExp, NetworkReason, string])[] = [
  [/ENOTFOUND|EAI_AGAIN/, 'no such host', 'the host name could not be resolved'],
  [/ECONNREFUSED/, 'refused', 'the connection was refused'],
  // No authority that is trusted besides helps with these.
  [/CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/, 'other', 'its certificate has expired, or is not valid yet'],
  [/ALTNAME_INVALID/, 'other', 'its certificate is for another host'],
  [
    /WRONG_VERSION_NUMBER|wrong version number|PACKET_LENGTH_TOO_LONG/,
    'other',
    'what answers there does not speak TLS',
  ],
  [/CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ERR_TLS/, 'certificate', 'the certificate is not trusted'],
  [/ECONNRESET|UND_ERR_SOCKET|EPIPE/, 'other', 'the connection was closed'],
]

/** Messages of the network stack may quote a URL, so they are replaced by words of our own. */
function networkError(error: unknown, timedOut: boolean, timeoutMs: number): NetworkError {
  if (timedOut) return new NetworkError('timed out', `no answer after ${timeoutMs / 1000} s`)
  const text = textOf(error)
  const known = REASONS.find(([pattern]) => pattern.test(text))
  if (known !== undefined) return new NetworkError(known[1], known[2])
  // undici words it as an abort, too, when a proxy refuses the tunnel.
  const proxy = /Proxy response \((\d{3})\)/.exec(text)
  if (proxy !== null) return new NetworkError('other', `the proxy answered ${proxy[1]}`)
  if (/abort/i.test(text)) return new NetworkError('aborted', 'stopped before an answer came')
  return new NetworkError('other', 'the request failed')
}

/** Whoever reads that Bitbucket refused the connection does not look at the proxy. Its address may hold a password, so it is not shown. */
function throughProxy({ reason, message }: NetworkError): NetworkError {
  return new NetworkError(reason, `${message} (this is the proxy that the environment names)`)
}

/** By what was called: NO_PROXY may let this very host be asked without it. Of a proxy on the same port as the host nothing is said. */
function isOfProxy(error: unknown, proxy: string, url: string): boolean {
  if (!URL.canParse(proxy)) return false
  const [of, to] = [new URL(proxy), new URL(url)]
  return causesOf(error).some((cause) => {
    const isPort = 'port' in cause && String(cause.port) === portOf(of) && portOf(of) !== portOf(to)
    return isPort || ('hostname' in cause && cause.hostname === of.hostname && of.hostname !== to.hostname)
  })
}

function portOf({ port, protocol }: URL): string {
  return port === '' ? (protocol === 'https:' ? '443' : '80') : port
}

function causesOf(error: unknown): readonly Error[] {
  if (!(error instanceof Error)) return []
  const inner = error instanceof AggregateError ? error.errors.flatMap(causesOf) : causesOf(error.cause)
  return [error, ...inner]
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? String(error.code) : ''
  const inner =
    error instanceof AggregateError
      ? error.errors.map(textOf).join(' ')
      : error.cause === undefined
        ? ''
        : textOf(error.cause)
  return `${code} ${error.name} ${error.message} ${inner}`
}
