import { mkdir, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Jenkins, startJenkins } from '../../sandbox/jenkins/index.ts'
import {
  bytesUnder,
  call,
  failureOf,
  type Ground,
  layGround,
  type Migration,
  REPOSITORY,
  startMigration,
} from './migration.ts'

let ground: Ground
let here: Migration
let jenkins: Jenkins
let busy: Server

beforeAll(async () => {
  ground = await layGround()
  jenkins = await startJenkins({ home: join(ground.folder, 'controller'), gitEnvironment: {} })
  jenkins.addUser({ id: 'reader', password: 'sandbox', permissions: [] })
  busy = createServer((_, response) => response.end('<html>Not Jenkins</html>'))
  await new Promise<void>((listening) => busy.listen(0, '127.0.0.1', listening))
})
afterAll(async () => {
  busy.close()
  await jenkins.stop()
  await ground.stop()
})
beforeEach(async () => {
  here = await startMigration(ground)
})

const busyPort = (): number => (busy.address() as AddressInfo).port

/** No file differs after a command: neither the user's nor keyturn's. */
async function unchanged<Result>(act: () => Promise<Result>): Promise<Result> {
  const before = await bytesUnder(here.folder)
  const result = await act()
  expect(await bytesUnder(here.folder)).toEqual(before)
  return result
}

describe('without git', () => {
  const withoutGit = async (...args: readonly string[]) => {
    await mkdir(join(here.folder, 'empty'), { recursive: true })
    return failureOf(here, { args, environment: { PATH: join(here.folder, 'empty') } })
  }

  it('the doctor says that it needs it', async () => {
    expect(await withoutGit('doctor', REPOSITORY)).toMatchInlineSnapshot(`
      {
        "at": "git",
        "because": "the command was not found on PATH",
        "exitCode": 1,
        "headline": "R107: A program that keyturn needs is missing",
        "next": [
          "Install git, then repeat the command.",
        ],
        "state": "Nothing was changed.",
      }
    `)
  })

  const onPath = (path: string, ...args: readonly string[]) => call(here, { args, environment: { PATH: path } })

  it('apply stops before the first place', async () => {
    const { exitCode } = await unchanged(() => onPath(join(here.folder, 'empty'), 'apply', here.plan))
    expect(exitCode).toBe(1)
  })
})

describe('a folder that is not there', () => {
  const noFolder = (option: string) => ({
    at: `${option} nowhere`,
    because: 'there is no such folder',
    exitCode: 1,
    headline: 'R101: A file or folder is missing',
    next: ['Check the path, then repeat the command.'],
    state: 'Nothing was asked.',
  })

  it.each(['--folder', '--as-home'])('is named before the doctor asks anybody: %s', async (option) => {
    const asked = ground.sandbox.requests.length
    const failure = await unchanged(() => failureOf(here, { args: ['doctor', REPOSITORY, option, 'nowhere'] }))
    expect(failure).toEqual(noFolder(option))
    expect(ground.sandbox.requests).toHaveLength(asked)
  })
})

describe('a place that is not there', () => {
  it('is looked for again with folders as a shell reads them', async () => {
    await mkdir(join(here.folder, 'two words'))
    expect(
      await failureOf(here, { args: ['doctor', '--place', 'p0123456789', '--in', 'two words', '.'] }),
    ).toMatchObject({
      at: 'place PLACE',
      next: ["keyturn --home keyturn scan 'two words' ."],
    })
  })
})

describe('a path of REST that is mistyped', () => {
  it('is for the user to check, since Bitbucket was reached', async () => {
    const path = 'https://api.bitbucket.org/2.0/repositries/acme/app'
    const { exitCode, stdout } = await call(here, { args: ['doctor', path] })
    expect(exitCode).toBe(5)
    expect(stdout).toContain('Bitbucket answers 404 to the path')
    expect(stdout).toContain('check the path')
    expect(stdout).not.toContain('can be reached')
  })
})

describe('a secret in the URL', () => {
  it('is read, and called overheard on standard error', async () => {
    const url = REPOSITORY.replace('https://', 'https://alice:overheard@')
    const { stdout, stderr } = await call(here, { args: ['doctor', url] })
    expect(stdout).toContain('  Examined')
    expect(stderr).toMatch(/^The URL holds a secret\. Everybody on this machine can read/)
    expect(stdout + stderr).not.toContain('overheard@')
  })
})

