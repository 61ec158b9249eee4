import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Conflict, Staged } from '../../model/consumer.ts'
import type { PlaceRef } from '../../model/place.ts'
import type { Digest } from '../../model/plan.ts'
import { type Context, NetworkError } from '../../model/ports.ts'
import { authorization, jenkinsConnector } from './connect.ts'
import { type ControllerForTests, controllerForTests, READER } from './fixtures/controller.ts'
import { referenceElements } from './reference-elements.ts'
import { readXml } from './xml-document.ts'

let it_: ControllerForTests

beforeAll(async () => {
  it_ = await controllerForTests()
})
afterAll(() => it_.end())
beforeEach(() => {
  it_.sent.length = 0
})

const URL_OF_SHOP = 'https://bitbucket.org/acme/shop.git'
const SPLIT = { from: 'x', to: 'x-git' }

function placeOf(item: string, group: 'git' | 'branch-source' = 'git'): PlaceRef {
  const url = `${it_.jenkins.url}/job/${item.replaceAll('/', '/job/')}`
  return { id: item, consumer: 'jenkins', at: { kind: 'url', url }, address: `job/${item}/credentials/${group}` }
}

function staged(outcome: Staged | Conflict): Staged {
  if (outcome.kind === 'conflict') throw new Error('unexpected conflict')
  return outcome
}

async function digestOf(place: PlaceRef, context = it_.admin): Promise<Digest> {
  const state = await jenkinsConnector.read(place, context)
  if (state.kind === 'absent') throw new Error('the place is absent')
  return state.digest
}

async function rewire(place: PlaceRef, reference = SPLIT, context: Context = it_.admin): Promise<Staged> {
  const next = { username: 'keep', secret: 'keep', reference } as const
  return staged(await jenkinsConnector.stageReplace(place, await digestOf(place), next, context))
}

const configOf = (item: string): string =>
  readFileSync(join(it_.jenkins.home, 'jobs', item.replaceAll('/', '/jobs/'), 'config.xml'), 'utf8')

/** As a person saves the configuration. */
async function postConfig(item: string, xml: string): Promise<void> {
  const [login] = it_.admin.logins
  if (login === undefined) throw new Error('no login')
  const { http } = it_.admin.system
  await http.send({
    method: 'POST',
    url: `${it_.jenkins.url}/job/${item}/config.xml`,
    headers: { authorization: authorization(login), 'content-type': 'application/xml;charset=UTF-8' },
    body: xml,
  })
}

const posts = (): number => it_.sent.filter(({ method }) => method === 'POST').length

const BY_THEN = 'It was read again, and nothing was changed by then; the controller may still act on this request.'

