import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Conflict, Staged } from '../../model/consumer.ts'
import type { PlaceRef } from '../../model/place.ts'
import type { Context } from '../../model/ports.ts'
import { NetworkError } from '../../model/ports.ts'
import { jenkinsConnector } from './connect.ts'
import { apiToken, type ControllerForTests, controllerForTests, MAY, READER } from './fixtures/controller.ts'

let it_: ControllerForTests

beforeAll(async () => {
  it_ = await controllerForTests()
})
afterAll(() => it_.end())
beforeEach(() => {
  it_.sent.length = 0
})

let made = 0
interface Pair {
  readonly like: PlaceRef
  readonly place: PlaceRef
}

/** A credential in a folder and a domain of its own, and where the one like it shall be. */
async function pair(description = 'Bitbucket – für «Česko»'): Promise<Pair> {
  const id = `x${made++}`
  const store = { folder: 'team' }
  await it_.jenkins.addFolder('team')
  await it_.jenkins.addCredential({
    store,
    domain: 'bitbucket.org',
    id,
    username: 'alice',
    secret: it_.appPassword,
    description,
  })
  return { like: placeOf(id), place: placeOf(`${id}-git`) }
}

function placeOf(id: string): PlaceRef {
  const url = `${it_.jenkins.url}/job/team/credentials/store/folder/domain/bitbucket.org/credential/${id}`
  return { id, consumer: 'jenkins', at: { kind: 'url', url }, address: `folder/team/bitbucket.org/${id}` }
}

function change(context: Context, username = 'x-bitbucket-api-token-auth') {
  return { username: { set: username }, secret: { set: context.seal(apiToken()) } } as const
}

async function stageCreate({ place, like }: Pair, context = it_.admin): Promise<Staged> {
  return staged(await jenkinsConnector.stageCreate(place, like, change(context), context))
}

function staged(outcome: Staged | Conflict): Staged {
  if (outcome.kind === 'conflict') throw new Error('unexpected conflict')
  return outcome
}

async function digestOf(place: PlaceRef, context = it_.admin) {
  const state = await jenkinsConnector.read(place, context)
  return state.kind === 'absent' ? ('absent' as const) : state.digest
}

const stored = (): string => readFileSync(join(it_.jenkins.home, 'jobs/team/config.xml'), 'utf8')
const count = (id: string): number => stored().split(`<id>${id}</id>`).length - 1
const posts = (): readonly string[] =>
  it_.sent.filter(({ method }) => method === 'POST').map(({ url }) => url.replace(/^.*\/(?=[^/]+$)/, ''))

/** Somebody saves a credential of this id right before ours arrives, with the username and scope that ours would have. */
async function takenFirst(id: string, description: string): Promise<void> {
  await it_.jenkins.addCredential({
    store: { folder: 'team' },
    domain: 'bitbucket.org',
    id,
    username: 'x-bitbucket-api-token-auth',
    secret: it_.appPassword,
    description,
  })
}

/** The connection breaks at the first POST, before or after the controller got it. */
function cut(context: Context, when: 'before' | 'after'): Context {
  const { http } = context.system
  let isCut = false
  const send: typeof http.send = async (request) => {
    if (request.method !== 'POST' || isCut) return http.send(request)
    isCut = true
    if (when === 'after') await http.send(request)
    throw new NetworkError('other', 'the connection was closed')
  }
  return { ...context, system: { ...context.system, http: { send } } }
}

/** Something happens right before the first POST is sent. */
function racing(context: Context, first: () => Promise<unknown>): Context {
  const { http } = context.system
  let isFirst = true
  const send: typeof http.send = async (request) => {
    if (request.method === 'POST' && isFirst) {
      isFirst = false
      await first()
    }
    return http.send(request)
  }
  return { ...context, system: { ...context.system, http: { send } } }
}

