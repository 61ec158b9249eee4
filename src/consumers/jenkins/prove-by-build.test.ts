import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Answer } from '../../model/answer.ts'
import type { BuildsAllowed } from '../../model/builds-allowed.ts'
import type { PlaceRef } from '../../model/place.ts'
import type { Context } from '../../model/ports.ts'
import type { Use } from '../../model/use.ts'
import { apiToken, type ControllerForTests, controllerForTests, MAY, READER } from './fixtures/controller.ts'
import { jenkinsVerifier } from './verify.ts'

let it_: ControllerForTests
const repository = { workspace: 'acme', slug: 'shop' }
const url = 'https://bitbucket.org/acme/shop.git'

beforeAll(async () => {
  const controller = await controllerForTests()
  it_ = {
    ...controller,
    admin: withShortPauses(controller.admin),
    loginWith: (...permissions) => withShortPauses(controller.loginWith(...permissions)),
  }
  await it_.jenkins.addFolder('team')
  const add = async (id: string, username: string, secret: string): Promise<void> => {
    await it_.jenkins.addCredential({ store: { folder: 'team' }, id, username, secret })
    await it_.jenkins.addFreestyleJob({ fullName: `team/${id}`, url, credentialsId: id })
  }
  await add('good', it_.good.username, it_.good.secret)
  await add('wrong', 'alice', apiToken())
})
afterAll(() => it_.end())

/** Builds of the sandbox begin at once. */
function withShortPauses(context: Context): Context {
  const { system } = context
  const clock = { ...system.clock, sleep: (ms: number) => system.clock.sleep(Math.min(ms, 20)) }
  return { ...context, system: { ...system, clock } }
}

const place = (id: string): PlaceRef => ({
  id: 'p1',
  consumer: 'jenkins',
  at: { kind: 'url', url: `${it_.jenkins.url}/job/team/credentials/store/folder/domain/_/credential/${id}` },
  address: `folder/team/_/${id}`,
})
const use = (id: string): Use => ({ operation: 'git-fetch', repository, by: `job team/${id}` })

async function asked(id: string, builds: Partial<BuildsAllowed>, context: Context = it_.admin): Promise<Answer> {
  return jenkinsVerifier.verify(place(id), use(id), { ...context, builds: { jobs: [], ...builds } })
}

