import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'

/** For the tests of this folder: one private repository behind Basic authentication, in place of Bitbucket. */
export interface GitServerStub {
  readonly url: string
  readonly host: string
  /** `user:password` of every authenticated request, in order. */
  readonly presented: string[]
  stop(): Promise<void>
}

export interface GitServerOptions {
  readonly folder: string
  readonly username: string
  readonly password: string
  /** Answered with 410, as Bitbucket answers app passwords since 2026-07-28. */
  readonly appPassword?: string
  /** Answered with 403. */
  readonly scopeless?: string
}

export const ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  GIT_CONFIG_NOSYSTEM: '1',
  LC_ALL: 'C',
}

export async function startGitServer(options: GitServerOptions): Promise<GitServerStub> {
  const root = join(options.folder, 'repositories')
  createRepository(root, options.folder)
  const presented: string[] = []
  const server = createServer((request, response) => {
    const pair = credentialOf(request)
    if (pair !== undefined) presented.push(pair)
    const refusal = refuse(options, pair)
    if (refusal === undefined) serve(root, request, response)
    else refused(response, refusal)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const host = `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  return {
    host,
    url: `http://${host}/acme/shop.git`,
    presented,
    async stop() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

function createRepository(root: string, folder: string): void {
  const bare = join(root, 'acme', 'shop.git')
  const work = join(folder, 'seed')
  mkdirSync(bare, { recursive: true })
  mkdirSync(work, { recursive: true })
  const env = {
    ...ENVIRONMENT,
    HOME: folder,
    GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
    GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
  }
  const git = (cwd: string, ...args: string[]) => {
    const done = spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.test', ...args], { cwd, env })
    if (done.status !== 0) throw new Error(done.stderr.toString())
  }
  git(bare, 'init', '--bare', '--initial-branch=main')
  git(work, 'init', '--initial-branch=main')
  writeFileSync(join(work, 'Jenkinsfile'), "pipeline { agent any\n stages { stage('a') { steps { echo 'a' } } } }\n")
  git(work, 'add', '.')
  git(work, 'commit', '-m', 'First commit')
  git(work, 'push', bare, 'main')
}

function credentialOf(request: IncomingMessage): string | undefined {
  const header = request.headers.authorization
  return header === undefined ? undefined : Buffer.from(header.replace(/^Basic /, ''), 'base64').toString('utf8')
}

interface Refusal {
  readonly status: number
  readonly body: string
}

function refuse(options: GitServerOptions, pair: string | undefined): Refusal | undefined {
  if (pair === `${options.username}:${options.password}`) return undefined
  const password = pair?.slice(pair.indexOf(':') + 1)
  if (password !== undefined && password === options.appPassword) {
    return { status: 410, body: 'App passwords are deprecated' }
  }
  if (password !== undefined && password === options.scopeless) {
    return { status: 403, body: 'The access token lacks one or more required privilege scopes' }
  }
  return { status: 401, body: 'You may not have access to this repository or it no longer exists' }
}

function refused(response: ServerResponse, { status, body }: Refusal): void {
  const challenge = status === 401 ? { 'www-authenticate': 'Basic realm="Bitbucket.org HTTP"' } : {}
  response.writeHead(status, { 'content-type': 'text/plain', ...challenge })
  response.end(body)
}

function serve(root: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://stub.invalid')
  const backend = spawn('git', ['http-backend'], {
    env: {
      ...ENVIRONMENT,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: String(request.headers['content-encoding'] ?? ''),
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  request.pipe(backend.stdin)
  const chunks: Buffer[] = []
  backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  backend.on('close', () => {
    const output = Buffer.concat(chunks)
    const end = output.indexOf('\r\n\r\n')
    const lines = output.subarray(0, end).toString().split('\r\n')
    const headers = Object.fromEntries(lines.map((each) => [each.split(': ')[0], each.split(': ')[1] ?? '']))
    const { Status: status = '200', ...rest } = headers
    response.writeHead(Number.parseInt(status, 10), rest)
    response.end(output.subarray(end + 4))
  })
}