describe('a job that names a credential', () => {
  it('names another one, keeps everything else, and gets the first one back', async () => {
    await it_.jenkins.addFreestyleJob({ fullName: 'team/shop', url: URL_OF_SHOP, credentialsId: 'x' })
    const place = placeOf('team/shop')
    const [before, digest] = [configOf('team/shop'), await digestOf(place)]
    const { to, backup, commit } = await rewire(place)
    expect(await commit()).toEqual({ kind: 'changed', now: to })
    expect(configOf('team/shop')).toBe(
      before.replace('<credentialsId>x</credentialsId>', '<credentialsId>x-git</credentialsId>'),
    )
    const undo = staged(await jenkinsConnector.stageRestore(place, await digestOf(place), backup, it_.admin))
    expect(await undo.commit()).toEqual({ kind: 'changed', now: digest })
    expect(configOf('team/shop')).toBe(before)
  })

  it('as a Pipeline from SCM and as a multibranch project of plain git does so too', async () => {
    await it_.jenkins.addPipelineJob({ fullName: 'pipeline', url: URL_OF_SHOP, credentialsId: 'x' })
    await it_.jenkins.addGitMultibranchJob({ fullName: 'branches', remote: URL_OF_SHOP, credentialsId: 'x' })
    for (const item of ['pipeline', 'branches']) {
      await (await rewire(placeOf(item))).commit()
      expect(configOf(item)).toContain('<credentialsId>x-git</credentialsId>')
    }
  })

  it('by a Branch Source is another place than by plain git', async () => {
    await it_.jenkins.addMultibranchJob({
      fullName: 'source',
      repoOwner: 'acme',
      repository: 'shop',
      credentialsId: 'x',
    })
    expect(await jenkinsConnector.read(placeOf('source'), it_.admin)).toEqual({ kind: 'absent' })
    await (await rewire(placeOf('source', 'branch-source'), { from: 'x', to: 'x-mail' })).commit()
    expect(configOf('source')).toContain('<credentialsId>x-mail</credentialsId>')
  })

  it('is a conflict when it names another one by now, and nothing is sent', async () => {
    await it_.jenkins.addFreestyleJob({ fullName: 'moving', url: URL_OF_SHOP, credentialsId: 'x' })
    const place = placeOf('moving')
    const { commit } = await rewire(place)
    await it_.jenkins.addFreestyleJob({ fullName: 'moving', url: URL_OF_SHOP, credentialsId: 'y' })
    const found = await digestOf(place)
    expect(await commit()).toEqual({ kind: 'conflict', found })
    expect(posts()).toBe(0)
  })

  it('that nothing there names is R204 and no conflict: nobody changed anything since', async () => {
    await it_.jenkins.addFreestyleJob({ fullName: 'other', url: URL_OF_SHOP, credentialsId: 'y' })
    await expect(rewire(placeOf('other'))).rejects.toMatchObject({
      code: 'R204',
      parts: { because: 'nothing here names the credential "x"', state: 'Nothing was changed.' },
    })
    expect(posts()).toBe(0)
  })

  it('keeps other settings that change between staging and committing', async () => {
    await it_.jenkins.addFreestyleJob({ fullName: 'edited', url: URL_OF_SHOP, credentialsId: 'x' })
    const { commit } = await rewire(placeOf('edited'))
    await it_.jenkins.addFreestyleJob({ fullName: 'edited', url: `${URL_OF_SHOP}#`, credentialsId: 'x' })
    expect(await commit()).toMatchObject({ kind: 'changed' })
    expect(configOf('edited')).toContain('shop.git#</url>')
  })

  it('keeps the credential of a remote of another host, and has it back no less', async () => {
    await it_.jenkins.addFreestyleJob({ fullName: 'mirror', url: URL_OF_SHOP, credentialsId: 'x' })
    const own = /<hudson\.plugins\.git\.UserRemoteConfig>[\s\S]*<\/hudson\.plugins\.git\.UserRemoteConfig>/
    const other = own.exec(configOf('mirror'))?.[0].replace(URL_OF_SHOP, 'https://git.example.org/acme/shop.git') ?? ''
    await postConfig(
      'mirror',
      configOf('mirror').replace(own, (mine) => other + mine),
    )
    const before = configOf('mirror')
    const place = placeOf('mirror')
    const { backup, commit } = await rewire(place)
    await commit()
    const ids = [...configOf('mirror').matchAll(/<credentialsId>(.*?)</g)].map(([, id]) => id)
    expect(ids).toEqual(['x', 'x-git'])
    await staged(await jenkinsConnector.stageRestore(place, await digestOf(place), backup, it_.admin)).commit()
    expect(configOf('mirror')).toBe(before)
  })

  it('takes no username and no secret', async () => {
    await it_.jenkins.addFreestyleJob({ fullName: 'plain', url: URL_OF_SHOP, credentialsId: 'x' })
    const next = { username: 'remove', secret: 'keep' } as const
    const place = placeOf('plain')
    await expect(jenkinsConnector.stageReplace(place, await digestOf(place), next, it_.admin)).rejects.toMatchObject({
      code: 'R112',
    })
  })

  it('is not restored when it has another number of remotes by now', async () => {
    await it_.jenkins.addFreestyleJob({ fullName: 'fewer', url: URL_OF_SHOP, credentialsId: 'x' })
    const place = placeOf('fewer')
    await expect(
      jenkinsConnector.stageRestore(place, await digestOf(place), Buffer.from('<project/>'), it_.admin),
    ).rejects.toMatchObject({ code: 'R313' })
  })

  it.each([
    ['before', 'rejected'],
    ['after', 'changed'],
  ])('when the connection breaks %s the controller acted, is read again: %s', async (when, outcome) => {
    await it_.jenkins.addFreestyleJob({ fullName: when, url: URL_OF_SHOP, credentialsId: 'x' })
    const { commit } = await rewire(placeOf(when), SPLIT, cutting(it_.admin, when === 'after'))
    const done = await commit().then(
      ({ kind }) => kind,
      ({ code, parts }) => `rejected ${code}: ${parts.state}`,
    )
    expect(done).toBe(outcome === 'changed' ? 'changed' : `rejected R401: ${BY_THEN}`)
    expect(configOf(when).includes('x-git')).toBe(outcome === 'changed')
  })

  it('by a login without Configure is R403, and nothing changes', async () => {
    await it_.jenkins.addFreestyleJob({ fullName: 'readonly', url: URL_OF_SHOP, credentialsId: 'x' })
    const { commit } = await rewire(placeOf('readonly'), SPLIT, it_.loginWith(...READER))
    await expect(commit()).rejects.toMatchObject({
      code: 'R403',
      parts: { because: expect.stringContaining('hudson.model.Item.Configure') },
    })
    expect(configOf('readonly')).not.toContain('x-git')
  })
})

