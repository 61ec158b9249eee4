import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Detection } from '../../model/place.ts'
import type { Context } from '../../model/ports.ts'
import { jenkinsConnector } from './connect.ts'
import { type ControllerForTests, contextFor, controllerForTests, MAY, READER } from './fixtures/controller.ts'
import { demandsOf } from './list.ts'

let it_: ControllerForTests

beforeAll(async () => {
  it_ = await controllerForTests()
  const { jenkins, appPassword: secret } = it_
  await jenkins.addFolder('team')
  await jenkins.addCredential({ store: 'system', id: 'bb', username: 'alice', secret })
  await jenkins.addCredential({ store: { folder: 'team' }, id: 'bb', username: 'ci-bot', secret })
  await jenkins.addCredential({ store: 'system', id: 'github', username: 'alice', secret: 'something else' })
  await jenkins.addCredential({ store: 'system', id: 'words', username: 'x', secret, description: 'for Bitbucket' })
  await jenkins.addSecretText({ store: { folder: 'team' }, id: 'access', secret })
  const url = 'https://bitbucket.org/acme/shop.git'
  await jenkins.addFreestyleJob({ fullName: 'web', url, credentialsId: 'bb' })
  await jenkins.addPipelineJob({ fullName: 'team/app', url: url.replace('//', '//alice@'), credentialsId: 'bb' })
  await jenkins.addFreestyleJob({ fullName: 'other', url: 'https://github.com/a/b.git', credentialsId: 'github' })
  await jenkins.addMultibranchJob({
    fullName: 'team/mb',
    repoOwner: 'acme',
    repository: 'api',
    credentialsId: 'access',
  })
  await jenkins.addFreestyleJob({ fullName: 'a/b/c/d/e/f/deep', url, credentialsId: 'bb' })
})
afterAll(() => it_.end())

async function list(context: Context): Promise<Detection> {
  const detection = await jenkinsConnector.list?.(context)
  if (detection === undefined) throw new Error('this connector cannot list')
  return detection
}

/** The place that names the credential of an item. */
const rewired = (item: string, group: string): unknown => ({
  id: expect.any(String),
  consumer: 'jenkins',
  at: { kind: 'url', url: `${it_.jenkins.url}/job/${item.replaceAll('/', '/job/')}` },
  address: `job/${item}/credentials/${group}`,
})

const summary = ({ places }: Detection): readonly string[] =>
  places
    .map(({ address, username, secret }) => `${address} ${username?.text ?? '-'} ${secret?.encoding ?? 'no secret'}`)
    .sort()

