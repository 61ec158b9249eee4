import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Change, Conflict, Staged } from '../../model/consumer.ts'
import { Failure } from '../../model/failure.ts'
import type { PlaceRef } from '../../model/place.ts'
import type { Digest } from '../../model/plan.ts'
import { type Context, type HttpReply, NetworkError } from '../../model/ports.ts'
import { jenkinsConnector } from './connect.ts'
import { apiToken, type ControllerForTests, controllerForTests } from './fixtures/controller.ts'

let it_: ControllerForTests

beforeAll(async () => {
  it_ = await controllerForTests()
})
afterAll(() => it_.end())

const page = (status: number, text: string, fromJenkins = true): HttpReply => ({
  status,
  headers: fromJenkins ? { 'x-jenkins': '2.578' } : {},
  body: Buffer.from(text),
})

/** What comes in place of an answer. `acts`: the controller got the request all the same. */
interface Fault {
  readonly name: string
  readonly acts?: true
  readonly reply: HttpReply | NetworkError
}

const FAULTS: readonly Fault[] = [
  { name: '401', reply: page(401, 'Unauthorized') },
  { name: '403', reply: page(403, 'Access Denied') },
  { name: '404', reply: page(404, 'Not Found') },
  { name: '409', reply: page(409, 'Conflict') },
  { name: '500', reply: page(500, 'Oops!') },
  { name: '500 after it acted', reply: page(500, 'Oops!'), acts: true },
  { name: '502 of a proxy after it acted', reply: page(502, 'Bad Gateway', false), acts: true },
  { name: '302 to a sign-on', reply: { ...page(302, '', false), headers: { location: 'https://sso.example/login' } } },
  { name: '302 after it acted', reply: { ...page(302, '', false), headers: { location: '/login' } }, acts: true },
  { name: '413 of a proxy', reply: page(413, 'Request Entity Too Large', false) },
  { name: '429 of a proxy', reply: page(429, 'Too Many Requests', false) },
  { name: '401 of a proxy', reply: page(401, 'Sign in', false) },
  { name: '504 of a proxy after it acted', reply: page(504, 'Gateway Timeout', false), acts: true },
  { name: 'nothing with status 200, from a proxy', reply: page(200, '', false) },
  { name: '503', reply: page(503, 'Please wait while Jenkins is restarting...') },
  { name: 'the page of a proxy with status 200', reply: page(200, '<html>Sign in</html>', false) },
  { name: 'the page of a proxy after it acted', reply: page(200, '<html>Sign in</html>', false), acts: true },
  { name: 'a cut connection', reply: new NetworkError('other', 'the connection was closed') },
  { name: 'a cut connection after it acted', reply: new NetworkError('timed out', 'no answer after 30 s'), acts: true },
]

interface Faulty {
  readonly context: Context
  /** Counts requests; at this one the fault comes. */
  arm(at: number, fault: Fault): void
  readonly slept: number[]
  readonly posts: () => number
}

/** The clock jumps instead of waiting. */
function faulty(): Faulty {
  const { system } = it_.admin
  const slept: number[] = []
  let left = Number.POSITIVE_INFINITY
  let fault: Fault | undefined
  let posts = 0
  const send: typeof system.http.send = async (request) => {
    if (request.method === 'POST') posts++
    if (left-- !== 0 || fault === undefined) return system.http.send(request)
    if (fault.acts) await system.http.send(request)
    if (fault.reply instanceof NetworkError) throw fault.reply
    return fault.reply
  }
  const clock = { now: () => new Date(0), sleep: async (ms: number) => void slept.push(ms) }
  return {
    context: { ...it_.admin, system: { ...system, http: { send }, clock } },
    arm: (at, next) => {
      left = at
      fault = next
      posts = 0
    },
    slept,
    posts: () => posts,
  }
}

let made = 0
async function credential(): Promise<PlaceRef> {
  const id = `f${made++}`
  await it_.jenkins.addCredential({ store: 'system', id, username: 'alice', secret: it_.appPassword })
  const url = `${it_.jenkins.url}/credentials/store/system/domain/_/credential/${id}`
  return { id, consumer: 'jenkins', at: { kind: 'url', url }, address: `system/_/${id}` }
}

function stored({ id }: PlaceRef): { username: string | undefined; password: string | undefined } {
  const xml = readFileSync(join(it_.jenkins.home, 'credentials.xml'), 'utf8')
  const own = xml.split('<scope>').find((part) => part.includes(`<id>${id}</id>`)) ?? ''
  return { username: /<username>(.*?)</.exec(own)?.[1], password: /<password>(.*?)</.exec(own)?.[1] }
}

