import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Place } from '../../model/place.ts'
import { jenkinsConnector } from './connect.ts'
import { examineJob } from './examine.ts'
import { apiToken, type ControllerForTests, controllerForTests, MAY } from './fixtures/controller.ts'
import { openSurvey } from './survey.ts'

let it_: ControllerForTests
const url = 'https://bitbucket.org/acme/shop.git'

beforeAll(async () => {
  it_ = await controllerForTests()
  const { jenkins } = it_
  await jenkins.addFolder('team')
  const dead = { username: 'x-bitbucket-api-token-auth', secret: apiToken() }
  for (const id of ['plain', 'built', 'pinned', 'many']) {
    await jenkins.addCredential({ store: { folder: 'team' }, id, ...dead })
  }
  await jenkins.addCredential({ store: 'system', id: 'of-system', ...dead })
  await jenkins.addFreestyleJob({ fullName: 'team/plain', url, credentialsId: 'plain' })
  await jenkins.addPipelineJob({ fullName: 'team/built', url, credentialsId: 'built' })
  await jenkins.addFreestyleJob({
    fullName: 'team/pinned',
    url: url.replace('//', '//alice@'),
    credentialsId: 'pinned',
  })
  await jenkins.addGitMultibranchJob({ fullName: 'team/many', remote: url, credentialsId: 'many' })
  await jenkins.addFreestyleJob({ fullName: 'of-system', url, credentialsId: 'of-system' })
  await jenkins.build('team/built')
  await jenkins.addFolder('works')
  for (const id of ['one', 'two', 'three']) {
    await jenkins.addCredential({ store: { folder: 'works' }, id, ...it_.good })
    await jenkins.addFreestyleJob({ fullName: `works/${id}`, url, credentialsId: id })
  }
})
afterAll(() => it_.end())

/** As a plan has them: with their uses, and with the sizes of their secrets. */
async function placeOf(id: string, item: string): Promise<Place> {
  const { places, demands } = await jenkinsConnector.list(it_.admin)
  const place = places.find(({ address }) => address.endsWith(`/${id}`))
  if (place === undefined) throw new Error(`${id} was not listed`)
  const state = await jenkinsConnector.read(place, it_.admin)
  const uses = demands.flatMap(({ of: _, ...use }) => (use.by === `job ${item}` ? [use] : []))
  return { ...(state.kind === 'present' ? state.place : place), uses }
}

async function examined(id: string, item: string) {
  const place = await placeOf(id, item)
  const pinned = new Set(['job team/pinned'])
  it_.sent.length = 0
  const findings = await openSurvey(it_.admin, pinned, async () => false).examine(place, item)
  return { findings, asked: it_.sent.map((request) => request.url.slice(it_.jenkins.url.length).replace(/\?.*/, '')) }
}

/** What the doctor finds, who reads everything. */
async function byDoctor(item: string) {
  const [login] = it_.admin.logins
  if (login === undefined) throw new Error('no login')
  return examineJob(login, item, it_.admin)
}

describe('surveying a credential whose secret is refused', () => {
  it.each([
    ['plain', 'team/plain'],
    ['built', 'team/built'],
    ['pinned', 'team/pinned'],
    ['many', 'team/many'],
    ['of-system', 'of-system'],
  ])('finds of %s what the doctor finds', async (id, item) => {
    const { findings } = await examined(id, item)
    const doctor = await byDoctor(item)
    const without = ({ lastBuild, ...rest }: typeof findings) => ({ ...rest, lastBuild: lastBuild?.text })
    expect(without(findings)).toEqual(without(doctor))
    expect(findings.checkUrl?.with.kind).toBe('failed')
  })

  it('does not read again what the scan has read of its job and its store', async () => {
    const { asked } = await examined('plain', 'team/plain')
    expect(asked).not.toContain('/job/team/job/plain/config.xml')
    expect(asked.filter((path) => /\/credential\/|lastBuild/.test(path))).toEqual([])
  })

  it('does not read the secret of the system again to know how long it is', async () => {
    const { asked } = await examined('of-system', 'of-system')
    expect(asked.filter((path) => path.endsWith('/update'))).toEqual([])
  })
})

/** Questions of git on the controller, and what each presented: the id, or nothing. */
function checksSent(): readonly string[] {
  return it_.sent
    .filter((request) => request.url.endsWith('/checkUrl'))
    .map(({ url: asked, body }) => {
      const item = /\/job\/(.*)\/descriptorByName/.exec(asked)?.[1]?.replaceAll('/job/', '/')
      return `${item}: ${new URLSearchParams(String(body)).get('credentialsId')}`
    })
}

async function surveyed(ids: readonly string[], isPrivate: boolean, context = it_.admin) {
  const places: Place[] = []
  for (const id of ids) places.push(await placeOf(id, `works/${id}`))
  const survey = openSurvey(context, new Set(), async () => isPrivate)
  it_.sent.length = 0
  const found: Awaited<ReturnType<typeof survey.working>>[] = []
  for (const place of places) found.push(await survey.working(place))
  return { found, checks: checksSent() }
}

describe('surveying credentials that work, in one folder', () => {
  it('asks once for all of them whether the controller reads without a credential, and once with each', async () => {
    const { found, checks } = await surveyed(['one', 'two', 'three'], true)
    expect(found.map((findings) => findings?.checkUrl?.with.kind)).toEqual(['connected', 'connected', 'connected'])
    expect(found.map((findings) => findings?.checkUrl?.without.kind)).toEqual(['failed', 'failed', 'failed'])
    expect(checks).toEqual(['works: ', 'works: one', 'works: two', 'works: three'])
  })

  it('asks both for each job where Bitbucket may show its repository to everybody', async () => {
    const { found, checks } = await surveyed(['one', 'two'], false)
    expect(found.map((findings) => findings?.checkUrl?.with.kind)).toEqual(['connected', 'connected'])
    expect(checks).toEqual(['works/one: one', 'works/one: ', 'works/two: two', 'works/two: '])
  })

  it('takes nothing for working where this login may not ask: then everything is answered as if it connected', async () => {
    const { found } = await surveyed(['one', 'two'], true, it_.loginWith(MAY.overallRead, MAY.itemRead, MAY.view))
    expect(found).toEqual([undefined, undefined])
  })

  it('does not ask the job again about a secret that its folder was refused with', async () => {
    const place = await placeOf('plain', 'team/plain')
    const survey = openSurvey(it_.admin, new Set(), async () => true)
    it_.sent.length = 0
    expect(await survey.working(place)).toBeUndefined()
    await survey.examine(place, 'team/plain')
    expect(checksSent()).toEqual(['team: ', 'team: plain', 'team: plain'])
  })

  it('reads the last builds of a folder at once, from its second job on', async () => {
    const survey = openSurvey(it_.admin, new Set(), async () => true)
    const places = [await placeOf('one', 'works/one'), await placeOf('two', 'works/two')]
    places.push(await placeOf('three', 'works/three'))
    it_.sent.length = 0
    for (const place of places) await survey.examine(place, place.uses[0]?.by.replace('job ', '') ?? '')
    const builds = it_.sent.filter((request) => decodeURIComponent(request.url).includes('lastBuild['))
    expect(builds.map((request) => new URL(request.url).pathname)).toEqual([
      '/job/works/job/one/api/json',
      '/job/works/api/json',
    ])
  })
})
