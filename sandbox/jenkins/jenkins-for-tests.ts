import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ENVIRONMENT } from './git-server-stub.ts'
import { type Jenkins, type JenkinsOptions, startJenkins } from './index.ts'
import { ADMINISTER } from './permissions.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

export interface Call {
  readonly method?: string
  readonly body?: string | Buffer
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A controller in its own temporary folder, and a way to call it as one of its users. */
export interface JenkinsForTests {
  readonly jenkins: Jenkins
  readonly folder: string
  /** `user` is `<id>:<secret>`; an empty string is an anonymous visitor. */
  as(user: string): (path: string, call?: Call) => Promise<Answer>
  readonly admin: (path: string, call?: Call) => Promise<Answer>
  /** `<id>:<apiToken>` */
  readonly adminPair: string
  /** A new user with these permissions only. */
  userWith(...permissions: string[]): (path: string, call?: Call) => Promise<Answer>
  end(): Promise<void>
}

export async function jenkinsForTests(options: Partial<JenkinsOptions> = {}): Promise<JenkinsForTests> {
  const folder = mkdtempSync(join(tmpdir(), 'jenkins-'))
  const home = join(folder, 'home')
  const jenkins = await startJenkins({ home, gitEnvironment: ENVIRONMENT, seed: 'tests', ...options })
  const as = (user: string) => (path: string, call?: Call) => request(jenkins.url, user, path, call)
  const { apiToken } = jenkins.addUser({ id: 'admin', password: 'admin-password', permissions: [ADMINISTER] })
  let users = 0
  return {
    jenkins,
    folder,
    as,
    adminPair: `admin:${apiToken}`,
    admin: as(`admin:${apiToken}`),
    userWith(...permissions) {
      const id = `user${users++}`
      return as(`${id}:${jenkins.addUser({ id, password: 'password', permissions }).apiToken}`)
    },
    async end() {
      await jenkins.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function request(base: string, user: string, path: string, call: Call = {}): Promise<Answer> {
  const authorization: Record<string, string> =
    user === '' ? {} : { authorization: `Basic ${Buffer.from(user).toString('base64')}` }
  const type: Record<string, string> = call.type === undefined ? {} : { 'content-type': call.type }
  const response = await fetch(base + path, {
    method: call.method ?? 'GET',
    redirect: 'manual',
    headers: { ...authorization, ...type, ...call.headers },
    // A string body would get a content type of its own.
    ...(call.body === undefined ? {} : { body: new Uint8Array(Buffer.from(call.body)) }),
  })
  const bytes = Buffer.from(await response.arrayBuffer())
  return { status: response.status, headers: response.headers, text: bytes.toString('utf8') }
}

export const FORM = 'application/x-www-form-urlencoded'
export const XML_UTF8 = 'application/xml;charset=UTF-8'
