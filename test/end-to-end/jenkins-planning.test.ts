import { readFile } from 'node:fs/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Keyturn, PlanOptions } from '../../src/index.ts'
import type { Plan } from '../../src/model/plan.ts'
import { nodeSystem } from '../../src/system/node-system.ts'
import { apiToken } from '../support/synthetic-secrets.ts'
import { FIXED_USERNAME, type Office, OWNER, openOffice } from './office.ts'

/** What is asked once, however many credentials there are: items, stores, plugins, Configuration as Code. */
const CONSTANT = 10

async function newOffice(): Promise<Office> {
  const office = await openOffice()
  onTestFinished(office.end)
  return office
}

/** So many of them in folders of ten, each with a working token and a job that fetches with it. */
async function furnishWorking(office: Office, count: number): Promise<void> {
  return furnish(office, count, office.newToken)
}

async function furnish({ jenkins, url }: Office, count: number, newToken: () => string): Promise<void> {
  for (let at = 0; at < count; at++) {
    const [folder, id] = [`team-${Math.floor(at / 10)}`, `bb-${at}`]
    if (at % 10 === 0) await jenkins.addFolder(folder)
    await jenkins.addCredential({ store: { folder }, id, username: FIXED_USERNAME, secret: newToken() })
    await jenkins.addFreestyleJob({ fullName: `${folder}/job-${at}`, url: url('app'), credentialsId: id })
  }
}

interface Watched {
  readonly keyturn: Keyturn
  /** What keyturn itself sent, in order. */
  readonly sent: readonly string[]
}

async function watched({ sandbox, open, admin }: Office): Promise<Watched> {
  const environment = { ...sandbox.environment(), PATH: process.env['PATH'] }
  const system = nodeSystem({ environment, ca: await readFile(sandbox.caFile, 'utf8') })
  const sent: string[] = []
  const send: typeof system.http.send = async (request) => {
    sent.push(request.url)
    return system.http.send(request)
  }
  return { keyturn: await open(admin, { system: { ...system, http: { send } } }), sent }
}

interface Planned {
  readonly plan: Plan
  /** Requests to the controller of scan and plan, and of the plan alone. */
  readonly both: number
  readonly planning: number
  readonly toBitbucket: number
}

async function planned({ jenkins }: Office, { keyturn, sent }: Watched, options: PlanOptions = {}): Promise<Planned> {
  const isOfJenkins = (url: string): boolean => url.startsWith(jenkins.url)
  const before = sent.length
  const inventory = await keyturn.scan({ paths: [], askControllers: true })
  const scanned = sent.length
  const plan = await keyturn.plan(inventory, options)
  return {
    plan,
    both: sent.slice(before).filter(isOfJenkins).length,
    planning: sent.slice(scanned).filter(isOfJenkins).length,
    toBitbucket: sent.slice(before).filter((url) => !isOfJenkins(url)).length,
  }
}

describe('planning for many credentials of one controller', () => {
  it('takes two requests for each, scan included, and asks Bitbucket about none that is too short for a token', async () => {
    const office = await newOffice()
    const credentials = 200
    await office.jenkins.addMany({ folders: 20, credentials, jobs: 2 * credentials, seed: 'planning' })
    const { plan, both, toBitbucket } = await planned(office, await watched(office))
    expect(plan.steps).toHaveLength(credentials)
    expect(both).toBeLessThanOrEqual(2 * credentials + CONSTANT)
    expect(toBitbucket).toBe(0)
  })

  it('asks the controller once whether one works that may be a token, and Bitbucket once about their repository', async () => {
    const office = await newOffice()
    const credentials = 20
    await furnishWorking(office, credentials)
    const { plan, planning, toBitbucket } = await planned(office, await watched(office))
    expect([plan.steps, plan.kept.map(({ reason }) => reason)]).toEqual([[], Array(credentials).fill('it works')])
    expect(planning).toBeLessThanOrEqual(1.2 * credentials + CONSTANT)
    expect(toBitbucket).toBe(1)
  })

  it('asks nothing about what a named token replaces in any case', async () => {
    const office = await newOffice()
    const credentials = 20
    await furnishWorking(office, credentials)
    const observed = await watched(office)
    await observed.keyturn.addToken({ name: 'ci', secret: office.newToken(), ...OWNER })
    const { plan, planning, toBitbucket } = await planned(office, observed, { token: 'ci', replace: true })
    expect(plan.steps.map(({ reason }) => reason)).toEqual(
      Array(credentials).fill(expect.stringContaining('the token was named to replace it')),
    )
    expect([planning, toBitbucket]).toEqual([credentials / 10, 0])
  })
})

