import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Conflict, Staged } from '../../model/consumer.ts'
import type { PlaceRef } from '../../model/place.ts'
import type { Digest } from '../../model/plan.ts'
import type { Context } from '../../model/ports.ts'
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
/** A new system credential per case. */
async function systemCredential(given: { description?: string; username?: string } = {}): Promise<PlaceRef> {
  const id = `bb${made++}`
  await it_.jenkins.addCredential({ store: 'system', id, username: 'alice', secret: it_.appPassword, ...given })
  return placeOf(`/credentials/store/system/domain/_/credential/${id}`, `system/_/${id}`)
}

async function folderCredential(): Promise<PlaceRef> {
  const id = `bb${made++}`
  await it_.jenkins.addFolder('team')
  await it_.jenkins.addCredential({ store: { folder: 'team' }, id, username: 'alice', secret: it_.appPassword })
  return placeOf(`/job/team/credentials/store/folder/domain/_/credential/${id}`, `folder/team/_/${id}`)
}

function placeOf(path: string, address: string): PlaceRef {
  return { id: 'p1', consumer: 'jenkins', at: { kind: 'url', url: it_.jenkins.url + path }, address }
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

async function replaceSecret(place: PlaceRef, context: Context, token = apiToken()): Promise<Staged> {
  const next = { username: { set: 'x-bitbucket-api-token-auth' }, secret: { set: context.seal(token) } } as const
  return staged(await jenkinsConnector.stageReplace(place, await digestOf(place, context), next, context))
}

/** What stands on disk between the tags of one credential's element. */
function storedField(file: string, id: string, field: string): string | undefined {
  const xml = readFileSync(join(it_.jenkins.home, file), 'utf8')
  const element = xml.split(/<(?=com\.cloudbees\.plugins\.credentials\.impl|org\.jenkinsci\.plugins\.plain)/)
  const own = element.find((part) => part.includes(`<id>${id}</id>`)) ?? ''
  return new RegExp(`<${field}>([\\s\\S]*?)</${field}>`).exec(own)?.[1]
}

const idOf = (place: PlaceRef): string => place.address.split('/').at(-1) ?? ''

describe('a credential', () => {
  it('is read with its username and without its secret', async () => {
    const place = await systemCredential()
    expect(await jenkinsConnector.read(place, it_.admin)).toEqual({
      kind: 'present',
      digest: expect.stringMatching(/^hmac:[0-9a-f]{64}$/),
      partDigest: expect.stringMatching(/^hmac:[0-9a-f]{64}$/),
      place: {
        ...place,
        host: 'bitbucket.org',
        username: { text: 'alice', encoding: 'opaque' },
        secret: { kind: 'unknown', encoding: 'opaque', size: { shortest: 32, longest: 47 } },
        uses: [],
      },
    })
  })

  it('is absent when the store does not have it', async () => {
    const place = placeOf('/credentials/store/system/domain/_/credential/none', 'system/_/none')
    expect(await jenkinsConnector.read(place, it_.admin)).toEqual({ kind: 'absent' })
  })

  it('is not called absent when the login may not see the store, but R403', async () => {
    const place = await systemCredential()
    await expect(jenkinsConnector.read(place, it_.loginWith(MAY.overallRead))).rejects.toMatchObject({
      code: 'R403',
      parts: { because: expect.stringContaining('CredentialsProvider.View') },
    })
  })

  it('gets username and secret, and keeps scope, id and a description beyond ISO-8859-1', async () => {
    const description = 'Bitbucket – für «Česko» & <co>'
    const place = await systemCredential({ description })
    const before = storedField('credentials.xml', idOf(place), 'password')
    const outcome = await (await replaceSecret(place, it_.admin)).commit()
    expect(outcome).toEqual({ kind: 'changed', now: await digestOf(place, it_.admin) })
    const stored = (field: string): string | undefined => storedField('credentials.xml', idOf(place), field)
    expect(stored('description')).toBe('Bitbucket – für «Česko» &amp; &lt;co&gt;')
    expect(stored('username')).toBe('x-bitbucket-api-token-auth')
    expect(stored('scope')).toBe('GLOBAL')
    expect(stored('usernameSecret')).toBe('false')
    expect(stored('password')).toMatch(/^\{AQAA/)
    expect(stored('password')).not.toBe(before)
  })

  describe.each([
    ['ASCII with a question mark', 'who?'],
    ['beyond ISO-8859-1', 'żółw'],
    ['within ISO-8859-1', 'ülf'],
  ])('with a username %s', (_, username) => {
    it('keeps it when the secret alone is changed', async () => {
      const place = await systemCredential({ username })
      expect(await jenkinsConnector.read(place, it_.admin)).toMatchObject({ place: { username: { text: username } } })
      const next = { username: 'keep', secret: { set: it_.admin.seal(apiToken()) } } as const
      const digest = await digestOf(place, it_.admin)
      const { commit } = staged(await jenkinsConnector.stageReplace(place, digest, next, it_.admin))
      expect(await commit()).toMatchObject({ kind: 'changed' })
      expect(storedField('credentials.xml', idOf(place), 'username')).toBe(username)
    })

    it('has it back with its backup', async () => {
      const place = await systemCredential({ username })
      const { backup, commit } = await replaceSecret(place, it_.admin)
      await commit()
      const now = await digestOf(place, it_.admin)
      await staged(await jenkinsConnector.stageRestore(place, now, backup, it_.admin)).commit()
      expect(storedField('credentials.xml', idOf(place), 'username')).toBe(username)
    })

    it('is given it', async () => {
      const place = await systemCredential()
      const next = { username: { set: username }, secret: { set: it_.admin.seal(apiToken()) } } as const
      const digest = await digestOf(place, it_.admin)
      const { commit } = staged(await jenkinsConnector.stageReplace(place, digest, next, it_.admin))
      expect(await commit()).toMatchObject({ kind: 'changed' })
      expect(storedField('credentials.xml', idOf(place), 'username')).toBe(username)
    })
  })

  it('with a username that Jenkins neither shows whole nor names is not changed: it could not be put back', async () => {
    const place = await systemCredential({ username: 'żółw' })
    const xml = readFileSync(join(it_.jenkins.home, 'credentials.xml'), 'utf8')
    const element = xml
      .split(/(?=<com\.cloudbees\.plugins\.credentials\.impl)/)
      .find((part) => part.includes(idOf(place)))
    const body = element?.split('</com.')[0]?.replace('<usernameSecret>false', '<usernameSecret>true') ?? ''
    await postXml(
      `/credentials/store/system/domain/_/credential/${idOf(place)}/config.xml`,
      `${body}</com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl>`,
    )
    await expect(replaceSecret(place, it_.admin)).rejects.toMatchObject({
      code: 'R204',
      parts: { state: 'Nothing was changed.' },
    })
    expect(storedField('credentials.xml', idOf(place), 'username')).toBe('żółw')
  })

  it('is posted in ASCII, with a charset, and never redacted', async () => {
    const place = await systemCredential({ description: 'Prüfung' })
    await (await replaceSecret(place, it_.admin)).commit()
    const posts = it_.sent.filter(({ method }) => method === 'POST')
    expect(posts.map(({ headers }) => headers?.['content-type'])).toEqual(['application/xml;charset=UTF-8'])
    const body = String(posts[0]?.body)
    expect(body).toMatch(/^[\t\n\r -~]*$/)
    expect(body).toContain('Pr&#xfc;fung')
    expect(body).not.toContain('secret-redacted')
  })

  it('is given back its exact ciphertext by rollback', async () => {
    const place = await systemCredential()
    const before = storedField('credentials.xml', idOf(place), 'password')
    const old = await digestOf(place, it_.admin)
    const { backup, commit } = await replaceSecret(place, it_.admin)
    await commit()
    const now = await digestOf(place, it_.admin)
    const restore = staged(await jenkinsConnector.stageRestore(place, now, backup, it_.admin))
    expect(await restore.commit()).toEqual({ kind: 'changed', now: old })
    expect(storedField('credentials.xml', idOf(place), 'password')).toBe(before)
    expect(storedField('credentials.xml', idOf(place), 'username')).toBe('alice')
  })

  it('can be rolled back twice', async () => {
    const place = await systemCredential()
    const old = await digestOf(place, it_.admin)
    const { backup, commit } = await replaceSecret(place, it_.admin)
    await commit()
    for (const attempt of [1, 2]) {
      const now = await digestOf(place, it_.admin)
      const restore = staged(await jenkinsConnector.stageRestore(place, now, backup, it_.admin))
      expect([attempt, await restore.commit()]).toEqual([attempt, { kind: 'changed', now: old }])
    }
  })

  it('keeps a description that someone edited between change and rollback', async () => {
    const place = await systemCredential({ description: 'Bitbucket' })
    const { backup, commit } = await replaceSecret(place, it_.admin)
    await commit()
    const id = idOf(place)
    const password = storedField('credentials.xml', id, 'password') ?? ''
    await postXml(
      `/credentials/store/system/domain/_/credential/${id}/config.xml`,
      `<com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl><scope>GLOBAL</scope><id>${id}</id><description>edited</description><username>x-bitbucket-api-token-auth</username><password>${password}</password><usernameSecret>false</usernameSecret></com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl>`,
    )
    const now = await digestOf(place, it_.admin)
    await staged(await jenkinsConnector.stageRestore(place, now, backup, it_.admin)).commit()
    expect(storedField('credentials.xml', id, 'description')).toBe('edited')
  })

  it('keeps its secret when only the username changes', async () => {
    const place = await systemCredential()
    const before = storedField('credentials.xml', idOf(place), 'password')
    const next = { username: { set: 'ci@example.org' }, secret: 'keep' } as const
    const digest = await digestOf(place, it_.admin)
    await staged(await jenkinsConnector.stageReplace(place, digest, next, it_.admin)).commit()
    expect(storedField('credentials.xml', idOf(place), 'password')).toBe(before)
    expect(storedField('credentials.xml', idOf(place), 'username')).toBe('ci@example.org')
  })

  it('changed after the plan is a conflict, and nothing is sent', async () => {
    const place = await systemCredential()
    const stale = await digestOf(place, it_.admin)
    await (await replaceSecret(place, it_.admin)).commit()
    it_.sent.length = 0
    const found = await digestOf(place, it_.admin)
    const next = { username: 'keep', secret: { set: it_.admin.seal(apiToken()) } } as const
    expect(await jenkinsConnector.stageReplace(place, stale, next, it_.admin)).toEqual({ kind: 'conflict', found })
    expect(it_.sent.filter(({ method }) => method === 'POST')).toEqual([])
  })

  it('changed between staging and commit is a conflict, and nothing is sent', async () => {
    const place = await systemCredential()
    const first = await replaceSecret(place, it_.admin)
    const second = await replaceSecret(place, it_.admin)
    await second.commit()
    it_.sent.length = 0
    expect(await first.commit()).toEqual({ kind: 'conflict', found: await digestOf(place, it_.admin) })
    expect(it_.sent.filter(({ method }) => method === 'POST')).toEqual([])
  })

  it('whose secret alone changed is a conflict as well', async () => {
    const place = await systemCredential()
    const stale = await digestOf(place, it_.admin)
    const next = { username: 'keep', secret: { set: it_.admin.seal(apiToken()) } } as const
    await staged(await jenkinsConnector.stageReplace(place, stale, next, it_.admin)).commit()
    const found = await digestOf(place, it_.admin)
    expect(found).not.toBe(stale)
    expect(await jenkinsConnector.stageReplace(place, stale, next, it_.admin)).toEqual({ kind: 'conflict', found })
  })

  it('that a controller takes with 200 and does not store is R204', async () => {
    const place = await systemCredential({ username: 'x-bitbucket-api-token-auth' })
    const { commit } = await replaceSecret(
      place,
      altering(it_.admin, () => undefined),
    )
    await expect(commit()).rejects.toMatchObject({
      code: 'R204',
      parts: { because: 'the controller answered 200, but the stored secret did not change' },
    })
  })

  it('that a controller stores with another scope is R204', async () => {
    const place = await systemCredential()
    const context = altering(it_.admin, (body) => body.replace('GLOBAL', 'SYSTEM'))
    await expect((await replaceSecret(place, context)).commit()).rejects.toMatchObject({
      code: 'R204',
      parts: { because: 'the controller answered 200, but its scope is another one' },
    })
  })

  it('in a folder is changed and rolled back through the config.xml of the folder', async () => {
    const place = await folderCredential()
    const before = storedField('jobs/team/config.xml', idOf(place), 'password')
    const { backup, commit } = await replaceSecret(place, it_.admin)
    await commit()
    const now = await digestOf(place, it_.admin)
    expect(storedField('jobs/team/config.xml', idOf(place), 'password')).not.toBe(before)
    await staged(await jenkinsConnector.stageRestore(place, now, backup, it_.admin)).commit()
    expect(storedField('jobs/team/config.xml', idOf(place), 'password')).toBe(before)
  })

  it('of the kind Secret text keeps its kind, and takes no username', async () => {
    await it_.jenkins.addSecretText({ store: 'system', id: 'bb-text', secret: it_.appPassword, description: 'd' })
    const place = placeOf('/credentials/store/system/domain/_/credential/bb-text', 'system/_/bb-text')
    const digest = await digestOf(place, it_.admin)
    const secret = { set: it_.admin.seal(apiToken()) }
    await expect(
      jenkinsConnector.stageReplace(place, digest, { username: { set: 'alice' }, secret }, it_.admin),
    ).rejects.toMatchObject({ code: 'R112' })
    const before = storedField('credentials.xml', 'bb-text', 'secret')
    const { backup, commit } = staged(
      await jenkinsConnector.stageReplace(place, digest, { username: 'keep', secret }, it_.admin),
    )
    await commit()
    expect(storedField('credentials.xml', 'bb-text', 'secret')).not.toBe(before)
    const now = await digestOf(place, it_.admin)
    await staged(await jenkinsConnector.stageRestore(place, now, backup, it_.admin)).commit()
    expect(storedField('credentials.xml', 'bb-text', 'secret')).toBe(before)
  })
})

describe('a login with few permissions', () => {
  it('with View only reads, but its change is R403 naming the permission, and nothing changes', async () => {
    const place = await systemCredential()
    const viewer = it_.loginWith(...READER)
    const before = storedField('credentials.xml', idOf(place), 'password')
    expect(await jenkinsConnector.read(place, viewer)).toMatchObject({ inPart: true })
    const { commit } = await replaceSecret(place, viewer)
    await expect(commit()).rejects.toMatchObject({
      code: 'R403',
      parts: { because: expect.stringContaining('CredentialsProvider.Update') },
    })
    expect(storedField('credentials.xml', idOf(place), 'password')).toBe(before)
  })

  it('with Update but without Configure on the folder changes it, is told that it is shown a part, and cannot restore', async () => {
    const place = await folderCredential()
    const updater = it_.loginWith(...READER, MAY.update)
    expect(await jenkinsConnector.read(place, updater)).toMatchObject({ inPart: true })
    const { commit, backup } = await replaceSecret(place, updater)
    await commit()
    const now = await digestOf(place, updater)
    const posted = (): number => it_.sent.filter(({ method }) => method === 'POST').length
    const before = posted()
    await expect(jenkinsConnector.stageRestore(place, now, backup, updater)).rejects.toMatchObject({ code: 'R313' })
    expect(posted()).toBe(before)
  })

  it('with Configure on the folder is shown the ciphertext by the config.xml of the folder', async () => {
    const place = await folderCredential()
    const configurer = it_.loginWith(...READER, MAY.configure)
    expect(await jenkinsConnector.read(place, configurer)).not.toHaveProperty('inPart')
    const { backup } = await replaceSecret(place, configurer)
    const stored = storedField('jobs/team/config.xml', idOf(place), 'password') ?? 'none'
    expect(Buffer.from(backup).toString('utf8')).toContain(stored)
  })

  it('that is not shown the secret cannot change the username alone', async () => {
    const place = await systemCredential()
    const viewer = it_.loginWith(...READER)
    const digest = await digestOf(place, viewer)
    await expect(
      jenkinsConnector.stageReplace(place, digest, { username: { set: 'bob' }, secret: 'keep' }, viewer),
    ).rejects.toMatchObject({ code: 'R403', parts: { state: 'Nothing was changed.' } })
  })

  it('that signs in with a password fetches a crumb and sends it with its session', async () => {
    const place = await systemCredential()
    it_.jenkins.addUser({ id: 'eve', password: 'eve-password', permissions: [MAY.administer] })
    const context = it_.withLogin('eve', 'eve-password')
    expect(await (await replaceSecret(place, context)).commit()).toMatchObject({ kind: 'changed' })
    const crumbs = it_.sent.filter(({ url }) => url.endsWith('/crumbIssuer/api/json'))
    expect(crumbs).toHaveLength(1)
  })

  it('with an API token never asks for a crumb', async () => {
    const place = await systemCredential()
    await (await replaceSecret(place, it_.admin)).commit()
    expect(it_.sent.filter(({ url }) => url.includes('crumbIssuer'))).toEqual([])
  })
})

describe('the URL of a job', () => {
  const refOf = (fullName: string): PlaceRef =>
    placeOf(
      fullName
        .split('/')
        .map((name) => `/job/${name}`)
        .join(''),
      `job/${fullName}/url`,
    )

  it('loses its user, keeps everything else, and gets it back', async () => {
    const url = 'https://alice@bitbucket.org/acme/shop.git'
    await it_.jenkins.addFreestyleJob({ fullName: 'team/pinned', url, credentialsId: 'bb' })
    const place = refOf('team/pinned')
    const config = (): string => readFileSync(join(it_.jenkins.home, 'jobs/team/jobs/pinned/config.xml'), 'utf8')
    const before = config()
    const digest = await digestOf(place, it_.admin)
    const change = { username: 'remove', secret: 'keep' } as const
    const { commit, backup, to } = staged(await jenkinsConnector.stageReplace(place, digest, change, it_.admin))
    expect(await commit()).toEqual({ kind: 'changed', now: to })
    expect(config()).toBe(before.replace('alice@', ''))
    const restore = staged(
      await jenkinsConnector.stageRestore(place, await digestOf(place, it_.admin), backup, it_.admin),
    )
    expect(await restore.commit()).toEqual({ kind: 'changed', now: digest })
    expect(config()).toBe(before)
  })

  it('changed between staging and commit is a conflict, and is not posted', async () => {
    const url = 'https://alice@bitbucket.org/acme/shop.git'
    await it_.jenkins.addFreestyleJob({ fullName: 'moving', url })
    const place = refOf('moving')
    const change = { username: 'remove', secret: 'keep' } as const
    const digest = await digestOf(place, it_.admin)
    const { commit } = staged(await jenkinsConnector.stageReplace(place, digest, change, it_.admin))
    await it_.jenkins.addFreestyleJob({ fullName: 'moving', url: url.replace('alice', 'bob') })
    expect(await commit()).toEqual({ kind: 'conflict', found: await digestOf(place, it_.admin) })
    expect(it_.sent.filter(({ method }) => method === 'POST')).toEqual([])
  })

  it('is not restored to a job that now has another repository', async () => {
    await it_.jenkins.addFreestyleJob({ fullName: 'moved', url: 'https://bitbucket.org/acme/other.git' })
    const place = refOf('moved')
    const backup = Buffer.from('https://alice@bitbucket.org/acme/shop.git', 'utf8')
    const digest = await digestOf(place, it_.admin)
    await expect(jenkinsConnector.stageRestore(place, digest, backup, it_.admin)).rejects.toMatchObject({
      code: 'R313',
    })
  })

  it('with a secret is a credential of its own', async () => {
    const url = `https://alice:${it_.appPassword}@bitbucket.org/acme/shop.git`
    await it_.jenkins.addFreestyleJob({ fullName: 'inline', url })
    const place = refOf('inline')
    const secret = it_.admin.seal(it_.appPassword)
    expect(await jenkinsConnector.read(place, it_.admin)).toMatchObject({
      kind: 'present',
      credential: { username: 'alice', secret },
      place: {
        username: { text: 'alice', encoding: 'percent' },
        secret: { kind: 'app-password', encoding: 'percent', value: secret },
      },
    })
  })

  it('is not posted by a login that lacks Configure', async () => {
    const url = 'https://alice@bitbucket.org/acme/shop.git'
    await it_.jenkins.addFreestyleJob({ fullName: 'readonly', url, credentialsId: 'bb' })
    const reader = it_.loginWith(...READER)
    const place = refOf('readonly')
    const digest = await digestOf(place, reader)
    const change = { username: 'remove', secret: 'keep' } as const
    const { commit } = staged(await jenkinsConnector.stageReplace(place, digest, change, reader))
    await expect(commit()).rejects.toMatchObject({
      code: 'R403',
      parts: { because: expect.stringContaining('hudson.model.Item.Configure') },
    })
  })
})

describe('a place of another controller', () => {
  it('is refused before anything is sent', async () => {
    const place = placeOf('', 'system/_/bb')
    const elsewhere = { ...place, at: { kind: 'url', url: 'https://evil.example/credentials' } } as const
    await expect(jenkinsConnector.read(elsewhere, it_.admin)).rejects.toMatchObject({ code: 'R112' })
    expect(it_.sent).toEqual([])
  })
})

/** A controller behind something that changes what is posted; `undefined`: it answers 200 and does nothing. */
function altering(context: Context, alter: (body: string) => string | undefined): Context {
  const { http } = context.system
  const send: typeof http.send = async (request) => {
    if (request.method !== 'POST') return http.send(request)
    const body = alter(String(request.body))
    return body === undefined ? { status: 200, headers: {}, body: new Uint8Array() } : http.send({ ...request, body })
  }
  return { ...context, system: { ...context.system, http: { send } } }
}

async function postXml(path: string, body: string): Promise<void> {
  const login = it_.admin.logins[0]
  const pair = Buffer.from(`${login?.user}:${login?.apiToken.reveal()}`).toString('base64')
  const reply = await fetch(it_.jenkins.url + path, {
    method: 'POST',
    headers: { authorization: `Basic ${pair}`, 'content-type': 'application/xml;charset=UTF-8' },
    body,
  })
  expect(reply.status).toBe(200)
}