describe('an item that something else writes', () => {
  it('is not rewired when an organization folder makes it; the folder is named', async () => {
    await it_.jenkins.addOrganizationFolder({ fullName: 'org', repoOwner: 'acme', credentialsId: 'x' })
    await it_.jenkins.addMultibranchJob({
      fullName: 'org/shop',
      repoOwner: 'acme',
      repository: 'shop',
      credentialsId: 'x',
    })
    await expect(rewire(placeOf('org/shop', 'branch-source'))).rejects.toMatchObject({
      code: 'R112',
      parts: {
        because: 'the organization folder org writes its configuration, and would put the old one back',
        next: ['Change the credential in the configuration of org, and scan it.'],
      },
    })
    await (await rewire(placeOf('org', 'branch-source'))).commit()
    expect(configOf('org')).toContain('<credentialsId>x-git</credentialsId>')
  })

  it('is not rewired when a seed job of Job DSL makes it', async () => {
    await it_.jenkins.addFreestyleJob({ fullName: 'seeded', url: URL_OF_SHOP, credentialsId: 'x' })
    const page = '<p>\n Seed job:\n <a href="../seed" class="model-link">seed</a></p>'
    const context = showing(it_.admin, '/job/seeded/', page)
    await expect(rewire(placeOf('seeded'), SPLIT, context)).rejects.toMatchObject({
      code: 'R112',
      parts: { because: expect.stringContaining('Job DSL') },
    })
  })

  it('lends its organization folder to the uses that a listing finds', async () => {
    const { demands } = await jenkinsConnector.list(it_.admin)
    const addresses = demands.filter(({ by }) => by.startsWith('job org')).map(({ reference }) => reference?.address)
    expect(new Set(addresses)).toEqual(new Set(['job/org/credentials/branch-source']))
  })
})

describe('a configuration in another encoding, put there by hand,', () => {
  const DESCRIPTION = /<description>.*?<\/description>|<description\/>/s
  const inLatin1 = (): Buffer =>
    Buffer.from(
      configOf('latin')
        .replace(/<\?xml.*?\?>/, "<?xml version='1.0' encoding='ISO-8859-1'?>")
        .replace(DESCRIPTION, '<description>B\u00fcro</description>'),
      'latin1',
    )

  it('keeps its texts when its credential changes', async () => {
    await it_.jenkins.addFreestyleJob({ fullName: 'latin', url: URL_OF_SHOP, credentialsId: 'x' })
    const context = showing(it_.admin, '/job/latin/config.xml', inLatin1())
    await (await rewire(placeOf('latin'), SPLIT, context)).commit().catch(() => undefined)
    expect(configOf('latin')).toContain('<credentialsId>x-git</credentialsId>')
    expect(configOf('latin')).toContain('<description>B\u00fcro</description>')
  })

  it('that it does not name is not read at all: R404', async () => {
    await it_.jenkins.addFreestyleJob({ fullName: 'broken', url: URL_OF_SHOP, credentialsId: 'x' })
    const bytes = Buffer.from(configOf('broken').replace(DESCRIPTION, '<description>B\u00fcro</description>'), 'latin1')
    const context = showing(it_.admin, '/job/broken/config.xml', bytes)
    await expect(jenkinsConnector.read(placeOf('broken'), context)).rejects.toMatchObject({ code: 'R404' })
  })
})