describe('a credential that two questions do not show to work', () => {
  it('is judged as the doctor judges its job', async () => {
    const office = await newOffice()
    const { jenkins, url } = office
    await jenkins.addCredential({ store: 'system', id: 'bitbucket', username: OWNER.email, secret: office.newToken() })
    await jenkins.addFreestyleJob({ fullName: 'app-build', url: url('app'), credentialsId: 'bitbucket' })
    await jenkins.build('app-build')
    const observed = await watched(office)
    const { diagnoses } = await observed.keyturn.diagnoseJob({ item: 'app-build' }, {})
    const { plan } = await planned(office, observed)
    const settledBy = diagnoses[0]?.settledBy ?? []
    expect(plan.manual.map(({ wayOut }) => wayOut)).toEqual(settledBy.map((text) => text.replace(/^g/, 'G')))
    expect(settledBy).toHaveLength(1)
  })

  it.each([
    ['a scan', OWNER.email],
    ['git', FIXED_USERNAME],
  ])('and that works for %s alone is not said to work: a job of the other kind is asked, too', async (_, username) => {
    const office = await newOffice()
    const { jenkins, url, newToken } = office
    await jenkins.addCredential({ store: 'system', id: 'shared', username, secret: newToken() })
    await jenkins.addMultibranchJob({ fullName: 'm', repoOwner: 'acme', repository: 'web', credentialsId: 'shared' })
    await jenkins.scan('m')
    await jenkins.settled()
    const before = await planned(office, await watched(office))
    await jenkins.addFreestyleJob({
      fullName: username === OWNER.email ? 'z' : 'a',
      url: url('app'),
      credentialsId: 'shared',
    })
    const after = await planned(office, await watched(office))
    const kept = ({ plan }: Planned): readonly string[] => plan.kept.map(({ reason }) => reason)
    expect([kept(before), kept(after)]).toEqual([username === OWNER.email ? ['it works'] : [], []])
  })

  it('takes two questions where the secret is refused and the job was never built', async () => {
    const office = await newOffice()
    const credentials = 20
    await furnish(office, credentials, apiToken)
    const { plan, planning } = await planned(office, await watched(office))
    expect(plan.manual).toHaveLength(credentials)
    expect(planning).toBeLessThanOrEqual(2 * credentials + CONSTANT)
  })

  it('is examined alone: what all jobs share is asked once for all', async () => {
    const office = await newOffice()
    const { jenkins, url, newToken } = office
    const ids = Array.from({ length: 10 }, (_, at) => `bb-${at}`)
    for (const id of ids) {
      await jenkins.addCredential({ store: 'system', id, username: OWNER.email, secret: newToken() })
      await jenkins.addFreestyleJob({ fullName: `job-${id}`, url: url('app'), credentialsId: id })
    }
    const observed = await watched(office)
    const inventory = await observed.keyturn.scan({ paths: [], askControllers: true })
    const from = observed.sent.length
    await observed.keyturn.plan(inventory)
    const shared = observed.sent
      .slice(from)
      .filter((sent) => /pluginManager|store\/system\/api|configuration-as/.test(sent))
    expect(shared.length).toBeLessThanOrEqual(3)
  })
})
