import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Conflict, Staged } from '../../model/consumer.ts'
import type { PlaceRef } from '../../model/place.ts'
import type { Digest } from '../../model/plan.ts'
import type { Context, HttpReply, HttpRequest } from '../../model/ports.ts'
import { jenkinsConnector, openController } from './connect.ts'
import { credentialPath } from './controller-path.ts'
import { apiToken, type ControllerForTests, controllerForTests, MAY, READER } from './fixtures/controller.ts'

let it_: ControllerForTests

beforeAll(async () => {
  it_ = await controllerForTests()
})
afterAll(() => it_.end())

const NEW = 'x-bitbucket-api-token-auth'
const CLASS = 'com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl'

let made = 0
async function credential(given: { username?: string; description?: string; folder?: string } = {}): Promise<PlaceRef> {
  const { folder, ...fields } = given
  const id = `c${made++}`
  if (folder !== undefined) await it_.jenkins.addFolder(folder)
  const store = folder === undefined ? 'system' : { folder }
  await it_.jenkins.addCredential({ store, id, username: 'alice', secret: it_.appPassword, ...fields })
  const base = folder === undefined ? '/credentials/store/system' : `/job/${folder}/credentials/store/folder`
  const at = { kind: 'url', url: `${it_.jenkins.url}${base}/domain/_/credential/${id}` } as const
  return { id, consumer: 'jenkins', at, address: `${folder === undefined ? 'system' : `folder/${folder}`}/_/${id}` }
}

function field({ id }: PlaceRef, name: string, file = 'credentials.xml'): string | undefined {
  const xml = readFileSync(join(it_.jenkins.home, file), 'utf8')
  const own = xml.split(`<${CLASS}`).find((part) => part.includes(`<id>${id}</id>`)) ?? ''
  return new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(own)?.[1]
}

async function digestOf(place: PlaceRef, context: Context): Promise<Digest> {
  const state = await jenkinsConnector.read(place, context)
  if (state.kind === 'absent') throw new Error('the place is absent')
  return state.digest
}

function staged(outcome: Staged | Conflict): Staged {
  if (outcome.kind === 'conflict') throw new Error('unexpected conflict')
  return outcome
}

async function stage(place: PlaceRef, context: Context, username: { set: string } | 'keep'): Promise<Staged> {
  const next = { username, secret: { set: context.seal(apiToken()) } } as const
  return staged(await jenkinsConnector.stageReplace(place, await digestOf(place, context), next, context))
}

/** A controller behind something that answers some requests in its own way. */
function behind(context: Context, answer: (request: HttpRequest, ask: () => Promise<HttpReply>) => Promise<HttpReply>) {
  const { http } = context.system
  const send: typeof http.send = (request) => answer(request, () => http.send(request))
  return { ...context, system: { ...context.system, http: { send } } }
}

/** As a person saves the credential in its web page. */
async function saved(place: PlaceRef, fields: Readonly<Record<string, string>>): Promise<void> {
  const password = field(place, 'password') ?? ''
  const all = { scope: 'GLOBAL', id: place.id, description: '', username: 'alice', password, usernameSecret: 'false' }
  const inner = Object.entries({ ...all, ...fields }).map(([name, text]) => `<${name}>${text}</${name}>`)
  const path = `${credentialPath({ kind: 'system' }, '_', place.id)}/config.xml` as const
  for (const login of it_.admin.logins)
    await openController(login, it_.admin).postXml(path, `<${CLASS}>${inner.join('')}</${CLASS}>`)
}

describe('a credential of which a person edits another field while it is changed', () => {
  it.each([
    ['description', 'edited'],
    ['scope', 'SYSTEM'],
    ['usernameSecret', 'true'],
  ])('keeps the %s that was saved between staging and commit', async (name, text) => {
    const place = await credential()
    const { commit } = await stage(place, it_.admin, { set: NEW })
    await saved(place, { [name]: text })
    expect(await commit()).toMatchObject({ kind: 'changed' })
    expect([field(place, name), field(place, 'username')]).toEqual([text, NEW])
  })
})

describe('a controller whose answers name their charset', () => {
  it('has the username read in it, and kept', async () => {
    const place = await credential({ username: 'müller' })
    const context = behind(it_.admin, async (request, ask) => {
      const reply = await ask()
      if (request.method !== 'GET' || !request.url.endsWith('/config.xml')) return reply
      const body = Buffer.from(Buffer.from(reply.body).toString('latin1'), 'utf8')
      return { ...reply, headers: { ...reply.headers, 'content-type': 'application/xml;charset=UTF-8' }, body }
    })
    expect(await jenkinsConnector.read(place, context)).toMatchObject({ place: { username: { text: 'müller' } } })
    const { commit, backup } = await stage(place, context, 'keep')
    expect(await commit()).toMatchObject({ kind: 'changed' })
    expect(field(place, 'username')).toBe('müller')
    expect(Buffer.from(backup).toString('utf8')).toContain('m&#xfc;ller')
  })
})

describe('a description that nothing shows whole', () => {
  it('keeps the credential from being changed: what was sent would have question marks for it', async () => {
    const place = await credential({ description: '東京' })
    const context = behind(it_.admin, async (request, ask) =>
      request.url.includes(`credential/${place.id}/api/json`)
        ? { status: 404, headers: {}, body: new Uint8Array() }
        : ask(),
    )
    await expect(stage(place, context, { set: NEW })).rejects.toMatchObject({
      code: 'R204',
      parts: { state: 'Nothing was changed.' },
    })
    expect(field(place, 'description')).toBe('東京')
  })
})

describe('a credential that is listed and whose page is not found', () => {
  it('is not called absent, for something in front of the controller may refuse its name', async () => {
    const place = await credential()
    const context = behind(it_.admin, async (request, ask) =>
      request.url.includes(`credential/${place.id}/config.xml`)
        ? { status: 404, headers: {}, body: new Uint8Array() }
        : ask(),
    )
    await expect(jenkinsConnector.read(place, context)).rejects.toMatchObject({ code: 'R404' })
  })
})

describe('a page of a proxy in place of the answer to a change', () => {
  it('is no success for a login that is not shown what is stored', async () => {
    const place = await credential({ username: NEW, folder: 'team' })
    const before = field(place, 'password', 'jobs/team/config.xml')
    const context = behind(it_.loginWith(...READER, MAY.update), async (request, ask) =>
      request.method === 'POST'
        ? { status: 200, headers: { 'content-type': 'text/html' }, body: Buffer.from('<html>Sign in</html>') }
        : ask(),
    )
    const { commit } = await stage(place, context, { set: NEW })
    await expect(commit()).rejects.toMatchObject({ code: 'R404' })
    expect(field(place, 'password', 'jobs/team/config.xml')).toBe(before)
  })
})