describe('listing a controller', () => {
  it('finds the credentials that Bitbucket jobs name or whose words name Bitbucket, and pinned users', async () => {
    expect(summary(await list(it_.admin))).toEqual([
      'folder/team/_/access - opaque',
      'folder/team/_/bb ci-bot opaque',
      'job/team/app/url alice no secret',
      'system/_/bb alice opaque',
      'system/_/words x opaque',
    ])
  })

  it('names the page of the credential, and leaves the kind of secret open', async () => {
    const { places } = await list(it_.admin)
    expect(places.find(({ address }) => address === 'folder/team/_/bb')).toEqual({
      id: expect.any(String),
      consumer: 'jenkins',
      at: { kind: 'url', url: `${it_.jenkins.url}/job/team/credentials/store/folder/domain/_/credential/bb` },
      address: 'folder/team/_/bb',
      host: 'bitbucket.org',
      username: { text: 'ci-bot', encoding: 'opaque' },
      secret: { kind: 'unknown', encoding: 'opaque' },
      uses: [],
    })
  })

  it('tells what each job demands of which id, seven folders down as well', async () => {
    const { demands } = await list(it_.admin)
    const shop = { workspace: 'acme', slug: 'shop' }
    const api = { workspace: 'acme', slug: 'api' }
    const git = (item: string) => ({
      operation: 'git-fetch',
      repository: shop,
      by: `job ${item}`,
      reference: rewired(item, 'git'),
      of: { kind: 'jenkins', credentialId: 'bb', item },
    })
    const source = (operation: string) => ({
      operation,
      repository: api,
      by: 'job team/mb (Branch Source)',
      reference: rewired('team/mb', 'branch-source'),
      of: { kind: 'jenkins', credentialId: 'access', item: 'team/mb' },
    })
    expect(demands).toHaveLength(5)
    expect(demands).toEqual(
      expect.arrayContaining([
        git('web'),
        git('team/app'),
        git('a/b/c/d/e/f/deep'),
        source('rest'),
        source('git-fetch'),
      ]),
    )
  })

  it('tells of an organization folder, which names no repository, the workspace that it scans', () => {
    const told = { kind: 'branch source', workspace: 'acme', credentialsId: 'bb' } as const
    const demands = demandsOf({ fullName: 'org', isFolder: true, isMultibranch: false }, told, undefined)
    expect(demands.map(({ operation, workspace }) => [operation, workspace])).toEqual([
      ['rest', 'acme'],
      ['git-fetch', 'acme'],
    ])
  })

  it('writes full names in demands as in addresses, and says when no credential is selected', async () => {
    await it_.jenkins.addFreestyleJob({ fullName: 'My Team/app', url: 'https://bob@bitbucket.org/acme/shop.git' })
    await it_.jenkins.addCredential({
      store: { folder: 'My Team' },
      id: 'bb',
      username: 'carol',
      secret: it_.appPassword,
    })
    const url = 'https://bitbucket.org/acme/shop.git'
    await it_.jenkins.addFreestyleJob({ fullName: 'My Team/web', url, credentialsId: 'bb' })
    const { demands, places } = await list(it_.admin)
    const ofTeam = demands.filter(({ by }) => by.startsWith('job My Team/'))
    expect(ofTeam.map(({ by, of }) => [by, of])).toEqual([
      ['job My Team/app', { kind: 'host', host: 'bitbucket.org', username: 'bob' }],
      ['job My Team/web', { kind: 'jenkins', credentialId: 'bb', item: 'My%20Team/web' }],
    ])
    expect(places.map(({ address }) => address)).toEqual(
      expect.arrayContaining(['folder/My%20Team/_/bb', 'job/My%20Team/app/url']),
    )
    const place = places.find(({ address }) => address === 'folder/My%20Team/_/bb')
    expect(place && (await jenkinsConnector.read(place, it_.admin))).toMatchObject({ kind: 'present' })
  })

  it('has nothing unread for an administrator', async () => {
    expect((await list(it_.admin)).unread).toEqual([])
  })

  it('lists the stores that are not shown, and still finds the demands and pinned users', async () => {
    const detection = await list(it_.loginWith(MAY.overallRead, MAY.itemRead, MAY.extendedRead))
    expect(summary(detection)).toEqual(['job/My%20Team/app/url bob no secret', 'job/team/app/url alice no secret'])
    expect(detection.demands).toEqual((await list(it_.admin)).demands)
    expect(detection.unread).toContainEqual({
      reason: 'forbidden',
      detail: expect.stringMatching(/store\/system: HTTP 404.*CredentialsProvider\.View/),
    })
  })

  it('lists the jobs whose configuration is not shown, and finds credentials by their words and by freestyle jobs', async () => {
    const detection = await list(it_.loginWith(MAY.overallRead, MAY.itemRead, MAY.view))
    expect(summary(detection)).toEqual([
      'folder/My%20Team/_/bb carol opaque',
      'system/_/bb alice opaque',
      'system/_/words x opaque',
    ])
    expect(detection.unread).toContainEqual({
      reason: 'forbidden',
      detail: expect.stringMatching(/job\/team\/job\/app\/config\.xml: HTTP 403.*hudson\.model\.Item\.ExtendedRead/),
    })
    expect(detection.unread.map(({ detail }) => detail)).not.toContainEqual(expect.stringMatching(/job\/web\//))
  })

  it('lists one credential that is refused, and finds the others', async () => {
    const path = '/credentials/store/system/domain/_/credential/bb/config.xml'
    it_.jenkins.injectFault({ path, status: 500, times: 1 })
    const detection = await list(it_.loginWith(...READER))
    expect(summary(detection)).not.toContain('system/_/bb alice opaque')
    expect(summary(detection)).toContain('folder/team/_/bb ci-bot opaque')
    expect(detection.unread).toEqual([{ reason: 'malformed', detail: `${it_.jenkins.url}${path}: HTTP 500` }])
  })

  it('fails when the only controller refuses the login', async () => {
    await expect(list(it_.withLogin('admin', 'wrong'))).rejects.toMatchObject({ code: 'R402' })
  })

  it('keeps what one controller shows when another cannot be reached', async () => {
    const gone = contextFor(it_.admin.system, 'http://127.0.0.1:9', 'a', 'b').logins
    const detection = await list({ ...it_.admin, logins: [...gone, ...it_.admin.logins] })
    expect(summary(detection)).toEqual(summary(await list(it_.admin)))
    expect(detection.unread).toEqual([
      { reason: 'unreadable', detail: 'http://127.0.0.1:9/api/json: the connection was refused' },
    ])
  })
})
