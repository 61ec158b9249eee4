import type { IncomingMessage, ServerResponse } from 'node:http'
import { answer } from './answer.ts'
import type { GitBackend } from './bitbucket/git-backend.ts'
import { type EmulatedHost, hostOfPath } from './hosts.ts'
import { readAuthorization } from './presented.ts'
import { type GitPass, type Incoming, type Reply, type SendHead, type Stage, textReply } from './reply.ts'
import type { RequestLog } from './request-log.ts'
import { maskAuthorization, maskText, noStatus } from './request-record.ts'

/** Everything one start of the sandbox shares between its two doors. */
export interface Engine extends Stage {
  readonly backend: GitBackend
  readonly log: RequestLog
}

/** The door a request came through: the proxy and TLS name the host, the loopback port leaves it to the path. */
export type Door = { readonly via: 'web' } | { readonly via: 'proxy' | 'tls'; readonly host: EmulatedHost }

const bodyLimit = 1024 * 1024

class BodyTooLarge extends Error {}

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > bodyLimit) throw new BodyTooLarge('the body is larger than 1 MiB')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const incoming = (request: IncomingMessage, door: Door): Incoming => {
  const url = new URL(request.url ?? '/', 'http://sandbox.invalid')
  return {
    method: request.method ?? 'GET',
    host: door.via === 'web' ? hostOfPath(url.pathname) : door.host,
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    presented: readAuthorization(request.headers.authorization),
    origin: door.via === 'web' ? `http://${request.headers.host ?? '127.0.0.1'}` : `https://${door.host}`,
    body: () => readBody(request),
  }
}

const isControl = (door: Door, path: string): boolean => door.via === 'web' && /^\/_sandbox(\/|$)/.test(path)

/** Loaded when it is first asked: a test that steers the sandbox in its own process never needs it. */
const control = async (engine: Engine, request: Incoming): Promise<Reply> =>
  (await import('./control/control.ts')).answerControl(engine, request)

const decide = async (engine: Engine, request: Incoming, door: Door): Promise<Reply | GitPass> => {
  try {
    return isControl(door, request.path) ? await control(engine, request) : await answer(engine, request)
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    if (error instanceof BodyTooLarge) return textReply(413, `The sandbox reads no such body: ${text}\n`, text)
    return textReply(500, `The sandbox failed: ${text}\n`, `the sandbox failed: ${text}`)
  }
}

/** One handler behind both doors. A request that cannot even be read, or answered, ends its own connection only. */
export const handle = (engine: Engine, door: Door, request: IncomingMessage, response: ServerResponse): void => {
  serve(engine, door, request, response).catch(() => {
    if (response.headersSent) response.destroy()
    else response.writeHead(400, { connection: 'close' }).end()
  })
}

/** Every request is recorded before the head of its answer leaves; control requests are not. */
const serve = async (engine: Engine, door: Door, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const asked = incoming(request, door)
  const decided = await decide(engine, asked, door)
  const tell = (status: number, because: string): void => {
    if (!isControl(door, asked.path)) record(engine, door, request, asked, status, because)
  }
  if ('backend' in decided) {
    const query = (request.url ?? '').split('?')[1] ?? ''
    engine.backend.serve(decided, query, request, response, tellingHead(response, decided.because, tell))
    return
  }
  tell(decided.status, decided.because)
  request.resume()
  response.writeHead(decided.status, outgoingHeaders(decided))
  response.end(request.method === 'HEAD' ? undefined : decided.body)
}

/** Tells the status that is sent, or that the connection ended before one was. */
const tellingHead = (
  response: ServerResponse,
  because: string,
  tell: (status: number, because: string) => void,
): SendHead => {
  response.on('close', () => {
    if (!response.headersSent) tell(noStatus, `${because}; the connection ended before an answer`)
  })
  return (status, headers) => {
    if (response.destroyed) return
    tell(status, because)
    response.writeHead(status, headers)
  }
}

const outgoingHeaders = (reply: Reply): Record<string, string | string[]> => ({
  ...Object.fromEntries(
    Object.entries(reply.headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  ),
  'content-length': String(Buffer.byteLength(reply.body)),
})

const record = (
  engine: Engine,
  door: Door,
  request: IncomingMessage,
  asked: Incoming,
  status: number,
  because: string,
): void => {
  engine.log.add({
    at: engine.world.now().toISOString(),
    via: door.via,
    method: asked.method,
    host: asked.host,
    path: maskText(request.url ?? '/'),
    authorization: maskAuthorization(engine.world, asked.presented),
    status,
    because: maskText(because),
  })
}
