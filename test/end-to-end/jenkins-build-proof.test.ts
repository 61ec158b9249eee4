import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Office, OWNER, openOffice } from './office.ts'

/** A credential of Branch Source, which no harmless question proves, and one of a job that fetches with git alone. */
let office: Office

beforeAll(async () => {
  office = await openOffice()
  const { jenkins, appPassword, url } = office
  const old = { username: OWNER.username, secret: appPassword }
  await jenkins.addFolder('team')
  await jenkins.addCredential({ store: 'system', id: 'source', ...old })
  await jenkins.addCredential({ store: { folder: 'team' }, id: 'plain', ...old })
  await jenkins.addMultibranchJob({
    fullName: 'branches',
    repoOwner: 'acme',
    repository: 'app',
    credentialsId: 'source',
  })
  await jenkins.addFreestyleJob({ fullName: 'team/web', url: url('web'), credentialsId: 'plain' })
  await run(['token', 'add', 'ci', '--email', OWNER.email, '--username', OWNER.username], office.newToken())
  const controller = ['--jenkins', jenkins.url]
  await run(['plan', ...controller, '--token', 'ci'])
  await run(['apply', '--yes', ...controller])
  await jenkins.scan('branches')
  await jenkins.settled()
}, 120_000)
afterAll(() => office.end())

const run = (args: readonly string[], input?: string) => office.run(args, input === undefined ? {} : { input })
const onController = (command: string, ...more: string[]) =>
  run([command, '--jenkins', office.jenkins.url, ...more, '--json'])

/** What is said of each place, by its address. */
async function verified(...more: string[]): Promise<{ readonly code: number | null; readonly places: unknown }> {
  const { exitCode, stdout } = await onController('verify', ...more)
  const places = JSON.parse(stdout).places.map(({ place, kind }: { place: { address: string }; kind: string }) => [
    place.address,
    kind,
  ])
  return { code: exitCode, places: Object.fromEntries(places) }
}

const askedAsAdmin = (path: string, method = 'GET'): Promise<Response> => {
  const { user, apiToken } = office.admin
  const authorization = `Basic ${Buffer.from(`${user}:${apiToken}`).toString('base64')}`
  return fetch(office.jenkins.url + path, { method, headers: { authorization }, redirect: 'manual' })
}

const jobsOf = (): Promise<unknown> =>
  askedAsAdmin('/job/team/api/json?tree=jobs[name]').then(async (reply) =>
    ((await reply.json()) as { jobs: { name: string }[] }).jobs.map(({ name }) => name),
  )

async function reloadedWith(config: string, text: string): Promise<void> {
  await writeFile(config, text)
  expect((await askedAsAdmin('/job/branches/reload', 'POST')).status).toBeLessThan(400)
}

test('without a build Branch Source is not verifiable, and nothing is built', async () => {
  const before = office.jenkins.requests.length
  expect(await verified()).toEqual({
    code: 3,
    places: { 'system/_/source': 'not verifiable here', 'folder/team/_/plain': 'verified' },
  })
  const sent = office.jenkins.requests.slice(before)
  expect(sent.filter(({ path }) => /\/build|createItem/.test(path))).toEqual([])
  const { stdout } = await run(['verify', '--jenkins', office.jenkins.url])
  expect(stdout).toMatch(
    /What no question shows, a build does.*\n {4}keyturn verify \S+ --jenkins \S+ --build branches\/BRANCH/,
  )
})

test('a build of one of its branches verifies what Branch Source does over REST and git', async () => {
  const before = office.jenkins.requests.length
  expect(await verified('--build', 'branches/main')).toEqual({
    code: 0,
    places: { 'system/_/source': 'verified', 'folder/team/_/plain': 'verified' },
  })
  const started = office.jenkins.requests.slice(before).filter(({ path }) => path.endsWith('/build'))
  expect(started).toHaveLength(1)
})

test('a project that discovers pull requests asks REST for more than a build of a branch shows', async () => {
  const config = join(office.jenkins.home, 'jobs', 'branches', 'config.xml')
  const plain = await readFile(config, 'utf8')
  const trait = '<com.cloudbees.jenkins.plugins.bitbucket.OriginPullRequestDiscoveryTrait/>'
  await reloadedWith(config, plain.replace('</traits>', `${trait}</traits>`))
  expect(await verified('--build', 'branches/main')).toEqual({
    code: 3,
    places: { 'system/_/source': 'not verifiable here', 'folder/team/_/plain': 'verified' },
  })
  await reloadedWith(config, plain)
})

test('a job on a label proves git on the agent, and is gone afterwards', async () => {
  const { code, places } = await verified('--on-label', 'linux', '--build', 'branches/main')
  expect({ code, places }).toEqual({ code: 0, places: expect.objectContaining({ 'folder/team/_/plain': 'verified' }) })
  expect(await jobsOf()).toEqual(['web'])
})

test.each([
  ['a job on a label', '--on-label', 'linux'],
  ['a build that was named', '--build', 'team/web'],
])('%s whose agent presents an app password of its own is told, and blames no credential', async (_, ...allowed) => {
  const at = (name: string): string => join(office.folder, 'agent', name)
  await writeFile(at('.git-credentials'), `https://${OWNER.username}:${office.appPassword}@bitbucket.org\n`)
  await writeFile(at('.gitconfig'), '[credential]\n\thelper = store\n')
  const { exitCode, stdout } = await run(['verify', '--jenkins', office.jenkins.url, ...allowed])
  await Promise.all(['.git-credentials', '.gitconfig'].map((name) => rm(at(name))))
  expect(stdout.replace(/\s+/g, ' ')).toContain('git on the agent presents an app password of its own')
  expect(exitCode).toBe(3)
})

test('a job that nothing of the run is used by is a mistake of the command line, and nothing is built', async () => {
  const { exitCode, stderr } = await run(['verify', '--jenkins', office.jenkins.url, '--build', 'team/other'])
  expect(exitCode).toBe(2)
  expect(stderr).toContain('These use places of the run: team/web, branches')
})

test('forget takes the proof of a build, and shreds the backups', async () => {
  const { run: name } = JSON.parse((await onController('verify')).stdout)
  const early = await onController('forget', name)
  expect(early.exitCode).toBe(3)
  const { exitCode, stdout } = await onController('forget', name, '--build', 'branches/main')
  expect({ exitCode, ...JSON.parse(stdout) }).toMatchObject({ exitCode: 0, forced: false, shredded: 2 })
})
