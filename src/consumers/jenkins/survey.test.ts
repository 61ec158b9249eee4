import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Place } from '../../model/place.ts'
import { jenkinsConnector } from './connect.ts'
import { examineJob } from './examine.ts'
import { apiToken, type ControllerForTests, controllerForTests } from './fixtures/controller.ts'
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
  const findings = await openSurvey(it_.admin, pinned).examine(place, item)
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
