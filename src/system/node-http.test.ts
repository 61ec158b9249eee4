import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { nodeHttp } from './node-http.ts'

const http = nodeHttp({ environment: {} })
const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(
    () => server.close(),
    () => server.closeAllConnections(),
  )
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('nodeHttp', () => {
  it('returns a redirect as it is', async () => {
    let asked = 0
    const url = await serve((_, reply) => {
      asked++
      reply.writeHead(302, { location: 'http://127.0.0.1:1/elsewhere' }).end()
    })
    const reply = await http.send({ method: 'GET', url })
    expect([reply.status, reply.headers['location'], asked]).toEqual([302, 'http://127.0.0.1:1/elsewhere', 1])
  })

  it('sends headers and body, and reads the reply', async () => {
    const url = await serve((request, reply) => {
      request.on('data', (chunk: Buffer) => reply.end(`${request.method} ${request.headers['x-a']} ${chunk}`))
    })
    const reply = await http.send({ method: 'POST', url, headers: { 'x-a': '1' }, body: 'hello' })
    expect(Buffer.from(reply.body).toString()).toBe('POST 1 hello')
  })

  it('says that no answer came in time', async () => {
    const url = await serve(() => undefined)
    await expect(http.send({ method: 'GET', url, timeoutMs: 50 })).rejects.toMatchObject({
      name: 'NetworkError',
      reason: 'timed out',
      message: 'no answer after 0.05 s',
    })
  })

  it('tells a refused connection from an unknown host', async () => {
    await expect(http.send({ method: 'GET', url: 'http://127.0.0.1:1/' })).rejects.toMatchObject({ reason: 'refused' })
    await expect(http.send({ method: 'GET', url: 'http://nowhere.invalid/' })).rejects.toMatchObject({
      reason: 'no such host',
    })
  })

  it('tells a port without TLS from a certificate that is not trusted', async () => {
    const url = (await serve((_, reply) => reply.end())).replace('http:', 'https:')
    await expect(http.send({ method: 'GET', url })).rejects.toMatchObject({
      reason: 'other',
      message: 'what answers there does not speak TLS',
    })
  })

  it.each([
    ['a proxy for http alone is none for https', { http_proxy: 'PROXY' }, 'the connection was refused'],
    ['an empty proxy for https is none', { http_proxy: 'PROXY', https_proxy: '' }, 'the connection was refused'],
    ['a proxy for all is one for https', { all_proxy: 'PROXY' }, 'the proxy answered 407'],
    ['a proxy for https alone is one', { HTTPS_PROXY: 'PROXY' }, 'the proxy answered 407'],
    ['a proxy may be named without a scheme', { https_proxy: 'BARE' }, 'the proxy answered 407'],
    ['a proxy that cannot be used is a network that fails', { https_proxy: 'ftp://x' }, 'no address that can be used'],
  ])('%s, as for git', async (_, variables, message) => {
    const proxy = createServer().on('connect', (__, socket) =>
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'),
    )
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    closers.push(() => proxy.close())
    const bare = `127.0.0.1:${(proxy.address() as AddressInfo).port}`
    const written = (value: string) => value.replace('PROXY', `http://${bare}`).replace('BARE', bare)
    const named = Object.entries(variables).map(([name, value]) => [name, written(value)])
    const behind = nodeHttp({ environment: { ...Object.fromEntries(named), no_proxy: '' } })
    await expect(behind.send({ method: 'GET', url: 'https://127.0.0.1:9/' })).rejects.toMatchObject({
      message: expect.stringContaining(message),
    })
  })

  it.each([
    ['http://127.0.0.1:1', '', 'the connection was refused (this is the proxy that the environment names)'],
    [
      'http://nowhere.invalid:1',
      '',
      'the host name could not be resolved (this is the proxy that the environment names)',
    ],
    ['http://127.0.0.1:1', '127.0.0.1', 'the connection was refused'],
  ])('says that it is the proxy that is not there: %s, no proxy for "%s"', async (https_proxy, no_proxy, message) => {
    const behind = nodeHttp({ environment: { https_proxy, no_proxy } })
    await expect(behind.send({ method: 'GET', url: 'https://127.0.0.1:9/' })).rejects.toMatchObject({ message })
  })

  it('tells a proxy that refuses the tunnel from a stop of its own', async () => {
    const proxy = createServer().on('connect', (_, socket) =>
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'),
    )
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    closers.push(() => proxy.close())
    const https_proxy = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
    const behind = nodeHttp({ environment: { https_proxy, no_proxy: '' } })
    await expect(behind.send({ method: 'GET', url: 'https://nowhere.invalid/' })).rejects.toMatchObject({
      reason: 'other',
      message: 'the proxy answered 407',
    })
  })

  it('never quotes the address of a request in its error', async () => {
    const error = await http
      .send({ method: 'GET', url: 'http://someone:hidden@127.0.0.1:1/' })
      .catch((caught: unknown) => caught)
    expect(String(error)).not.toContain('hidden')
  })
})
