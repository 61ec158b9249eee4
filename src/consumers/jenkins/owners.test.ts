import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Place, PlaceRef } from '../../model/place.ts'
import type { Context } from '../../model/ports.ts'
import { jenkinsConnector } from './connect.ts'
import { newMemory } from './controller-memory.ts'
import { examineJob } from './examine.ts'
import { apiToken, type ControllerForTests, controllerForTests, MAY } from './fixtures/controller.ts'

let it_: ControllerForTests

beforeAll(async () => {
  it_ = await controllerForTests({ 'configuration-as-code': '2117' })
  const { jenkins, appPassword: secret } = it_
  await jenkins.addCredential({ store: 'system', id: 'bitbucket', username: 'alice', secret })
  await jenkins.addFolder('team')
  await jenkins.addCredential({ store: { folder: 'team' }, id: 'bitbucket', username: 'alice', secret })
  jenkins.addUser({ id: 'carol', password: 'carol-password', permissions: [MAY.administer] })
  await jenkins.addCredential({ store: { user: 'carol' }, id: 'bitbucket-cloud', username: 'carol', secret })
})
afterAll(() => it_.end())

async function listed(address: string, context: Context): Promise<Place | undefined> {
  return (await jenkinsConnector.list(context)).places.find((place) => place.address === address)
}

describe('a credential that Configuration as Code may hold', () => {
  it('of the system says so, and that it takes a change until then', async () => {
    expect((await listed('system/_/bitbucket', it_.admin))?.ownedBy).toEqual({
      name: 'Configuration as Code',
      wayOut: 'Change the credential in the YAML too, and where the YAML takes its variables from.',
      takesChanges: true,
    })
  })

  it('is never one of a folder', async () => {
    const place = await listed('folder/team/_/bitbucket', it_.admin)
    expect(place).toBeDefined()
    expect(place?.ownedBy).toBeUndefined()
  })

  it('is not told of to a login that may not see the export, and hides nothing', async () => {
    const login = it_.loginWith(MAY.overallRead, MAY.itemRead, MAY.extendedRead, MAY.view)
    const { places, unread } = await jenkinsConnector.list(login)
    expect(places.find(({ address }) => address === 'system/_/bitbucket')?.ownedBy).toBeUndefined()
    expect(unread).toEqual([])
  })
})

describe('an export of Configuration as Code that is not shown, though its page is', () => {
  const withoutExport = (context: Context): Context => {
    const { http } = context.system
    const send: typeof http.send = async (request) =>
      request.url.endsWith('/configuration-as-code/export')
        ? { status: 403, headers: { 'x-jenkins': '2.578' }, body: Buffer.from('Access Denied') }
        : http.send(request)
    return { ...context, system: { ...context.system, http: { send } } }
  }

  it('is told of by a listing', async () => {
    const { unread } = await jenkinsConnector.list(withoutExport(it_.admin))
    expect(unread).toMatchObject([
      { reason: 'forbidden', detail: expect.stringContaining('/configuration-as-code/export') },
    ])
  })

  it('is told to whoever asks, also when another asked first', async () => {
    const [login] = it_.admin.logins
    if (login === undefined) throw new Error('no login')
    const memory = newMemory()
    const url = 'https://bitbucket.org/acme/shop.git'
    for (const fullName of ['one', 'two']) {
      await it_.jenkins.addFreestyleJob({ fullName, url, credentialsId: 'bitbucket' })
      const { gaps } = await examineJob(login, fullName, withoutExport(it_.admin), memory)
      expect(gaps).toContainEqual(expect.stringContaining('/configuration-as-code/export'))
    }
  })
})

describe('a credential of a user', () => {
  const ADDRESS = 'user/carol/_/bitbucket-cloud'

  it('is listed, changed and put back by that user', async () => {
    const carol = it_.withLogin('carol', 'carol-password')
    const place = await listed(ADDRESS, carol)
    if (place === undefined) throw new Error('it was not listed')
    const before = await jenkinsConnector.read(place, carol)
    if (before.kind === 'absent') throw new Error('it is absent')
    const next = { username: { set: 'x-bitbucket-api-token-auth' }, secret: { set: carol.seal(apiToken()) } } as const
    const staged = await jenkinsConnector.stageReplace(place, before.digest, next, carol)
    if (staged.kind === 'conflict') throw new Error('unexpected conflict')
    const changed = await staged.commit()
    if (changed.kind === 'conflict' || changed.now === 'absent') throw new Error('it was not changed')
    const undo = await jenkinsConnector.stageRestore(place, changed.now, staged.backup, carol)
    if (undo.kind === 'conflict') throw new Error('unexpected conflict')
    expect(await undo.commit()).toEqual({ kind: 'changed', now: before.digest })
  })

  it('is shown to nobody else, an administrator included', async () => {
    expect(await listed(ADDRESS, it_.admin)).toBeUndefined()
    const url = `${it_.jenkins.url}/user/carol/credentials/store/user/domain/_/credential/bitbucket-cloud`
    const place: PlaceRef = { id: 'p', consumer: 'jenkins', at: { kind: 'url', url }, address: ADDRESS }
    await expect(jenkinsConnector.read(place, it_.admin)).rejects.toMatchObject({ code: 'R403' })
  })
})

describe('a store that a plugin fills from elsewhere', () => {
  const STORE = '/credentials/store/kubernetes'
  const CLASS = 'com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl'
  const pages: Readonly<Record<string, string>> = {
    '/credentials/api/json': '{"stores":{"system":{"_class":"a"},"kubernetes":{"_class":"b"}}}',
    [`${STORE}/api/json`]: '{"domains":{"_":{"global":true,"credentials":[{"id":"bitbucket-k8s"}]}}}',
    [`${STORE}/domain/_/credential/bitbucket-k8s/config.xml`]: `<${CLASS}><scope>GLOBAL</scope><id>bitbucket-k8s</id><username>alice</username><password><secret-redacted/></password></${CLASS}>`,
  }

  function withStore(context: Context): Context {
    const { http } = context.system
    const send: typeof http.send = async (request) => {
      const page = pages[new URL(request.url).pathname]
      if (page === undefined) return http.send(request)
      return { status: 200, headers: { 'x-jenkins': '2.578' }, body: Buffer.from(page) }
    }
    return { ...context, system: { ...context.system, http: { send } } }
  }

  it('is listed with where the change belongs', async () => {
    expect(await listed('provider/kubernetes/_/bitbucket-k8s', withStore(it_.admin))).toMatchObject({
      username: { text: 'alice' },
      ownedBy: {
        name: 'the credential store "kubernetes"',
        wayOut: 'Change the Secret in the cluster that the Kubernetes credentials provider reads.',
        takesChanges: false,
      },
    })
  })

  it('takes no change, and nothing is sent', async () => {
    const context = withStore(it_.admin)
    const place = await listed('provider/kubernetes/_/bitbucket-k8s', context)
    if (place === undefined) throw new Error('it was not listed')
    it_.sent.length = 0
    const next = { username: 'keep', secret: { set: context.seal(apiToken()) } } as const
    await expect(jenkinsConnector.stageReplace(place, 'hmac:0', next, context)).rejects.toMatchObject({
      code: 'R112',
      parts: { next: ['Change the Secret in the cluster that the Kubernetes credentials provider reads.'] },
    })
    expect(it_.sent).toEqual([])
  })
})
