import { afterAll, beforeAll, expect, it } from 'vitest'
import type { PlaceRef } from '../../model/place.ts'
import { jenkinsConnector } from './connect.ts'
import { type ControllerForTests, controllerForTests, MAY } from './fixtures/controller.ts'
import { pluginVersions } from './plugin-versions.ts'

let it_: ControllerForTests
let places: readonly PlaceRef[]

beforeAll(async () => {
  it_ = await controllerForTests()
  for (const id of ['one', 'two']) {
    await it_.jenkins.addCredential({ store: 'system', id, ...it_.good })
    await it_.jenkins.addFreestyleJob({ fullName: id, url: 'https://bitbucket.org/acme/shop.git', credentialsId: id })
  }
  places = (await jenkinsConnector.list(it_.admin)).places
})
afterAll(() => it_.end())

it('a controller is asked once for the versions of its plugins, however many places it has', async () => {
  it_.sent.length = 0
  const told = await pluginVersions(places, it_.admin)
  expect(places).toHaveLength(2)
  expect([...told.values()].map(({ at, versions }) => [at, versions['cloudbees-bitbucket-branch-source']])).toEqual(
    places.map(() => [`${it_.jenkins.url}/pluginManager`, '937.3.9']),
  )
  expect(it_.sent).toHaveLength(1)
})

it('and tells nothing to a login that is not shown them', async () => {
  expect(await pluginVersions(places, it_.loginWith(MAY.overallRead, MAY.itemRead))).toEqual(new Map())
})

it('nor where no login is given for it any more', async () => {
  expect(await pluginVersions(places, { ...it_.admin, logins: [] })).toEqual(new Map())
})
