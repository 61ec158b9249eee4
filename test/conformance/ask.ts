import { readFileSync } from 'node:fs'
import { type Dispatcher, EnvHttpProxyAgent, ProxyAgent, request } from 'undici'

/** An answer as it came over the wire; it never leaves memory. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: string
}

export interface Asker {
  /** GET, and nothing follows a redirect. */
  ask(url: string, authorization: string | undefined): Promise<Answer>
  close(): Promise<void>
}

const limitMs = 15_000
const bodyLimit = 64 * 1024

/** Read again here, after all names are filled in: the last gate before the network. */
const allowed = (url: string, authorization: string | undefined): boolean => {
  const { protocol, host, username, password } = new URL(url)
  if (protocol !== 'https:' || username !== '' || password !== '') return false
  return (
    ['bitbucket.org', 'api.bitbucket.org'].includes(host) ||
    (host === 'www.bitbucket.org' && authorization === undefined)
  )
}

const readSome = async (body: AsyncIterable<Buffer>): Promise<string> => {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    length += chunk.length
    if (length >= bodyLimit) break
  }
  return Buffer.concat(chunks).toString('utf8')
}

const askerThrough = (dispatcher: Dispatcher): Asker => ({
  ask: async (url, authorization) => {
    if (!allowed(url, authorization)) throw new Error('this address is not asked')
    const reply = await request(url, {
      method: 'GET',
      headers: {
        accept: '*/*',
        'user-agent': 'keyturn-conformance',
        ...(authorization === undefined ? {} : { authorization }),
      },
      headersTimeout: limitMs,
      bodyTimeout: limitMs,
      signal: AbortSignal.timeout(limitMs),
      dispatcher,
    })
    return { status: reply.statusCode, headers: reply.headers, body: await readSome(reply.body) }
  },
  close: () => dispatcher.close(),
})

/** The real service, through the proxy of the environment where there is one. */
export const realAsker = (): Asker => askerThrough(new EnvHttpProxyAgent())

export const sandboxAsker = (sandbox: { readonly proxyUrl: string; readonly caFile: string }): Asker =>
  askerThrough(new ProxyAgent({ uri: sandbox.proxyUrl, requestTls: { ca: readFileSync(sandbox.caFile) } }))
