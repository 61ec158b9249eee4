import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Jenkins, startJenkins } from '../../sandbox/jenkins/index.ts'
import type { Ended } from '../support/keyturn-process.ts'
import { MAY, type Office, OWNER, openOffice } from './office.ts'

/** Both controllers call their credential and their job the same; what one job builds the other does not. */
const ID = 'bitbucket'
const JOB = 'app-build'

let office: Office
let second: Jenkins
/** For both controllers, in the order in which they are named: a user each, a file with a token each. */
let logins: readonly string[]
let passwords: readonly string[]

beforeAll(async () => {
  office = await openOffice()
  const { sandbox, folder, jenkins, admin, url } = office
  const gitEnvironment = { ...sandbox.environment(), PATH: process.env['PATH'] ?? '', GIT_CONFIG_NOSYSTEM: '1' }
  second = await startJenkins({ home: join(folder, 'second_home'), gitEnvironment, now: () => sandbox.world.now() })
  const other = second.addUser({ id: 'other-admin', password: 'other-password', permissions: [MAY.administer] })
  passwords = [office.appPassword, sandbox.world.addAppPassword(OWNER.username)]
  for (const [index, one] of [jenkins, second].entries()) {
    await one.addCredential({ store: 'system', id: ID, username: OWNER.username, secret: passwords[index] ?? '' })
    await one.addFreestyleJob({ fullName: JOB, url: url(index === 0 ? 'app' : 'web'), credentialsId: ID })
  }
  await writeFile(join(folder, 'machine', 'first.token'), `${admin.apiToken}\n`)
  await writeFile(join(folder, 'machine', 'second.token'), `${other.apiToken}\n`)
  logins = [
    ...['--jenkins', jenkins.url, '--jenkins-user', admin.user, '--jenkins-token-file', 'first.token'],
    ...['--jenkins', second.url, '--jenkins-user', 'other-admin', '--jenkins-token-file', 'second.token'],
  ]
})
afterAll(async () => {
  await second.stop()
  await office.end()
})

async function results(): Promise<readonly string[]> {
  return [(await office.jenkins.build(JOB)).result, (await second.build(JOB)).result]
}

async function run(...args: readonly string[]): Promise<Ended> {
  return office.run(args)
}

describe('two controllers that are named in one line', () => {
  it('are told apart: each credential has the job of its own controller', async () => {
    const { stdout, exitCode } = await run('scan', '--json', ...logins)
    const { places } = JSON.parse(stdout)
    expect(exitCode).toBe(0)
    expect(
      places.map(({ url, uses }: { url: string; uses: readonly { readonly repository: unknown }[] }) => [
        url.startsWith(office.jenkins.url),
        uses.map(({ repository }) => repository),
      ]),
    ).toEqual([
      [true, [{ workspace: 'acme', slug: 'app' }]],
      [false, [{ workspace: 'acme', slug: 'web' }]],
    ])
  })

  it('are named on screens, where one alone is Jenkins', async () => {
    const addresses = [office.jenkins.url, second.url].map((url) => url.replace('http://', ''))
    const { stdout } = await run('scan', ...logins)
    for (const address of addresses) expect(stdout).toContain(`Jenkins ${address} system/_/${ID}`)
  })

  it('are changed, proved and put back by one run, which has to be given both', async () => {
    expect(await results()).toEqual(['FAILURE', 'FAILURE'])
    await office.run(['token', 'add', 'ci', '--email', OWNER.email], { input: office.newToken() })
    const planned = await run('plan', '--token', 'ci', '-o', 'plan.json', ...logins)
    const printed = /^ {4}keyturn (apply plan\.json --jenkins .*)$/m.exec(planned.stdout)?.[1]?.split(' ') ?? []
    expect(printed.toSorted()).toEqual(['apply', 'plan.json', ...logins].toSorted())

    const half = await run('apply', 'plan.json', ...logins.slice(0, 6))
    expect([half.exitCode, half.stderr]).toEqual([2, expect.stringContaining(`controller ${second.url}, which`)])
    const applied = await run(...printed)
    expect(applied.exitCode, applied.stderr).toBe(0)
    expect(await results()).toEqual(['SUCCESS', 'SUCCESS'])
    expect(JSON.parse((await run('show', '--json')).stdout).changes).toHaveLength(2)

    const back = await run('rollback', '--yes', ...logins)
    expect(back.exitCode, back.stderr).toBe(0)
    expect(await results()).toEqual(['FAILURE', 'FAILURE'])
  })

  it('take one user and one token for both when they are given once', async () => {
    const [, , , user = '', , file = ''] = logins
    const { exitCode, stderr } = await run(
      ...['scan', '--jenkins', office.jenkins.url, '--jenkins', second.url],
      ...['--jenkins-user', user, '--jenkins-token-file', file],
    )
    expect([exitCode, stderr]).toEqual([expect.any(Number), expect.stringContaining(second.url)])
    expect(stderr).not.toContain(office.jenkins.url)
  })
})

it('a controller whose address ends with a slash, as a browser shows it, is the same one to the library', async () => {
  const { open, admin, jenkins } = office
  const keyturn = await open(admin, { baseUrl: `${jenkins.url}/` })
  const { places, sources } = await keyturn.scan({ paths: [], askControllers: true })
  expect(places.map(({ uses }) => uses.length)).toEqual([1])
  expect(sources).toEqual([jenkins.url])
})

describe('what cannot be meant is said before anything is asked', () => {
  it.each<[string, readonly string[], string]>([
    ['a user too many', ['--jenkins', 'http://a', '--jenkins-user', 'x', '--jenkins-user', 'y'], 'given 2 times'],
    ['a controller twice', ['--jenkins', 'http://a', '--jenkins', 'http://a/'], 'named twice'],
    ['a user of no controller', ['--jenkins-user', 'x'], 'belongs to --jenkins'],
  ])('%s', async (_, args, words) => {
    const { exitCode, stderr } = await run('scan', '.', ...args)
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(words)])
  })

  it('two controllers and the one token of the environment, which neither gets', async () => {
    const asked = (): number => office.jenkins.requests.length + second.requests.length
    const before = asked()
    const { exitCode, stderr } = await run('scan', '--jenkins', office.jenkins.url, '--jenkins', second.url)
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('For each controller:')])
    expect(asked()).toBe(before)
  })

  it('two controllers for a job', async () => {
    const { exitCode, stderr } = await run('doctor', '--job', JOB, ...logins)
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('of one controller')])
  })
})
