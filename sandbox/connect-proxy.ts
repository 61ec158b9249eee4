import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls'
import type { Certificates } from './certificates.ts'
import { type EmulatedHost, isEmulatedHost } from './hosts.ts'
import { type Engine, handle } from './http-handler.ts'

/**
 * A CONNECT proxy that ends TLS itself and opens no connection of its own: a host that is not emulated gets 403, so
 * nothing a client does behind it can reach the real service.
 */
export const createConnectProxy = (engine: Engine, certificates: Certificates): Server => {
  const secureContext = once(() => createSecureContext({ key: certificates.serverKey, cert: certificates.server }))
  const hosts = new WeakMap<object, EmulatedHost>()
  const inner = createServer((request, response) => {
    const host = hosts.get(request.socket)
    if (host === undefined) response.destroy()
    else handle(engine, { via: 'proxy', host }, request, response)
  })
  const proxy = createServer((request, response) => refusePlain(engine, request, response))
  proxy.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const host = connectTarget(request.url ?? '')
    if (host === undefined) return refuseTunnel(engine, request, socket)
    const secured = openTunnel(socket as Socket, head, secureContext())
    hosts.set(secured, host)
    inner.emit('connection', secured)
  })
  proxy.on('close', () => inner.closeAllConnections())
  return proxy
}

/** Made at the first tunnel: a start that nobody reaches through the proxy does not wait for it. */
const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

const connectTarget = (authority: string): EmulatedHost | undefined => {
  const [, name = '', port] = /^([^:]+):(\d+)$/.exec(authority) ?? []
  const lower = name.toLowerCase()
  return port === '443' && isEmulatedHost(lower) ? lower : undefined
}

const openTunnel = (socket: Socket, head: Buffer, secureContext: SecureContext): TLSSocket => {
  socket.on('error', () => socket.destroy())
  socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
  if (head.length > 0) socket.unshift(head)
  const secured = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: ['http/1.1'] })
  secured.on('error', () => secured.destroy())
  return secured
}

const refuseTunnel = (engine: Engine, request: IncomingMessage, socket: Duplex): void => {
  const body = `The sandbox does not emulate ${request.url ?? ''}\n`
  recordRefusal(engine, request, request.url ?? '')
  socket.on('error', () => socket.destroy())
  socket.end(
    `HTTP/1.1 403 Forbidden\r\ncontent-type: text/plain\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}

/** Plain HTTP through the proxy: no emulated host speaks it. */
const refusePlain = (engine: Engine, request: IncomingMessage, response: ServerResponse): void => {
  recordRefusal(engine, request, request.headers.host ?? '')
  request.resume()
  response.writeHead(403, { 'content-type': 'text/plain', connection: 'close' })
  response.end('The sandbox proxies HTTPS to emulated hosts only\n')
}

const recordRefusal = (engine: Engine, request: IncomingMessage, host: string): void => {
  engine.log.add({
    at: engine.world.now().toISOString(),
    via: 'proxy',
    method: request.method ?? '',
    host,
    path: '',
    authorization: { scheme: 'none' },
    status: 403,
    because: 'the proxy refuses every host that is not emulated',
  })
}