describe('the elements that name a credential', () => {
  const ids = (xml: string, group: 'git' | 'branch-source'): readonly string[] => {
    const config = readXml(xml)
    return config === undefined ? [] : referenceElements(config, group).map(({ text }) => text)
  }
  const bitbucket = 'com.cloudbees.jenkins.plugins.bitbucket.BitbucketSCM'
  const remote = (url: string, id: string): string =>
    `<hudson.plugins.git.UserRemoteConfig><url>${url}</url><credentialsId>${id}</credentialsId></hudson.plugins.git.UserRemoteConfig>`

  it.each([
    [
      'several remotes',
      `<a>${remote(URL_OF_SHOP, 'x')}${remote('https://alice@bitbucket.org/acme/web.git', 'y')}</a>`,
      ['x', 'y'],
      [],
    ],
    [
      'a library of a folder',
      `<a><properties><org.jenkinsci.plugins.workflow.libs.FolderLibraries><libraries><org.jenkinsci.plugins.workflow.libs.LibraryConfiguration><retriever class="org.jenkinsci.plugins.workflow.libs.SCMSourceRetriever"><scm class="jenkins.plugins.git.GitSCMSource"><remote>${URL_OF_SHOP}</remote><credentialsId>x</credentialsId></scm></retriever></org.jenkinsci.plugins.workflow.libs.LibraryConfiguration></libraries></org.jenkinsci.plugins.workflow.libs.FolderLibraries></properties></a>`,
      ['x'],
      [],
    ],
    [
      'a library through Branch Source',
      `<a><scm class="${bitbucket}Source"><credentialsId>x</credentialsId></scm></a>`,
      [],
      ['x'],
    ],
    [
      'an old Branch Source',
      `<a><source class="${bitbucket}Source"><scanCredentialsId>x</scanCredentialsId><checkoutCredentialsId>SAME</checkoutCredentialsId></source></a>`,
      [],
      ['x'],
    ],
    [
      'an organization folder',
      `<a><${bitbucket}Navigator><serverUrl>https://bitbucket.org</serverUrl><credentialsId>x</credentialsId></${bitbucket}Navigator></a>`,
      [],
      ['x'],
    ],
    [
      'a Branch Source of another server',
      `<a><source class="${bitbucket}Source"><serverUrl>https://git.example.org</serverUrl><credentialsId>x</credentialsId></source></a>`,
      [],
      [],
    ],
    [
      'an inline pipeline',
      '<a><definition class="org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition"><script>git credentialsId: \'x\'</script></definition></a>',
      [],
      [],
    ],
    ['a remote without one', `<a>${remote(URL_OF_SHOP, '')}</a>`, [], []],
    [
      'remotes of other hosts under the same id, beside one of Bitbucket',
      `<a>${remote('https://git.example.org/acme/shop.git', 'x')}${remote(URL_OF_SHOP, 'x-own')}${remote('git@bitbucket.org:acme/shop.git', 'x')}<s class="jenkins.plugins.git.GitSCMSource"><remote>https://bitbucket.org.example.org/a/b</remote><credentialsId>x</credentialsId></s></a>`,
      ['x-own'],
      [],
    ],
    [
      'bindings: what a build does with them is not known',
      '<a><jenkins.plugins.git.GitUsernamePasswordBinding><credentialsId>x</credentialsId></jenkins.plugins.git.GitUsernamePasswordBinding></a>',
      [],
      [],
    ],
  ])('of %s', (_what, xml, git, source) => {
    expect([ids(xml, 'git'), ids(xml, 'branch-source')]).toEqual([git, source])
  })
})

/** The first POST breaks; `acts`: only after the controller got it. */
function cutting(context: Context, acts: boolean): Context {
  const { http } = context.system
  const send: typeof http.send = async (request) => {
    if (request.method !== 'POST') return http.send(request)
    if (acts) await http.send(request)
    throw new NetworkError('other', 'the connection was closed')
  }
  return { ...context, system: { ...context.system, http: { send } } }
}

/** A page with other words than the sandbox gives it. */
function showing(context: Context, path: string, body: string | Uint8Array): Context {
  const { http } = context.system
  const send: typeof http.send = async (request) =>
    request.method === 'GET' && request.url.endsWith(path)
      ? { status: 200, headers: { 'x-jenkins': '2.578' }, body: Buffer.from(body) }
      : http.send(request)
  return { ...context, system: { ...context.system, http: { send } } }
}