describe('a credential made like another', () => {
  it('has its class, scope, domain and description, and a username and secret of its own', async () => {
    const both = await pair()
    const step = await stageCreate(both)
    expect(posts()).toEqual([])
    expect(step.backup).toHaveLength(0)
    expect(await step.commit()).toEqual({ kind: 'changed', now: await digestOf(both.place) })
    const [, own = ''] = stored().split(`<id>${both.place.id}</id>`)
    expect(own.slice(0, own.indexOf('</com.'))).toMatch(
      /^\s*<description>Bitbucket – für «Česko» \(keyturn [0-9a-f]{16}\)<\/description>\s*<username>x-bitbucket-api-token-auth<\/username>\s*<password>\{AQAA[^<]+<\/password>\s*<usernameSecret>false/,
    )
    expect(count(both.like.id)).toBe(1)
  })

  it('is posted once, in ASCII, with a charset', async () => {
    await (await stageCreate(await pair())).commit()
    const [sent] = it_.sent.filter(({ method }) => method === 'POST')
    expect(posts()).toEqual(['createCredentials'])
    expect(sent?.headers?.['content-type']).toBe('application/xml;charset=UTF-8')
    expect(String(sent?.body)).toMatch(/^[\t\n\r -~]*$/)
  })

  it('is taken away again by restoring its empty backup, twice as well', async () => {
    const both = await pair()
    const { backup, commit } = await stageCreate(both)
    await commit()
    const digest = await digestOf(both.place)
    if (digest === 'absent') throw new Error('it was not made')
    const undo = staged(await jenkinsConnector.stageRestore(both.place, digest, backup, it_.admin))
    expect(undo.to).toBe('absent')
    expect(await undo.commit()).toEqual({ kind: 'changed', now: 'absent' })
    expect([count(both.place.id), count(both.like.id)]).toEqual([0, 1])
    const again = await jenkinsConnector.stageRestore(both.place, digest, backup, it_.admin)
    expect(again).toEqual({ kind: 'conflict', found: 'absent' })
  })

  it('is not taken away when someone changed it since', async () => {
    const both = await pair()
    const { backup, commit } = await stageCreate(both)
    await commit()
    const digest = await digestOf(both.place)
    if (digest === 'absent') throw new Error('it was not made')
    await staged(await jenkinsConnector.stageReplace(both.place, digest, change(it_.admin), it_.admin)).commit()
    expect(await jenkinsConnector.stageRestore(both.place, digest, backup, it_.admin)).toMatchObject({
      kind: 'conflict',
    })
    expect(count(both.place.id)).toBe(1)
  })

  it('that is there already is a conflict, before staging and before committing', async () => {
    const both = await pair()
    const [first, second] = [await stageCreate(both), await stageCreate(both)]
    await first.commit()
    const found = await digestOf(both.place)
    expect(await second.commit()).toEqual({ kind: 'conflict', found })
    expect(await jenkinsConnector.stageCreate(both.place, both.like, change(it_.admin), it_.admin)).toEqual({
      kind: 'conflict',
      found,
    })
    expect(count(both.place.id)).toBe(1)
  })

  it('that someone makes at the same moment is a conflict: Jenkins answers 409', async () => {
    const both = await pair()
    const bob = { id: both.place.id, username: 'bob', secret: it_.appPassword }
    const step = await stageCreate(
      both,
      racing(it_.admin, () =>
        it_.jenkins.addCredential({ store: { folder: 'team' }, domain: 'bitbucket.org', ...bob }),
      ),
    )
    expect(await step.commit()).toEqual({ kind: 'conflict', found: await digestOf(both.place) })
    expect(stored()).toContain('<username>bob</username>')
  })

  it.each(['before', 'after'] as const)(
    'whose connection breaks %s the controller acted is not made twice',
    async (when) => {
      const both = await pair()
      const step = await stageCreate(both, cut(it_.admin, when))
      const outcome = step.commit()
      if (when === 'before')
        await expect(outcome).rejects.toMatchObject({
          code: 'R401',
          parts: { state: expect.stringContaining('nothing was changed by then') },
        })
      else expect(await outcome).toEqual({ kind: 'changed', now: await digestOf(both.place) })
      expect(count(both.place.id)).toBe(when === 'before' ? 0 : 1)
      expect(posts()).toEqual(when === 'before' ? [] : ['createCredentials'])
    },
  )

  it('whose 409 is lost is a conflict, however like ours the credential that is there looks', async () => {
    const both = await pair()
    const context = cut(it_.admin, 'after')
    const step = await stageCreate(
      both,
      racing(context, () => takenFirst(both.place.id, 'Bitbucket – für «Česko»')),
    )
    expect(await step.commit()).toEqual({ kind: 'conflict', found: await digestOf(both.place) })
    expect(posts()).toEqual(['createCredentials'])
  })

  it('whose earlier request arrives late is ours, and is not made twice', async () => {
    const both = await pair()
    const early = await stageCreate(both)
    const late = await stageCreate(
      both,
      racing(it_.admin, () => early.commit()),
    )
    expect(await late.commit()).toEqual({ kind: 'changed', now: await digestOf(both.place) })
    expect(count(both.place.id)).toBe(1)
  })

  it('is told from one that somebody else made, by whatever way it is read', async () => {
    const ours = await pair()
    await (await stageCreate(ours)).commit()
    await takenFirst('theirs', 'Bitbucket')
    const places = [ours.place, placeOf('theirs'), ours.like]
    const marks = (await jenkinsConnector.readAll(places, it_.admin)).map((state) => 'made' in state && state.made)
    expect(marks).toEqual([true, false, false])
    for (const place of places)
      expect(await jenkinsConnector.read(place, it_.admin)).toMatchObject(
        (await jenkinsConnector.readAll([place], it_.admin))[0] ?? {},
      )
  })

  it('like one that was made before has the mark of its own place alone', async () => {
    const first = await pair('')
    await (await stageCreate(first)).commit()
    const next = { like: first.place, place: placeOf(`${first.place.id}-git`) }
    await (await stageCreate(next)).commit()
    const [, own = ''] = stored().split(`<id>${next.place.id}</id>`)
    expect(own).toMatch(/^\s*<description>\(keyturn [0-9a-f]{16}\)<\/description>/)
    expect(await jenkinsConnector.read(next.place, it_.admin)).toMatchObject({ made: true })
  })

  it('keeps its mark when it is given another secret', async () => {
    const both = await pair()
    await (await stageCreate(both)).commit()
    const digest = await digestOf(both.place)
    if (digest === 'absent') throw new Error('it was not made')
    await staged(await jenkinsConnector.stageReplace(both.place, digest, change(it_.admin), it_.admin)).commit()
    expect(await jenkinsConnector.read(both.place, it_.admin)).toMatchObject({ made: true })
  })

  it('needs the original: without it nothing is sent', async () => {
    const { place } = await pair()
    const like = placeOf('gone')
    await expect(jenkinsConnector.stageCreate(place, like, change(it_.admin), it_.admin)).rejects.toMatchObject({
      code: 'R205',
      parts: { state: 'Nothing was changed.' },
    })
    expect(posts()).toEqual([])
  })

  it('in a domain that is not there is R404, and nothing is made', async () => {
    const { like } = await pair()
    const address = 'folder/team/elsewhere/new'
    const url = `${it_.jenkins.url}/job/team/credentials/store/folder/domain/elsewhere/credential/new`
    const place: PlaceRef = { id: 'new', consumer: 'jenkins', at: { kind: 'url', url }, address }
    await expect((await stageCreate({ like, place })).commit()).rejects.toMatchObject({
      code: 'R404',
      parts: { because: 'HTTP 404', state: 'It was read again: nothing was changed.' },
    })
    expect(count('new')).toBe(0)
  })

  it('by a login without Credentials/Create is R403 naming the permission', async () => {
    const both = await pair()
    const context = it_.loginWith(...READER, MAY.update, MAY.configure)
    await expect((await stageCreate(both, context)).commit()).rejects.toMatchObject({
      code: 'R403',
      parts: { because: expect.stringContaining('CredentialsProvider.Create') },
    })
    expect(count(both.place.id)).toBe(0)
  })
})