const words = ({ kind, ...answer }: Answer): string => ('reason' in answer ? `${kind}: ${answer.reason}` : kind)
const sentTo = (pattern: RegExp): readonly string[] => it_.sent.map(({ url }) => url).filter((one) => pattern.test(one))
describe('a build of a job that a person named', () => {
  test('that fetches with the credential is a proof beside that of the controller', async () => {
    const answer = await asked('good', { jobs: ['team/good'] })
    expect(words(answer)).toBe('yes')
    expect(answer.evidence.answered).toMatch(
      /connected with the credential.*a build of team\/good \(#1\): it fetched acme\/shop/,
    )
  })

  test('is started once, whatever is asked of it', async () => {
    const builds = { jobs: ['team/good'] }
    const before = sentTo(/\/build\?/).length
    await Promise.all([asked('good', builds), asked('good', builds)])
    const both = { ...it_.admin, builds }
    await Promise.all([1, 2].map(() => jenkinsVerifier.verify(place('good'), use('good'), both)))
    expect(sentTo(/\/build\?/).length - before).toBe(3)
  })

  test('is not started for another job, nor where the controller has refused the credential', async () => {
    const before = sentTo(/\/build\?/).length
    expect(words(await asked('good', { jobs: ['team/other'] }))).toBe('yes')
    expect(words(await asked('wrong', { jobs: ['team/wrong'] }))).toBe('no: unauthorized')
    expect(sentTo(/\/build\?/).length).toBe(before)
  })

  test('with parameters takes their defaults', async () => {
    await it_.jenkins.addFreestyleJob({ fullName: 'team/asks', url, credentialsId: 'good' })
    const config = join(it_.jenkins.home, 'jobs/team/jobs/asks/config.xml')
    const before = readFileSync(config, 'utf8')
    writeFileSync(
      config,
      before.replace('<properties/>', '<properties><hudson.model.ParametersDefinitionProperty/></properties>'),
    )
    await fetchAs('/job/team/job/asks/reload')
    const answer = await jenkinsVerifier.verify(
      place('good'),
      { ...use('good'), by: 'job team/asks' },
      {
        ...it_.admin,
        builds: { jobs: ['team/asks'] },
      },
    )
    expect(answer.evidence.answered).toContain('a build of team/asks (#1): it fetched acme/shop')
  })

  test.each([
    ['a job that is not there', 'team/good/none', 'this login is shown no such job'],
    ['a folder', 'team', 'it is no job but a folder of jobs, which a scan fills: name one of its branches'],
    ['a job that is disabled', 'team/off', 'it is disabled'],
  ])('is not started of %s', async (_, job, because) => {
    await it_.jenkins.addFreestyleJob({ fullName: 'team/off', url, credentialsId: 'good' })
    const config = join(it_.jenkins.home, 'jobs/team/jobs/off/config.xml')
    writeFileSync(config, readFileSync(config, 'utf8').replace('<disabled>false', '<disabled>true'))
    await fetchAs('/job/team/job/off/reload')
    const before = sentTo(/\/build\?/).length
    const context = { ...it_.admin, builds: { jobs: [job] } }
    const answer = await jenkinsVerifier.verify(
      place('good'),
      { ...use('good'), by: `job ${job.replace('/none', '')}` },
      context,
    )
    expect(answer.evidence.answered).toContain(because)
    expect(sentTo(/\/build\?/).length).toBe(before)
  })

  test('that this login may not start leaves what the controller has proved', async () => {
    const reader = it_.loginWith(...READER, MAY.useItem)
    const answer = await asked('good', { jobs: ['team/good'] }, reader)
    expect(words(answer)).toBe('unknown: unexpected reply')
    expect(answer.evidence.answered).toContain('hudson.model.Item.Build')
  })
})

async function fetchAs(path: string): Promise<void> {
  const [login] = it_.admin.logins
  const pair = `${login?.user}:${login?.apiToken.reveal()}`
  const headers = { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
  await fetch(`${it_.jenkins.url}${path}`, { method: 'POST', headers, redirect: 'manual' })
}

describe('a job that is made on a label', () => {
  test('fetches with the credential, is refused without it, and is removed', async () => {
    const answer = await asked('good', { label: 'linux' })
    expect(words(answer)).toBe('yes')
    expect(answer.evidence.answered).toContain('it fetched with the credential, and was refused without it')
    expect(sentTo(/createItem/)).toHaveLength(1)
    expect(madeJobs()).toEqual([])
  })

  test('is made once for two places that ask the same', async () => {
    const before = sentTo(/createItem/).length
    const context = { ...it_.admin, builds: { jobs: [], label: 'linux' } }
    const both = [1, 2].map(() => jenkinsVerifier.verify(place('good'), use('good'), context))
    expect((await Promise.all(both)).map(words)).toEqual(['yes', 'yes'])
    expect(sentTo(/createItem/).length - before).toBe(1)
  })

  test('that reads it without the credential proves nothing', async () => {
    await withAmbient(`http://${it_.good.username}:${it_.good.secret}@`, async () => {
      const answer = await asked('good', { label: 'linux' })
      expect(answer.evidence.answered).toContain('without this credential')
      expect(words(answer)).toBe('unknown: not asked')
    })
  })

  test('whose agent presents an app password of its own does not speak of the credential', async () => {
    await withAmbient(`http://alice:${it_.appPassword}@`, async () => {
      const answer = await asked('good', { label: 'linux' })
      expect(words(answer)).toBe('unknown: not asked')
      expect(answer.evidence.answered).toContain('an app password of its own')
    })
  })

  test('that waits for ever is removed when the waiting ends', async () => {
    const stop = new AbortController()
    const told: string[] = []
    const onWait = (line: string): void => {
      told.push(line)
      stop.abort()
    }
    const answer = await asked('good', { label: 'mainframe', signal: stop.signal, onWait })
    expect(answer.evidence.answered).toContain('There are no nodes with the label ‘mainframe’')
    expect(told[0]).toContain('There are no nodes')
    expect(madeJobs()).toEqual([])
  })

  test('is removed when something fails in between, and the next one when it was left', async () => {
    it_.jenkins.injectFault({ path: '/queue/item/*', status: 500, times: 1 })
    expect(words(await asked('good', { label: 'linux' }))).toBe('unknown: unexpected reply')
    expect(madeJobs()).toEqual([])
    it_.jenkins.injectFault({ path: '/job/team/job/keyturn-proof*', method: 'POST', status: 500, times: 2 })
    await asked('good', { label: 'linux' })
    expect(madeJobs()).toHaveLength(1)
    expect(words(await asked('good', { label: 'linux' }))).toBe('yes')
    expect(madeJobs()).toEqual([])
  })

  test('that bears the name of ours and is not is left as it is', async () => {
    it_.jenkins.injectFault({ path: '/job/team/job/keyturn-proof*', method: 'POST', status: 500, times: 2 })
    await asked('good', { label: 'linux' })
    const [name = ''] = madeJobs()
    const config = join(it_.jenkins.home, 'jobs/team/jobs', name, 'config.xml')
    const own = readFileSync(config, 'utf8')
    writeFileSync(config, own.replace(/<description>.*<\/description>/, '<description>mine</description>'))
    await fetchAs(`/job/team/job/${name}/reload`)
    const answer = await asked('good', { label: 'linux' })
    expect(answer.evidence.answered).toContain('keyturn did not make it')
    expect(madeJobs()).toEqual([name])
    await fetchAs(`/job/team/job/${name}/doDelete`)
  })

  test('that this login may not make says what is missing', async () => {
    const answer = await asked('good', { label: 'linux' }, it_.loginWith(...READER, MAY.useItem))
    expect(answer.evidence.answered).toContain('hudson.model.Item.Create')
  })

  test('is not made for a URL that has a secret of its own, or a variable that only a build gives a value', async () => {
    const before = sentTo(/createItem/).length
    const context = { ...it_.admin, builds: { jobs: [], label: 'linux' } }
    for (const [name, rest] of [
      ['held', '${WHO}@bitbucket.org/acme/shop.git'],
      ['own', `bob:${apiToken()}@bitbucket.org/acme/shop.git`],
    ]) {
      await it_.jenkins.addFreestyleJob({ fullName: `team/${name}`, url: `https://${rest}`, credentialsId: 'good' })
      const { repository: _, ...of } = use(name ?? '')
      await jenkinsVerifier.verify(place('good'), of, context)
    }
    expect(sentTo(/createItem/).length).toBe(before)
  })

  test('is not made for pushing, nor for Branch Source, which puts another username in for git', async () => {
    const before = sentTo(/createItem/).length
    const builds = { jobs: [], label: 'linux' }
    const context = { ...it_.admin, builds }
    await jenkinsVerifier.verify(place('good'), { ...use('good'), operation: 'git-push' }, context)
    await jenkinsVerifier.verify(place('good'), { ...use('good'), by: 'job team/good (Branch Source)' }, context)
    expect(sentTo(/createItem/).length).toBe(before)
  })
})

function madeJobs(): readonly string[] {
  const folder = join(it_.jenkins.home, 'jobs/team/jobs')
  return readdirSync(folder).filter((name) => name.startsWith('keyturn-proof'))
}

/** What git of the controller, whose builds run there too, presents by itself. */
async function withAmbient(start: string, act: () => Promise<void>): Promise<void> {
  const config = join(it_.homeOfController, '.gitconfig')
  const before = readFileSync(config, 'utf8')
  const store = join(it_.homeOfController, '.git-credentials')
  const port = /127\.0\.0\.1:(\d+)/.exec(before)?.[1]
  writeFileSync(store, `${start}127.0.0.1:${port}\n`)
  writeFileSync(config, `${before}[credential]\n\thelper = store\n`)
  onTestFinished(() => {
    writeFileSync(config, before)
    rmSync(store, { force: true })
  })
  await act()
}
