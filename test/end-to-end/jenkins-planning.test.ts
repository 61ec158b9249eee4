import { describe, expect, it, onTestFinished } from 'vitest'
import type { Keyturn, PlanOptions } from '../../src/index.ts'
import type { Plan } from '../../src/model/plan.ts'
import { FIXED_USERNAME, type Office, OWNER, openOffice } from './office.ts'

/** What is asked once, however many credentials there are: items, stores, plugins, Configuration as Code. */
const CONSTANT = 20

async function newOffice(): Promise<Office> {
  const office = await openOffice()
  onTestFinished(office.end)
  return office
}

/** So many of them in folders of ten, each with a working token and a job that fetches with it. */
async function furnishWorking({ jenkins, newToken, url }: Office, count: number): Promise<void> {
  for (let at = 0; at < count; at++) {
    const [folder, id] = [`team-${Math.floor(at / 10)}`, `bb-${at}`]
    if (at % 10 === 0) await jenkins.addFolder(folder)
    await jenkins.addCredential({ store: { folder }, id, username: FIXED_USERNAME, secret: newToken() })
    await jenkins.addFreestyleJob({ fullName: `${folder}/job-${at}`, url: url('app'), credentialsId: id })
  }
}

interface Planned {
  readonly plan: Plan
  /** Requests to the controller of scan and plan, and of the plan alone. */
  readonly both: number
  readonly planning: number
  readonly toBitbucket: number
}

async function planned(office: Office, keyturn: Keyturn, options: PlanOptions = {}): Promise<Planned> {
  const { jenkins, sandbox } = office
  const [before, asked] = [jenkins.requests.length, sandbox.requests.length]
  const inventory = await keyturn.scan({ paths: [], askControllers: true })
  const scanned = jenkins.requests.length
  const plan = await keyturn.plan(inventory, options)
  // The questions of git on the controller are its own.
  const ours = sandbox.requests.slice(asked).filter(({ headers }) => !/^git\//.test(headers['user-agent'] ?? ''))
  return {
    plan,
    both: jenkins.requests.length - before,
    planning: jenkins.requests.length - scanned,
    toBitbucket: ours.length,
  }
}

describe('planning for many credentials of one controller', () => {
  it('takes three requests for each, scan included, and asks Bitbucket about none that is too short for a token', async () => {
    const office = await newOffice()
    const credentials = 200
    await office.jenkins.addMany({ folders: 20, credentials, jobs: 2 * credentials, seed: 'planning' })
    const { plan, both, toBitbucket } = await planned(office, await office.open())
    expect(plan.steps).toHaveLength(credentials)
    expect(both).toBeLessThanOrEqual(3 * credentials + CONSTANT)
    expect(toBitbucket).toBe(0)
  })

  it('asks the controller twice whether one works that may be a token, and Bitbucket once', async () => {
    const office = await newOffice()
    const credentials = 20
    await furnishWorking(office, credentials)
    const { plan, planning, toBitbucket } = await planned(office, await office.open())
    expect([plan.steps, plan.kept.map(({ reason }) => reason)]).toEqual([[], Array(credentials).fill('it works')])
    expect(planning).toBeLessThanOrEqual(3 * credentials + CONSTANT)
    expect(toBitbucket).toBe(credentials)
  })

  it('asks nothing about what a named token replaces in any case', async () => {
    const office = await newOffice()
    const credentials = 20
    await furnishWorking(office, credentials)
    const keyturn = await office.open()
    await keyturn.addToken({ name: 'ci', secret: office.newToken(), ...OWNER })
    const { plan, planning, toBitbucket } = await planned(office, keyturn, { token: 'ci', replace: true })
    expect(plan.steps.map(({ reason }) => reason)).toEqual(
      Array(credentials).fill(expect.stringContaining('the token was named to replace it')),
    )
    expect([planning, toBitbucket]).toEqual([credentials / 10, 0])
  })
})

describe('a token that has ended', () => {
  it('is told as the doctor tells it, where two questions are not enough', async () => {
    const office = await newOffice()
    const { jenkins, url } = office
    const secret = office.newToken()
    await jenkins.addCredential({ store: 'system', id: 'bitbucket', username: OWNER.email, secret })
    await jenkins.addFreestyleJob({ fullName: 'app-build', url: url('app'), credentialsId: 'bitbucket' })
    const keyturn = await office.open()
    const { diagnoses } = await keyturn.diagnoseJob({ item: 'app-build' }, {})
    const { plan } = await planned(office, keyturn)
    expect({ code: diagnoses[0]?.code, steps: plan.steps.length, manual: plan.manual.length }).toEqual({})
  })
})
