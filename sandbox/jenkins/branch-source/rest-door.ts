import { readFileSync } from 'node:fs'
import { Agent, type Dispatcher, ProxyAgent, request } from 'undici'

export interface RestRequest {
  /** Absolute, with `https://api.bitbucket.org` or `https://bitbucket.org` in front. */
  readonly url: string
  readonly authorization: string | undefined
  /** A form makes the request a POST. */
  readonly form?: string
}

export interface RestAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** How the controller reaches Bitbucket over HTTPS. Throws RestUnreachable. */
export interface RestDoor {
  send(request: RestRequest, signal: AbortSignal): Promise<RestAnswer>
}

/** No answer came. `javaException` is the class that the console shows. */
export class RestUnreachable extends Error {
  readonly javaException: string
  constructor(javaException: string, message: string) {
    super(message)
    this.javaException = javaException
  }
}

/**
 * Through the proxy and with the authority that git has in its environment, or to `apiUrl`, which stands for both
 * hosts. With neither, every host is unknown: this sandbox never calls the real service.
 */
export function restDoor(environment: Readonly<Record<string, string>>, apiUrl: string | undefined): RestDoor {
  const proxy = environment['HTTPS_PROXY'] ?? environment['https_proxy']
  return {
    async send(given, signal) {
      const url = new URL(given.url)
      if (apiUrl === undefined && (proxy === undefined || proxy === '')) {
        throw new RestUnreachable('java.net.UnknownHostException', `${url.host}: Name or service not known`)
      }
      const target = apiUrl === undefined ? given.url : apiUrl.replace(/\/$/, '') + url.pathname + url.search
      const dispatcher = apiUrl === undefined ? proxyAgent(environment, proxy ?? '') : new Agent()
      try {
        return await exchange(target, given, dispatcher, signal)
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        throw new RestUnreachable('java.io.IOException', `Communication error, requested URL: ${given.url} (${reason})`)
      } finally {
        await dispatcher.close()
      }
    },
  }
}

/** One agent per request: a scan is short, and nothing stays open when the controller stops. */
function proxyAgent(environment: Readonly<Record<string, string>>, uri: string): Dispatcher {
  const file = environment['GIT_SSL_CAINFO'] ?? environment['SSL_CERT_FILE'] ?? environment['NODE_EXTRA_CA_CERTS']
  return new ProxyAgent(file === undefined ? { uri } : { uri, requestTls: { ca: readFileSync(file, 'utf8') } })
}

async function exchange(
  target: string,
  { authorization, form }: RestRequest,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<RestAnswer> {
  const answer = await request(target, {
    method: form === undefined ? 'GET' : 'POST',
    dispatcher,
    signal,
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    },
    ...(form === undefined ? {} : { body: form }),
  })
  const headers = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]))
  return { status: answer.statusCode, headers, body: await answer.body.text() }
}
