import { type ChildProcess, spawn } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { GitPass, SendHead, Stream } from '../reply.ts'
import { gitEnvironment } from './bare-repository.ts'

type GitRoute = Exclude<GitPass['backend'], { stream: Stream }>

/** Runs `git http-backend` for requests that passed, and knows the processes it started. */
export class GitBackend {
  readonly #root: string
  readonly #running = new Set<ChildProcess>()

  constructor(root: string) {
    this.#root = root
  }

  serve(pass: GitPass, query: string, request: IncomingMessage, response: ServerResponse, sendHead: SendHead): void {
    if ('stream' in pass.backend) {
      pass.backend.stream(request, response, sendHead).catch(() => response.destroy())
      return
    }
    this.#serveGit(pass.backend, query, request, response, sendHead)
  }

  #serveGit(
    pass: GitRoute,
    query: string,
    request: IncomingMessage,
    response: ServerResponse,
    sendHead: SendHead,
  ): void {
    const child = spawn('git', ['-c', 'safe.directory=*', '-c', 'http.receivepack=true', 'http-backend'], {
      env: this.#environment(pass, query, request),
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    this.#running.add(child)
    child.on('close', () => this.#running.delete(child))
    child.on('error', () => response.destroy())
    child.stdin.on('error', () => undefined)
    request.pipe(child.stdin)
    response.on('close', () => {
      if (!response.writableFinished) child.kill()
    })
    sendCgi(child, response, sendHead)
  }

  stop(): void {
    for (const child of this.#running) child.kill('SIGKILL')
  }

  /** The variables of RFC 3875 that http-backend reads, and no other. */
  #environment(pass: GitRoute, query: string, request: IncomingMessage): Record<string, string> {
    const given = {
      CONTENT_TYPE: request.headers['content-type'],
      CONTENT_LENGTH: request.headers['content-length'],
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'],
      GIT_PROTOCOL: request.headers['git-protocol'],
      REMOTE_USER: pass.remoteUser,
    }
    return {
      ...gitEnvironment(this.#root),
      GIT_PROJECT_ROOT: this.#root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: pass.pathInfo,
      QUERY_STRING: query,
      REQUEST_METHOD: request.method ?? 'GET',
      REMOTE_ADDR: '127.0.0.1',
      ...Object.fromEntries(
        Object.entries(given).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
      ),
    }
  }
}

const endOfHeaders = /\r?\n\r?\n/

/** The CGI header block becomes the response's head; what follows is streamed through. */
const sendCgi = (child: ChildProcess, response: ServerResponse, sendHead: SendHead): void => {
  let head = Buffer.alloc(0)
  const { stdout } = child
  if (stdout === null) return
  const onData = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk])
    const text = head.toString('latin1')
    const end = endOfHeaders.exec(text)
    if (end === null) return
    stdout.off('data', onData)
    writeHead(text.slice(0, end.index), sendHead)
    response.write(head.subarray(end.index + end[0].length))
    stdout.pipe(response)
  }
  stdout.on('data', onData)
  stdout.on('end', () => {
    if (response.headersSent || response.destroyed) return
    sendHead(500)
    response.end()
  })
}

const writeHead = (block: string, sendHead: SendHead): void => {
  const headers = block.split(/\r?\n/).map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
  })
  const status = headers.find(([name]) => name === 'status')?.[1] ?? '200'
  sendHead(Number.parseInt(status, 10), Object.fromEntries(headers.filter(([name]) => name !== 'status')))
}