async function digestOf(place: PlaceRef): Promise<Digest> {
  const state = await jenkinsConnector.read(place, it_.admin)
  if (state.kind === 'absent') throw new Error('the place is absent')
  return state.digest
}

function staged(outcome: Staged | Conflict): Staged {
  if (outcome.kind === 'conflict') throw new Error('unexpected conflict')
  return outcome
}

const NEW = 'x-bitbucket-api-token-auth'

async function stage(place: PlaceRef, context: Context): Promise<Staged> {
  const next = { username: { set: NEW }, secret: { set: context.seal(apiToken()) } } as const
  return staged(await jenkinsConnector.stageReplace(place, await digestOf(place), next, context))
}

const UNCHANGED = 'It was read again: nothing was changed.'

const BY_THEN = 'It was read again, and nothing was changed by then; the controller may still act on this request.'

/** Committing asks five times: twice before, the change, twice after. */
const REQUESTS = [0, 1, 2, 3, 4]

describe.each(FAULTS)('$name while a credential is changed', (fault) => {
  it.each(REQUESTS)('at request %i ends known, whole, and sends the change once', async (at) => {
    const place = await credential()
    const before = stored(place)
    const { context, arm, posts } = faulty()
    const { commit } = await stage(place, context)
    arm(at, fault)
    const outcome = await commit().catch((error: unknown) => error)
    const after = stored(place)
    expect(posts()).toBeLessThanOrEqual(1)
    // Never a username of one credential with the secret of another.
    const isNew = after.username === NEW && after.password !== before.password
    expect(isNew || (after.username === before.username && after.password === before.password)).toBe(true)
    // Nobody else changed it; of a login that may see it no more that cannot be told.
    if (fault.name !== '403') expect(outcome).not.toMatchObject({ kind: 'conflict' })
    expectTrue(outcome, isNew)
    const next = { username: { set: NEW }, secret: { set: it_.admin.seal(apiToken()) } } as const
    const again = staged(await jenkinsConnector.stageReplace(place, await digestOf(place), next, it_.admin))
    expect(await again.commit()).toMatchObject({ kind: 'changed' })
    expect(stored(place).username).toBe(NEW)
  })
})

/** What was said must fit what is stored. */
function expectTrue(outcome: Change | unknown, isNew: boolean): void {
  if (!(outcome instanceof Failure)) {
    expect(outcome).toMatchObject({ kind: isNew ? 'changed' : 'conflict' })
    return
  }
  const { code, parts } = outcome
  expect([parts.at, parts.because]).toEqual([expect.any(String), expect.any(String)])
  if (parts.state === UNCHANGED) expect(isNew).toBe(false)
  // The run takes these for refusals that come before any change.
  if (code === 'R402' || code === 'R403') expect(isNew).toBe(false)
  if (isNew) expect(parts.state).toMatch(/not known|could not be read back|in part/)
}

describe('a job that something in front of the controller answers for', () => {
  async function pinned(): Promise<PlaceRef> {
    const fullName = `folder/f${made++}`
    const url = `https://alice:${it_.appPassword}@bitbucket.org/acme/app.git`
    await it_.jenkins.addFolder('folder')
    await it_.jenkins.addFreestyleJob({ fullName, url })
    const at = { kind: 'url', url: `${it_.jenkins.url}/job/${fullName.replace('/', '/job/')}` } as const
    return { id: fullName, consumer: 'jenkins', at, address: `job/${fullName}/url` }
  }
  const notFound: Fault = { name: '404 of a proxy', reply: page(404, 'Not Found', false) }

  it('with 404 once, is asked for again, for its folder lists it', async () => {
    const place = await pinned()
    const { context, arm } = faulty()
    arm(0, notFound)
    expect(await jenkinsConnector.read(place, context)).toMatchObject({ kind: 'present' })
  })

  it('is absent for no change: neither before it nor when it is read back', async () => {
    for (const at of [0, 2]) {
      const place = await pinned()
      const { context, arm, posts } = faulty()
      const { commit } = await stage(place, context)
      arm(at, notFound)
      expect(await commit()).toMatchObject({ kind: 'changed' })
      expect(posts()).toBe(1)
    }
  })

  it('as long as that lasts, is a failure with the reason and no removed job', async () => {
    const place = await pinned()
    const path = `${new URL(place.at.kind === 'url' ? place.at.url : '').pathname}/config.xml`
    it_.jenkins.injectFault({ path, status: 404, times: 2 })
    await expect(jenkinsConnector.read(place, it_.admin)).rejects.toMatchObject({ code: 'R404' })
    it_.jenkins.injectFault({ path: '/*', status: 404, times: 4 })
    await expect(jenkinsConnector.read(place, it_.admin)).rejects.toMatchObject({ code: 'R404' })
  })

  it('and that answers with its own page, has not lost its remote', async () => {
    const place = await pinned()
    const { context, arm } = faulty()
    arm(0, { name: 'sign-on', reply: page(200, '<html><body>Sign in</body></html>', false) })
    await expect(jenkinsConnector.read(place, context)).rejects.toMatchObject({ code: 'R404' })
  })

  it('is absent when its folder does not list it, or is gone itself', async () => {
    const { at, ...place } = await pinned()
    const url = at.kind === 'url' ? at.url : ''
    for (const name of ['folder/none', 'none/none', 'none/none/none']) {
      const other = { kind: 'url', url: url.replace(/\/job\/.*/, `/job/${name.replaceAll('/', '/job/')}`) } as const
      const ref = { ...place, at: other, address: `job/${name}/url` }
      expect(await jenkinsConnector.read(ref, it_.admin)).toEqual({ kind: 'absent' })
    }
  })
})

