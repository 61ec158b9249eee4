import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JenkinsFindings } from '../../model/jenkins-findings.ts'
import type { Context } from '../../model/ports.ts'
import { consoleWords } from './console-words.ts'
import { examineCredential, examineJob } from './examine.ts'
import { type ControllerForTests, controllerForTests, MAY, READER } from './fixtures/controller.ts'

let it_: ControllerForTests
const url = 'https://bitbucket.org/acme/shop.git'

beforeAll(async () => {
  it_ = await controllerForTests()
  const { jenkins, good, appPassword } = it_
  await jenkins.addFolder('team')
  await jenkins.addCredential({ store: 'system', id: 'bb', ...good })
  await jenkins.addCredential({ store: { folder: 'team' }, id: 'bb', username: 'alice', secret: appPassword })
  await jenkins.addCredential({ store: 'system', id: 'agents', ...good, scope: 'SYSTEM' })
  await jenkins.addFreestyleJob({ fullName: 'web', url, credentialsId: 'bb' })
  await jenkins.addFreestyleJob({ fullName: 'team/app', url, credentialsId: 'bb' })
  await jenkins.addFreestyleJob({ fullName: 'missing', url, credentialsId: 'no-such-id' })
  await jenkins.addFreestyleJob({ fullName: 'hidden', url, credentialsId: 'agents' })
  await jenkins.addFreestyleJob({ fullName: 'none', url })
  await jenkins.addFreestyleJob({ fullName: 'pinned', url: url.replace('//', '//alice@'), credentialsId: 'bb' })
  await jenkins.addMultibranchJob({ fullName: 'team/mb', repoOwner: 'acme', repository: 'shop', credentialsId: 'bb' })
})
afterAll(() => it_.end())

function loginOf(context: Context) {
  const login = context.logins[0]
  if (login === undefined) throw new Error('no login')
  return login
}

const examine = (item: string, context: Context = it_.admin): Promise<JenkinsFindings> =>
  examineJob(loginOf(context), item, context)

describe('examining a job', () => {
  it('tells everything that the controller shows', async () => {
    await it_.jenkins.build('web')
    const findings = await examine('web')
    expect(findings).toEqual({
      controller: it_.jenkins.url,
      version: expect.stringMatching(/^\d+\.\d+/),
      item: 'web',
      itemKind: 'job',
      url,
      urlHasSecret: false,
      credentialId: 'bb',
      resolution: {
        kind: 'found',
        store: 'system',
        typeName: 'Username with password',
        username: it_.good.username,
        shadows: [],
      },
      lastBuild: {
        number: 1,
        result: expect.any(String),
        text: expect.stringContaining('using credential bb'),
        minutesAgo: 0,
      },
      checkUrl: {
        without: { kind: 'failed', words: expect.stringContaining('Failed to connect to repository') },
        with: { kind: 'connected' },
      },
      storedSecret: { shortest: 192, longest: 207 },
      plugins: expect.objectContaining({ git: expect.any(String) }),
      gaps: [],
    })
  })

  it('finds the nearest credential, and the farther one that it hides', async () => {
    const findings = await examine('team/app')
    expect(findings.resolution).toEqual({
      kind: 'found',
      store: 'folder team',
      typeName: 'Username with password',
      username: 'alice',
      shadows: ['system'],
    })
    expect(findings.checkUrl?.with).toEqual({ kind: 'failed', words: expect.stringContaining('410') })
  })

  it('lists what the job is given when the id is not there: nothing of SYSTEM scope, for another host, or of another kind', async () => {
    const { jenkins, good, appPassword } = it_
    const specifications = { hostnames: 'git.example.org' }
    await jenkins.addCredential({ store: 'system', domain: 'Elsewhere', specifications, id: 'no-such-ids', ...good })
    await jenkins.addSecretText({ store: 'system', id: 'no-such-text', secret: appPassword })
    const { resolution, gaps } = await examine('missing')
    expect(resolution).toEqual({ kind: 'not found', known: ['system: bb'] })
    expect(gaps).toEqual([])
  })

  it.each([
    ['bitbucket.org', 'found'],
    ['*.example.org, BitBucket.*', 'found'],
    ['api.bitbucket.org', 'not found'],
  ])('takes a credential of a domain for the hosts %s: %s', async (includes, kind) => {
    const id = `domain-${kind}-${includes.length}`
    await createDomain(id, includes)
    await it_.jenkins.addCredential({ store: 'system', domain: id, id, ...it_.good })
    await it_.jenkins.addFreestyleJob({ fullName: id, url, credentialsId: id })
    expect((await examine(id)).resolution).toMatchObject({ kind })
  })

  it('does not take a credential of SYSTEM scope for a job', async () => {
    expect((await examine('hidden')).resolution).toMatchObject({ kind: 'not found' })
  })

  it('says that no credential is selected', async () => {
    const { resolution, checkUrl } = await examine('none')
    expect(resolution).toEqual({ kind: 'none selected' })
    expect(checkUrl).toEqual({ without: expect.objectContaining({ kind: 'failed' }), with: { kind: 'not asked' } })
  })

  it('names the user that the URL pins', async () => {
    expect(await examine('pinned')).toMatchObject({ url, urlUsername: 'alice', urlHasSecret: false })
  })

  it('reads a Branch Source', async () => {
    expect(await examine('team/mb')).toMatchObject({ url, resolution: { kind: 'found', store: 'folder team' } })
  })

  it('says what a login is not shown, and keeps the rest', async () => {
    const findings = await examine('web', it_.loginWith(MAY.overallRead, MAY.itemRead, MAY.extendedRead))
    expect(findings.url).toBe(url)
    expect(findings.resolution).toEqual({
      kind: 'unknown',
      because: 'the credentials of system are not shown to this login',
    })
    expect(findings.plugins).toEqual({})
    expect(findings.gaps).toEqual([
      expect.stringMatching(/pluginManager\/api\/json: HTTP 403.*hudson\.model\.Hudson\.SystemRead/),
      expect.stringMatching(/store\/system: HTTP 404.*CredentialsProvider\.View/),
    ])
  })

  it('does not call a credential found when a nearer store is not shown', async () => {
    it_.jenkins.injectFault({ path: '/job/team/credentials/store/folder/api/json', status: 403, times: 1 })
    expect((await examine('team/app')).resolution).toEqual({
      kind: 'unknown',
      because:
        'the credentials of folder team are not shown to this login; system has one with this id, if nothing nearer does',
    })
  })

  it('says when the configuration is not shown', async () => {
    const { resolution, gaps } = await examine('web', it_.loginWith(MAY.overallRead, MAY.itemRead, MAY.view))
    expect(resolution).toEqual({ kind: 'unknown', because: 'the configuration of the job could not be read' })
    expect(gaps).toContainEqual(expect.stringMatching(/job\/web\/config\.xml: HTTP 403.*Item\.ExtendedRead/))
  })

  it('says when there is no such job', async () => {
    expect((await examine('nothing')).gaps).toContainEqual(expect.stringContaining('no such job'))
  })
})

