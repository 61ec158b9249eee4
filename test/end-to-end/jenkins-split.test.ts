import { describe, expect, it, onTestFinished } from 'vitest'
import { jenkinsConnector } from '../../src/consumers/jenkins/connect.ts'
import type { Keyturn } from '../../src/index.ts'
import type { PlaceRef } from '../../src/model/place.ts'
import type { Plan, Standing, Step } from '../../src/model/plan.ts'
import { NetworkError } from '../../src/model/ports.ts'
import { nodeSystem } from '../../src/system/node-system.ts'
import { basicOf, FIXED_USERNAME, jobConfig, type Office, OWNER, openOffice, stored } from './office.ts'

const JOBS = ['app-build', 'team/web-build'] as const
const REWIRED = { from: 'bitbucket', to: 'bitbucket-git' }

/** One credential of the system that two jobs name. */
async function furnishedOffice(): Promise<Office> {
  const office = await openOffice()
  onTestFinished(office.end)
  const { jenkins, appPassword: secret, url } = office
  await jenkins.addCredential({ store: 'system', id: 'bitbucket', username: OWNER.username, secret })
  await jenkins.addFreestyleJob({ fullName: JOBS[0], url: url('app'), credentialsId: 'bitbucket' })
  await jenkins.addFreestyleJob({ fullName: JOBS[1], url: url('web'), credentialsId: 'bitbucket' })
  return office
}

/** A second credential for git, like the first, and both jobs name it. */
async function splittingPlan(office: Office, keyturn: Keyturn): Promise<Plan> {
  await keyturn.addToken({ name: 'ci', secret: office.newToken(), ...OWNER })
  const { places, sources } = await keyturn.scan({ paths: [], askControllers: true })
  const [original] = places
  if (original === undefined) throw new Error('the credential was not found')
  const references = original.uses.flatMap(({ reference = [] }) => reference)
  const base = `${office.jenkins.url}/credentials/store/system/domain/_/credential/bitbucket-git`
  const made: PlaceRef = {
    id: 'made',
    consumer: 'jenkins',
    at: { kind: 'url', url: base },
    address: 'system/_/bitbucket-git',
  }
  const to = { username: { set: FIXED_USERNAME }, token: 'ci', create: { like: refOf(original) } } as const
  const steps: Step[] = [{ id: 's1', place: made, from: { digest: 'absent' }, to, uses: [], reason: 'git has its own' }]
  for (const [index, place] of references.entries()) {
    const from = { digest: await standing(place, keyturn) }
    const rewire = { username: 'keep', reference: REWIRED } as const
    steps.push({ id: `s${index + 2}`, place, from, to: rewire, uses: [], reason: 'git names its own' })
  }
  return {
    schema: 'keyturn/plan/1',
    id: 'split',
    createdAt: '2026-11-28T12:00:00Z',
    sources,
    requests: [],
    steps,
    kept: [],
    manual: [],
  }
}

function refOf({ id, consumer, at, address }: PlaceRef): PlaceRef {
  return { id, consumer, at, address }
}

async function standing(place: PlaceRef, { context }: Keyturn): Promise<Standing> {
  const state = await jenkinsConnector.read(place, context)
  return state.kind === 'absent' ? 'absent' : state.digest
}

async function idsOfSystem({ jenkins, admin }: Office): Promise<readonly string[]> {
  const authorization = basicOf(admin)
  const tree = 'domains[credentials[id]]'
  const reply = await fetch(`${jenkins.url}/credentials/store/system/api/json?tree=${tree}`, {
    headers: { authorization },
  })
  return [...(await reply.text()).matchAll(/"id":"([^"]+)"/g)].map(([, id = '']) => id)
}

async function idsOfJobs(office: Office): Promise<readonly string[]> {
  const configs = await Promise.all(JOBS.map((job) => jobConfig(office, job)))
  return configs.map((config) => /<credentialsId>(.*?)</.exec(config)?.[1] ?? '')
}

describe('a credential that is split in two', () => {
  it('serves the jobs that were told its new id, and is one again after rolling back', async () => {
    const office = await furnishedOffice()
    const keyturn = await office.open()
    const before = await Promise.all(JOBS.map((job) => jobConfig(office, job)))
    const plan = await splittingPlan(office, keyturn)
    const { state } = await keyturn.apply(plan)
    expect(await idsOfSystem(office)).toEqual(['bitbucket', 'bitbucket-git'])
    expect(await idsOfJobs(office)).toEqual(['bitbucket-git', 'bitbucket-git'])
    const builds = [await office.jenkins.build(JOBS[0]), await office.jenkins.build(JOBS[1])]
    expect(builds.map(({ result }) => result)).toEqual(['SUCCESS', 'SUCCESS'])
    const { left } = await keyturn.rollback(state.run)
    expect(left).toEqual([])
    expect(await idsOfSystem(office)).toEqual(['bitbucket'])
    expect(await Promise.all(JOBS.map((job) => jobConfig(office, job)))).toEqual(before)
  })

  it.each(['createCredentials', 'job/app-build/config.xml'])(
    'is there once when the controller goes away right after it took %s',
    async (page) => {
      const office = await furnishedOffice()
      const keyturn = await office.open()
      const plan = await splittingPlan(office, keyturn)
      const deaf = await openWithoutReplies(office, page)
      await expect(deaf.apply(plan)).rejects.toMatchObject({ code: 'R401' })
      const [open] = await keyturn.runs()
      const { state } = await keyturn.resume(open?.run ?? '')
      expect(state.outcome).toBe('applied')
      expect(await idsOfSystem(office)).toEqual(['bitbucket', 'bitbucket-git'])
      expect(await idsOfJobs(office)).toEqual(['bitbucket-git', 'bitbucket-git'])
      await keyturn.rollback(state.run)
      expect(await idsOfSystem(office)).toEqual(['bitbucket'])
      expect(await idsOfJobs(office)).toEqual(['bitbucket', 'bitbucket'])
    },
  )
})

