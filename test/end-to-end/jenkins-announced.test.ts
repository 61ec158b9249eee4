import { describe, expect, it, onTestFinished } from 'vitest'
import type { Keyturn } from '../../src/index.ts'
import type { Plan } from '../../src/model/plan.ts'
import { NetworkError } from '../../src/model/ports.ts'
import { nodeSystem } from '../../src/system/node-system.ts'
import { basicOf, FIXED_USERNAME, type Office, OWNER, openOffice, stored } from './office.ts'

interface Planned {
  readonly office: Office
  readonly keyturn: Keyturn
  readonly plan: Plan
}

async function planned(): Promise<Planned> {
  const office = await openOffice()
  onTestFinished(office.end)
  const { jenkins, appPassword, url } = office
  await jenkins.addCredential({ store: 'system', id: 'bb', username: OWNER.username, secret: appPassword })
  await jenkins.addFreestyleJob({ fullName: 'app', url: url('app'), credentialsId: 'bb' })
  const keyturn = await office.open()
  await keyturn.addToken({ name: 'ci', secret: office.newToken(), ...OWNER })
  const plan = await keyturn.plan(await keyturn.scan({ paths: [], askControllers: true }), { token: 'ci' })
  return { office, keyturn, plan }
}

/** A run that had announced its change when the controller went away, and the request never left. */
async function announcedRun(): Promise<Planned & { readonly run: string }> {
  const { office, keyturn, plan } = await planned()
  await expect((await openCut(office)).apply(plan)).rejects.toMatchObject({ code: 'R401' })
  const [open] = await keyturn.runs()
  return { office, keyturn, plan, run: open?.run ?? '' }
}

/** `act` comes between staging a change, whose last question is for the description, and sending it. */
async function openRaced(office: Office, act: () => Promise<void>): Promise<Keyturn> {
  const system = nodeSystem({ environment: { PATH: process.env['PATH'] } })
  let isDone = false
  const send: typeof system.http.send = async (request) => {
    const reply = await system.http.send(request)
    if (!isDone && request.url.includes('credential/bb/api/json')) {
      isDone = true
      await act()
    }
    return reply
  }
  return office.open(office.admin, { system: { ...system, http: { send } } })
}

/** From the first change on, nothing listens; waiting takes no time. */
async function openCut(office: Office): Promise<Keyturn> {
  const system = nodeSystem({ environment: { PATH: process.env['PATH'] } })
  let isCut = false
  const send: typeof system.http.send = async (request) => {
    isCut ||= request.method === 'POST' && request.url.endsWith('/config.xml')
    if (isCut) throw new NetworkError('refused', 'the connection was refused')
    return system.http.send(request)
  }
  const clock = { now: () => system.clock.now(), sleep: async () => undefined }
  return office.open(office.admin, { system: { ...system, http: { send }, clock } })
}

/** As a person would in the web page. */
async function changeByHand({ jenkins, admin }: Office, username: string): Promise<void> {
  const className = 'com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl'
  const reply = await fetch(`${jenkins.url}/credentials/store/system/domain/_/credential/bb/config.xml`, {
    method: 'POST',
    headers: {
      authorization: basicOf(admin),
      'content-type': 'application/xml;charset=UTF-8',
    },
    body: `<${className}><scope>GLOBAL</scope><id>bb</id><description></description><username>${username}</username><password>by hand</password></${className}>`,
  })
  if (reply.status !== 200) throw new Error(`the controller answered ${reply.status}`)
}

describe('a credential whose change was announced when the controller went away', () => {
  it('and that a person changed since is left as it is by the run that goes on', async () => {
    const { office, keyturn, run } = await announcedRun()
    await changeByHand(office, 'colleague')
    const theirs = await stored(office, 'bb')
    await expect(keyturn.resume(run)).rejects.toMatchObject({ code: 'R205' })
    expect(await stored(office, 'bb')).toEqual(theirs)
  })

  it('and that a person changed since is left as it is by rolling back', async () => {
    const { office, keyturn, run } = await announcedRun()
    await changeByHand(office, 'colleague')
    const theirs = await stored(office, 'bb')
    const { left } = await keyturn.rollback(run)
    expect(left).toMatchObject([{ foreign: true }])
    expect(await stored(office, 'bb')).toEqual(theirs)
  })

  it('and that a person changed in that very moment is left as it is, whoever it names', async () => {
    const { office, keyturn, plan } = await planned()
    const raced = await openRaced(office, () => changeByHand(office, FIXED_USERNAME))
    await expect(raced.apply(plan)).rejects.toMatchObject({ code: 'R205' })
    const theirs = await stored(office, 'bb')
    const [open] = await keyturn.runs()
    await expect(keyturn.resume(open?.run ?? '')).rejects.toMatchObject({ code: 'R205' })
    expect((await keyturn.rollback(open?.run ?? '')).left).toMatchObject([{ foreign: true }])
    expect(await stored(office, 'bb')).toEqual(theirs)
  })

  it('and that nobody touched is changed by the run that goes on, and put back', async () => {
    const { office, keyturn, run } = await announcedRun()
    const before = await stored(office, 'bb')
    await keyturn.resume(run)
    expect(await stored(office, 'bb')).toMatchObject({ username: FIXED_USERNAME })
    expect((await keyturn.rollback(run)).left).toEqual([])
    expect(await stored(office, 'bb')).toEqual(before)
  })
})