describe('a controller that restarts', () => {
  it('is waited for, while nothing was sent yet', async () => {
    const place = await credential()
    const { context, slept } = faulty()
    const { commit } = await stage(place, context)
    it_.jenkins.injectFault({ path: '/credentials/*', status: 503, times: 3 })
    expect(await commit()).toMatchObject({ kind: 'changed' })
    expect(slept).toEqual([1000, 2000, 4000])
  })

  it('is waited for two minutes at most, and then it is R401', async () => {
    const place = await credential()
    const { context, slept } = faulty()
    const { commit } = await stage(place, context)
    it_.jenkins.injectFault({ path: '/credentials/*', status: 503, times: 8 })
    await expect(commit()).rejects.toMatchObject({ code: 'R401' })
    expect(slept.reduce((sum, ms) => sum + ms)).toBe(120_000)
    expect(stored(place).username).toBe('alice')
  })

  it('at the change itself gets it no second time, and what is there afterwards decides', async () => {
    const place = await credential()
    const { context } = faulty()
    const { commit } = await stage(place, context)
    it_.jenkins.injectFault({ path: '/credentials/*', method: 'POST', status: 503, times: 1 })
    await expect(commit()).rejects.toMatchObject({ code: 'R401', parts: { state: UNCHANGED } })
    expect(stored(place).username).toBe('alice')
  })
})

describe('a change that is not there when it is read back', () => {
  it.each([
    ['after a time-out', new NetworkError('timed out', 'no answer after 30 s'), 'may come'],
    ['after a cut connection', new NetworkError('other', 'the connection was closed'), 'may come'],
    ['after the answer of a proxy', page(504, 'Gateway Timeout', false), 'may come'],
    ['after an answer of the controller', page(500, 'Oops!'), 'does not come'],
    ['after a refused connection', new NetworkError('refused', 'the connection was refused'), 'does not come'],
  ] as const)('%s says what is known of it', async (_, reply, outcome) => {
    const place = await credential()
    const { system } = it_.admin
    const late: (() => Promise<unknown>)[] = []
    const send: typeof system.http.send = async (request) => {
      if (request.method !== 'POST') return system.http.send(request)
      late.push(() => system.http.send(request))
      if (reply instanceof NetworkError) throw reply
      return reply
    }
    const { commit } = await stage(place, { ...it_.admin, system: { ...system, http: { send } } })
    const failure: unknown = await commit().catch((error: unknown) => error)
    if (outcome === 'may come') await Promise.all(late.map((act) => act()))
    expect(stored(place).username).toBe(outcome === 'may come' ? NEW : 'alice')
    expect(failure).toMatchObject({ parts: { state: outcome === 'may come' ? BY_THEN : UNCHANGED } })
  })
})

describe('a session whose crumb ends', () => {
  it('gets another one, and the change is made once', async () => {
    const place = await credential()
    it_.jenkins.addUser({ id: 'eve', password: 'eve-password', permissions: ['hudson.model.Hudson.Administer'] })
    const eve = it_.withLogin('eve', 'eve-password')
    const first = await stage(place, eve)
    await first.commit()
    const { commit } = await stage(place, eve)
    await it_.jenkins.restart()
    expect(await commit()).toMatchObject({ kind: 'changed' })
  })
})
