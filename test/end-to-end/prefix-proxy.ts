import { createServer, request as forward, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A reverse proxy as administrators put before Jenkins: `http://host/ci/...` is the controller, everything else is not. */
export interface PrefixProxy {
  readonly url: string
  /** Paths that were asked for outside the prefix. */
  readonly missed: () => readonly string[]
  readonly stop: () => Promise<void>
}

export async function startPrefixProxy(prefix: string, target: string): Promise<PrefixProxy> {
  const missed: string[] = []
  const server = createServer((incoming, outgoing) => {
    const path = incoming.url ?? '/'
    if (path !== prefix && !path.startsWith(`${prefix}/`)) {
      missed.push(path)
      outgoing.writeHead(404).end()
      return
    }
    const url = `${target}${path.slice(prefix.length) || '/'}`
    const onward = forward(url, { method: incoming.method, headers: incoming.headers }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers)
      reply.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${port}${prefix}`,
    missed: () => missed,
    stop: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