describe('a credential that somebody makes at the same moment', () => {
  it('is left as it is, by the resumed run and by rolling back as well', async () => {
    const office = await furnishedOffice()
    const keyturn = await office.open()
    const plan = await splittingPlan(office, keyturn)
    const raced = await openRaced(office)
    await expect(raced.apply(plan)).rejects.toMatchObject({ code: 'R205' })
    const [open] = await keyturn.runs()
    await expect(keyturn.resume(open?.run ?? '')).rejects.toMatchObject({ code: 'R205' })
    expect((await stored(office, 'bitbucket-git')).username).toBe('bob')
    await keyturn.rollback(open?.run ?? '')
    expect((await stored(office, 'bitbucket-git')).username).toBe('bob')
    expect(await idsOfJobs(office)).toEqual(['bitbucket', 'bitbucket'])
  })
})

describe('a credential that was announced when keyturn went away', () => {
  it('and that somebody else made since, just like it, is left as it is and told of', async () => {
    const office = await furnishedOffice()
    const keyturn = await office.open()
    const plan = await splittingPlan(office, keyturn)
    await expect((await openWithoutReplies(office, 'createCredentials', 'unsent')).apply(plan)).rejects.toThrow()
    const secret = office.appPassword
    await office.jenkins.addCredential({ store: 'system', id: 'bitbucket-git', username: FIXED_USERNAME, secret })
    const theirs = await stored(office, 'bitbucket-git')
    const [open] = await keyturn.runs()
    await expect(keyturn.resume(open?.run ?? '')).rejects.toMatchObject({ code: 'R205' })
    const { left, restored } = await keyturn.rollback(open?.run ?? '')
    expect(left).toMatchObject([{ step: { id: 's1' }, foreign: true }])
    expect(restored).toEqual([])
    expect(await stored(office, 'bitbucket-git')).toEqual(theirs)
    expect(await idsOfJobs(office)).toEqual(['bitbucket', 'bitbucket'])
  })

  it('and that somebody else made since is left as it is by rolling back alone as well', async () => {
    const office = await furnishedOffice()
    const keyturn = await office.open()
    const plan = await splittingPlan(office, keyturn)
    await expect((await openWithoutReplies(office, 'createCredentials', 'unsent')).apply(plan)).rejects.toThrow()
    const secret = office.appPassword
    await office.jenkins.addCredential({ store: 'system', id: 'bitbucket-git', username: FIXED_USERNAME, secret })
    const [open] = await keyturn.runs()
    const { left } = await keyturn.rollback(open?.run ?? '')
    expect(left).toMatchObject([{ step: { id: 's1' }, foreign: true }])
    expect(await idsOfSystem(office)).toEqual(['bitbucket', 'bitbucket-git'])
  })

  it('and that the controller made all the same is taken away by rolling back', async () => {
    const office = await furnishedOffice()
    const keyturn = await office.open()
    const plan = await splittingPlan(office, keyturn)
    await expect((await openWithoutReplies(office, 'createCredentials')).apply(plan)).rejects.toThrow()
    expect(await idsOfSystem(office)).toEqual(['bitbucket', 'bitbucket-git'])
    const [open] = await keyturn.runs()
    expect((await keyturn.rollback(open?.run ?? '')).left).toEqual([])
    expect(await idsOfSystem(office)).toEqual(['bitbucket'])
  })
})

/** Somebody saves a credential of the same id right before ours arrives. */
async function openRaced(office: Office): Promise<Keyturn> {
  const system = nodeSystem({ environment: { PATH: process.env['PATH'] } })
  const theirs = { store: 'system', id: 'bitbucket-git', username: 'bob', secret: office.appPassword } as const
  const send: typeof system.http.send = async (request) => {
    if (request.url.endsWith('/createCredentials')) await office.jenkins.addCredential(theirs)
    return system.http.send(request)
  }
  return office.open(office.admin, { system: { ...system, http: { send } } })
}

/** No reply arrives from the POST of this page on, which the controller takes or does not, and waiting takes no time. */
async function openWithoutReplies(office: Office, page: string, sent: 'sent' | 'unsent' = 'sent'): Promise<Keyturn> {
  const system = nodeSystem({ environment: { PATH: process.env['PATH'] } })
  let isLost = false
  const send: typeof system.http.send = async (request) => {
    if (isLost) throw new NetworkError('refused', 'the connection was refused')
    if (request.method !== 'POST' || !request.url.endsWith(page)) return system.http.send(request)
    if (sent === 'sent') await system.http.send(request)
    isLost = true
    throw new NetworkError('other', 'the connection was closed')
  }
  const clock = { now: () => system.clock.now(), sleep: async () => undefined }
  return office.open(office.admin, { system: { ...system, http: { send }, clock } })
}
