import { createServer, type Server } from 'node:https'
import type { TLSSocket } from 'node:tls'
import type { Certificates } from './certificates.ts'
import { isEmulatedHost } from './hosts.ts'
import { type Engine, handle } from './http-handler.ts'

/**
 * TLS without a proxy, for clients whose names were led here: by /etc/hosts in a namespace of their own, or by curl's
 * `--connect-to`. The name that the client asked for in its greeting says which host is meant.
 */
export const createTlsDoor = (engine: Engine, certificates: Certificates): Server =>
  createServer({ key: certificates.serverKey, cert: certificates.server }, (request, response) => {
    const { servername } = request.socket as TLSSocket & { readonly servername?: string | false }
    const host = typeof servername === 'string' ? servername.toLowerCase() : ''
    if (isEmulatedHost(host)) return handle(engine, { via: 'tls', host }, request, response)
    request.resume()
    response.writeHead(421, { 'content-type': 'text/plain', connection: 'close' })
    response.end('The sandbox answers here under the names it emulates only\n')
  })