describe('the sandbox', () => {
  it('does not start on a port that is in use', async () => {
    expect(
      await unchanged(() => failureOf(here, { args: ['sandbox', 'start', '--port', String(busyPort())] })),
    ).toMatchInlineSnapshot(`
      {
        "at": "127.0.0.1:PORT",
        "because": "another program listens there",
        "exitCode": 1,
        "headline": "R108: The port is in use",
        "next": [
          "keyturn sandbox start",
        ],
        "state": "The sandbox was not started.",
      }
    `)
    expect(
      await unchanged(() => failureOf(here, { args: ['sandbox', 'start', '--empty', '--port', String(busyPort())] })),
    ).toMatchInlineSnapshot(`
      {
        "at": "127.0.0.1:PORT",
        "because": "another program listens there",
        "exitCode": 1,
        "headline": "R108: The port is in use",
        "next": [
          "keyturn sandbox start",
        ],
        "state": "The sandbox was not started.",
      }
    `)
  })

  it('is not running', async () => {
    expect(await unchanged(() => failureOf(here, { args: ['sandbox', 'env'] }))).toMatchInlineSnapshot(`
      {
        "because": "no sandbox is running",
        "exitCode": 1,
        "headline": "R111: Nothing matches",
        "next": [
          "keyturn sandbox start",
        ],
      }
    `)
  })

  it('does not take a folder that holds something else', async () => {
    const { exitCode, stdout } = await unchanged(() =>
      call(here, { args: ['sandbox', 'start', '--folder', 'dev'], patienceMs: 3_000 }),
    )
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
  })
})