describe('examining a credential', () => {
  it('takes the first job that names it, and tells of the others', async () => {
    const findings = await examineCredential(loginOf(it_.admin), 'bb', undefined, it_.admin)
    expect(findings).toMatchObject({ credentialId: 'bb', item: expect.any(String), url })
    expect(findings.gaps).toEqual([expect.stringMatching(/not examined, but naming it too: /)])
  })

  it('without a job looks in the system store', async () => {
    const findings = await examineCredential(loginOf(it_.admin), 'unused', undefined, it_.admin)
    expect(findings.resolution).toMatchObject({ kind: 'not found' })
    expect(findings.item).toBeUndefined()
  })

  it('is seen from the job that is given', async () => {
    const findings = await examineCredential(loginOf(it_.loginWith(...READER)), 'bb', 'team/app', it_.admin)
    expect(findings).toMatchObject({ item: 'team/app', resolution: { kind: 'found', store: 'folder team' } })
  })
})

describe('the text of a build', () => {
  it('has no console notes, colours, control characters or passwords of URLs', () => {
    const log =
      'Started \u001b[8mha:////4AbcDEF==\u001b[0mby\u0007 \u001b[31mred\u001b[0m\r\n > git fetch https://alice:word@bitbucket.org/a/b\n'
    expect(consoleWords(log)).toBe('Started by red\n > git fetch https://alice:…@bitbucket.org/a/b\n')
  })
})

async function createDomain(name: string, includes: string): Promise<void> {
  const domain = 'com.cloudbees.plugins.credentials.domains.Domain'
  const specification = 'com.cloudbees.plugins.credentials.domains.HostnameSpecification'
  const { user, apiToken } = loginOf(it_.admin)
  const reply = await fetch(`${it_.jenkins.url}/credentials/store/system/createDomain`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${user}:${apiToken.reveal()}`).toString('base64')}`,
      'content-type': 'application/xml;charset=UTF-8',
    },
    body: `<${domain}><name>${name}</name><specifications><${specification}><includes>${includes}</includes></${specification}></specifications></${domain}>`,
  })
  expect(reply.status).toBe(200)
}
