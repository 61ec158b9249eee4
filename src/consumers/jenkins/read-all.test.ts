import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { PlaceState } from '../../model/consumer.ts'
import { Failure } from '../../model/failure.ts'
import type { PlaceRef } from '../../model/place.ts'
import type { Context } from '../../model/ports.ts'
import { jenkinsConnector } from './connect.ts'
import { type ControllerForTests, controllerForTests, MAY, READER } from './fixtures/controller.ts'

let it_: ControllerForTests

const MANY = { folders: 20, credentials: 200, jobs: 400, seed: 'read-all' }

beforeAll(async () => {
  it_ = await controllerForTests()
  const { jenkins, appPassword: secret } = it_
  await jenkins.addMany(MANY)
  await jenkins.addCredential({ store: 'system', id: 'bitbucket', username: 'alice', secret })
  await jenkins.addCredential({
    store: { folder: 'folder-1' },
    domain: 'bitbucket.org',
    id: 'own',
    username: 'żółw',
    secret,
  })
  await jenkins.addCredential({ store: 'system', id: 'bitbucket-pl', username: 'żółw?', secret })
  await jenkins.addSecretText({ store: { folder: 'folder-1' }, id: 'bb-text', secret })
  await jenkins.addFreestyleJob({
    fullName: 'pinned',
    url: 'https://alice@bitbucket.org/acme/shop.git',
    credentialsId: 'bitbucket',
  })
})
afterAll(() => it_.end())
beforeEach(() => {
  it_.sent.length = 0
})

async function placesOf(context = it_.admin): Promise<readonly PlaceRef[]> {
  const { places, demands } = await jenkinsConnector.list(context)
  return [...places, ...demands.flatMap(({ reference = [] }) => reference)]
}

async function onebyOne(places: readonly PlaceRef[], context: Context): Promise<readonly (PlaceState | Failure)[]> {
  return Promise.all(
    places.map((place) => jenkinsConnector.read(place, context).catch((error: unknown) => error as Failure)),
  )
}

/** What others would be shown of a place is told where it is asked alone. */
function whole(state: PlaceState | Failure): unknown {
  return 'partDigest' in state ? { ...state, partDigest: undefined } : state
}

describe('reading many places', () => {
  it('tells of each what reading it alone tells', async () => {
    const places = await placesOf()
    expect(places.length).toBeGreaterThan(MANY.credentials + MANY.jobs)
    const all = await jenkinsConnector.readAll(places, it_.admin)
    expect(all.map(whole)).toEqual((await onebyOne(places, it_.admin)).map(whole))
  })

  it('asks once for each folder and each job, twice for a credential of the system, and once more for a username in question marks', async () => {
    const { places } = await jenkinsConnector.list(it_.admin)
    it_.sent.length = 0
    await jenkinsConnector.readAll(places, it_.admin)
    expect(it_.sent).toHaveLength(MANY.folders + 1 + 2 + 3)
  })

  it('asks for one by one what the configuration of the folder hides, and tells the same', async () => {
    const viewer = it_.loginWith(...READER, MAY.update)
    const places = (await placesOf(viewer)).slice(0, 30)
    const all = await jenkinsConnector.readAll(places, viewer)
    expect(all).toEqual(await onebyOne(places, viewer))
  })

  it('gives a failure for the place that it is of, and the others', async () => {
    const places = await placesOf()
    const system = places.findIndex(({ address }) => address === 'system/_/bitbucket')
    const foreign: PlaceRef = {
      id: 'f',
      consumer: 'jenkins',
      at: { kind: 'url', url: 'https://ci.example' },
      address: 'system/_/x',
    }
    it_.jenkins.injectFault({ path: '/credentials/store/system/domain/_/credential/*', status: 500, times: 1 })
    const all = await jenkinsConnector.readAll([...places, foreign], it_.admin)
    expect([all[system], all.at(-1)]).toEqual([
      expect.objectContaining({ code: 'R404' }),
      expect.objectContaining({ code: 'R112' }),
    ])
    expect(all.filter((state) => state instanceof Failure)).toHaveLength(2)
  })

  it('finds places that are gone absent', async () => {
    const url = `${it_.jenkins.url}/job/folder-1`
    const at = (path: string) => ({ kind: 'url', url: url + path }) as const
    const gone: PlaceRef[] = [
      {
        id: 'a',
        consumer: 'jenkins',
        at: at('/credentials/store/folder/domain/_/credential/no'),
        address: 'folder/folder-1/_/no',
      },
      { id: 'b', consumer: 'jenkins', at: at('/job/no'), address: 'job/folder-1/no/credentials/git' },
      { id: 'c', consumer: 'jenkins', at: at('/job/no'), address: 'job/folder-1/no/url' },
    ]
    expect(await jenkinsConnector.readAll(gone, it_.admin)).toEqual(gone.map(() => ({ kind: 'absent' })))
  })
})

describe('listing and reading a controller of many folders', () => {
  it('takes at most three requests for each credential, two jobs for each included', async () => {
    const { places } = await jenkinsConnector.list(it_.admin)
    await jenkinsConnector.readAll(places, it_.admin)
    expect(places.length).toBeGreaterThan(MANY.credentials)
    expect(it_.sent.length / MANY.credentials).toBeLessThan(3)
  })

  it('has never more than eight under way', async () => {
    const { http } = it_.admin.system
    let [now, most] = [0, 0]
    const send: typeof http.send = async (request) => {
      most = Math.max(most, ++now)
      return http.send(request).finally(() => now--)
    }
    const context = { ...it_.admin, system: { ...it_.admin.system, http: { send } } }
    const { places } = await jenkinsConnector.list(context)
    await jenkinsConnector.readAll(places, context)
    expect(most).toBe(8)
  })
})