describe('a Jenkins controller', () => {
  const asked = (url: string, environment: Record<string, string> = {}) =>
    unchanged(() =>
      failureOf(here, {
        args: ['scan', '--jenkins', url],
        environment: { JENKINS_USER_ID: 'reader', JENKINS_API_TOKEN: '11'.repeat(17), ...environment },
      }),
    )

  it('refuses the login', async () => {
    expect(await asked(jenkins.url)).toMatchInlineSnapshot(`
      {
        "at": "http://127.0.0.1:PORT/api/json",
        "because": "HTTP 401 for the user "reader": the name or the API token is wrong",
        "exitCode": 1,
        "headline": "R402: A system refused the login",
        "next": [
          "An API token is made on the page of that user, under Security or",
          "Configure. Give both: JENKINS_USER_ID and JENKINS_API_TOKEN, or",
          "--jenkins-user and --jenkins-token-file.",
        ],
        "state": "Nothing was changed.",
      }
    `)
  })

  it('is not there', async () => {
    const unused = createServer()
    await new Promise<void>((listening) => unused.listen(0, '127.0.0.1', listening))
    const { port } = unused.address() as AddressInfo
    await new Promise((closed) => unused.close(closed))
    expect(await asked(`http://127.0.0.1:${port}`)).toMatchInlineSnapshot(`
      {
        "at": "http://127.0.0.1:PORT/api/json",
        "because": "the connection was refused",
        "exitCode": 1,
        "headline": "R401: A system cannot be reached",
        "next": [
          "Check the address (http or https, host, port, context path), and that",
          "this machine can reach it.",
        ],
        "state": "Nothing was changed.",
      }
    `)
  })

  it('is something else', async () => {
    expect(await asked(`http://127.0.0.1:${busyPort()}`)).toMatchInlineSnapshot(`
      {
        "at": "http://127.0.0.1:PORT/api/json",
        "because": "it answered 200, but not with JSON: it looks like a web page",
        "exitCode": 1,
        "headline": "R404: A system answered something unexpected",
        "next": [
          "Check the base URL: the context path belongs to it, and API tokens do",
          "not pass a sign-on page in front of Jenkins.",
        ],
        "state": "Nothing was changed.",
      }
    `)
  })

  it('is named without a login', async () => {
    expect(await unchanged(() => failureOf(here, { args: ['scan', '--jenkins', jenkins.url] }))).toMatchInlineSnapshot(`
      {
        "at": "Jenkins http://127.0.0.1:PORT",
        "because": "a user and an API token are needed to ask it",
        "exitCode": 2,
        "headline": "R112: The command cannot run as it was given",
        "next": [
          "Give both:",
          "  export JENKINS_USER_ID=NAME",
          "  read -rs JENKINS_API_TOKEN && export JENKINS_API_TOKEN",
        ],
        "state": "Nothing was changed.",
      }
    `)
  })

  it('is named with an empty token: nobody is asked, and it is not called wrong', async () => {
    const environment = { JENKINS_USER_ID: 'reader', JENKINS_API_TOKEN: '' }
    expect(await failureOf(here, { args: ['scan', '--jenkins', jenkins.url], environment })).toMatchObject({
      because: 'a user and an API token are needed to ask it',
      exitCode: 2,
    })
  })

  it('is named by something that is no address', async () => {
    expect(
      await unchanged(() =>
        failureOf(here, {
          args: ['scan', '--jenkins', 'ci.example.org'],
          environment: { JENKINS_USER_ID: 'reader', JENKINS_API_TOKEN: 'x' },
        }),
      ),
    ).toMatchInlineSnapshot(`
      {
        "at": "--jenkins",
        "because": "it is not an http or https address without username, query and fragment",
        "exitCode": 2,
        "headline": "R112: The command cannot run as it was given",
        "next": [
          "keyturn --home keyturn scan --jenkins https://ci.example.org",
        ],
        "state": "Nothing was asked.",
      }
    `)
  })

  it.each(['https://ci.example.org/?tree=jobs', 'https://ci.example.org/#main', 'https://reader@ci.example.org'])(
    'is named by more than its address (%s): the command says what to type',
    async (url) => {
      const environment = { JENKINS_USER_ID: 'reader', JENKINS_API_TOKEN: 'x' }
      expect(await failureOf(here, { args: ['scan', '--jenkins', url], environment })).toMatchObject({
        at: '--jenkins',
        exitCode: 2,
        next: ['keyturn --home keyturn scan --jenkins https://ci.example.org'],
        state: 'Nothing was asked.',
      })
    },
  )

  it.each([
    ['https://ci.example.org/jenkins/job/team/job/app/', 'https://ci.example.org/jenkins --job team/app'],
    ['https://ci.example.org/view/all/job/my%20app', "https://ci.example.org --job 'my app'"],
  ])('is named by the page of a job (%s): the command says what to type', async (url, words) => {
    const environment = { JENKINS_USER_ID: 'reader', JENKINS_API_TOKEN: 'x' }
    expect(await failureOf(here, { args: ['scan', '--jenkins', url], environment })).toMatchObject({
      at: `--jenkins ${url}`,
      exitCode: 2,
      next: ['Name the controller, and the job by its name:', `  keyturn --home keyturn doctor --jenkins ${words}`],
      state: 'Nothing was asked.',
    })
  })

  it('has a folder of the name of a job: the doctor names no cause, and says what to name', async () => {
    const { apiToken } = jenkins.addUser({
      id: 'looker',
      password: 'sandbox',
      permissions: ['hudson.model.Hudson.Administer'],
    })
    await jenkins.addFolder('team')
    const { stdout, exitCode } = await call(here, {
      args: ['doctor', '--jenkins', jenkins.url, '--job', `${jenkins.url}/job/team/`],
      environment: { JENKINS_USER_ID: 'looker', JENKINS_API_TOKEN: apiToken },
    })
    expect(exitCode).toBe(5)
    expect(stdout).toContain('It could not be checked (D191)')
    expect(stdout).toContain('team is a folder, which fetches nothing')
    expect(stdout).toContain('name a job in it: --job team/NAME')
  })

  it('has no such job: the doctor says so, with what it was not shown', async () => {
    const { apiToken } = jenkins.addUser({
      id: 'asker',
      password: 'sandbox',
      permissions: ['hudson.model.Hudson.Read', 'hudson.model.Item.Read'],
    })
    const { stdout, exitCode } = await call(here, {
      args: ['doctor', '--jenkins', jenkins.url, '--job', 'app-biuld'],
      environment: { JENKINS_USER_ID: 'asker', JENKINS_API_TOKEN: apiToken },
    })
    expect(exitCode).toBe(5)
    expect(stdout).toMatchInlineSnapshot(`
      "? It could not be checked (D191)

        There is no answer that counts: the controller has no job app-biuld, or does
        not show it. This says nothing about the credential.

        Evidence
          Which credential does app-biuld use?
            not known: the configuration of the job could not be read

        What would settle it
          check the name of the job, with its folders: --job team/app
          or let the user of the API token see it: Item/Read and Item/ExtendedRead

        Examined
          Jenkins job app-biuld

        What the controller did not show
          http://127.0.0.1:PORT/job/app-biuld: HTTP 404: no such job, or it is not
            shown
          http://127.0.0.1:PORT/pluginManager/api/json: HTTP 403: the user "asker"
            does not have hudson.model.Hudson.SystemRead
      "
    `)
  })

  it.each([
    [['--jenkins', 'http://127.0.0.1:9', '--job', 'app'], '--jenkins URL --job NAME'],
    [[REPOSITORY, '--username', 'alice'], 'URL --username NAME'],
    [['https://api.bitbucket.org/2.0/user', '--bearer'], 'URL --bearer'],
  ])('is asked with an empty secret, as any other: %j', async (about, words) => {
    const environment = { JENKINS_USER_ID: 'reader', JENKINS_API_TOKEN: 'x' }
    const args = ['doctor', ...about, '--secret-stdin']
    expect(await failureOf(here, { args, environment, input: '' })).toMatchObject({
      because: 'standard input holds no secret',
      next: [`pass show bitbucket | keyturn --home keyturn doctor ${words} --secret-stdin`],
    })
  })

  it('refuses the login of the doctor', async () => {
    const answer = await call(here, {
      args: ['doctor', '--jenkins', jenkins.url, '--job', 'app'],
      environment: { JENKINS_USER_ID: 'reader', JENKINS_API_TOKEN: '11'.repeat(17) },
    })
    expect(answer).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining('error R402: ') })
  })
})

describe('a certificate authority', () => {
  it('that is no PEM file is refused', async () => {
    await writeFile(join(here.folder, 'ca.pem'), 'no certificate\n')
    const { exitCode } = await call(here, { args: ['--ca', 'ca.pem', 'token', 'check', 'new'] })
    expect(exitCode).toBe(1)
  })

  it('that does not exist is refused', async () => {
    expect(await unchanged(() => failureOf(here, { args: ['--ca', 'nowhere.pem', 'status'] }))).toMatchInlineSnapshot(`
      {
        "at": "nowhere.pem",
        "because": "it does not exist",
        "exitCode": 1,
        "headline": "R101: A file or folder is missing",
        "next": [
          "Check the path, then repeat the command.",
        ],
        "state": "Nothing was changed.",
      }
    `)
  })
})
