import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Answer } from '../../model/answer.ts'
import type { PlaceRef } from '../../model/place.ts'
import type { Context } from '../../model/ports.ts'
import type { Use } from '../../model/use.ts'
import { openController } from './connect.ts'
import { apiToken, type ControllerForTests, controllerForTests, READER } from './fixtures/controller.ts'
import { jenkinsVerifier } from './verify.ts'

let it_: ControllerForTests
const repository = { workspace: 'acme', slug: 'shop' }
const url = 'https://bitbucket.org/acme/shop.git'

beforeAll(async () => {
  it_ = await controllerForTests()
  const add = async (id: string, username: string, secret: string): Promise<void> => {
    await it_.jenkins.addCredential({ store: 'system', id, username, secret })
    await it_.jenkins.addFreestyleJob({ fullName: `job-${id}`, url, credentialsId: id })
  }
  await add('good', it_.good.username, it_.good.secret)
  await add('old', 'alice', it_.appPassword)
  await add('wrong', 'alice', apiToken())
  await add('scopeless', it_.good.username, it_.scopeless)
  await add('email', 'ci@example.org', apiToken())
})
afterAll(() => it_.end())

const place = (id: string): PlaceRef => ({
  id: 'p1',
  consumer: 'jenkins',
  at: { kind: 'url', url: `${it_.jenkins.url}/credentials/store/system/domain/_/credential/${id}` },
  address: `system/_/${id}`,
})

const jobUse = (id: string): Use => ({ operation: 'git-fetch', repository, by: `job job-${id}` })

async function outcome(id: string, use: Use, context: Context = it_.admin): Promise<string> {
  return words(await jenkinsVerifier.verify(place(id), use, context))
}

function words(answer: Answer): string {
  return answer.kind === 'yes' ? 'yes' : `${answer.kind}: ${answer.reason}`
}

describe('verifying a credential for git, by checkUrl without and with it', () => {
  it('connected with and refused without is yes', async () => {
    expect(await jenkinsVerifier.verify(place('good'), jobUse('good'), it_.admin)).toEqual({
      kind: 'yes',
      scopes: 'not reported',
      evidence: {
        asked: `Jenkins ${it_.jenkins.url}, checkUrl in job job-good: git ls-remote ${url} with "good"`,
        answered: 'connected with the credential, refused without it',
      },
    })
  })

  it.each([
    ['old', 'no: app password removed'],
    ['wrong', 'no: unauthorized'],
    ['scopeless', 'no: scope missing'],
  ])('%s: %s', async (id, expected) => {
    expect(await outcome(id, jobUse(id))).toBe(expected)
  })

  it('shows the words of git as evidence, and no secret', async () => {
    const answer = await jenkinsVerifier.verify(place('old'), jobUse('old'), it_.admin)
    expect(answer.evidence.answered).toContain('The requested URL returned error: 410')
    expect(JSON.stringify(answer)).not.toContain(it_.appPassword)
  })

  it('asks at the root when no job is named', async () => {
    expect(await outcome('good', { operation: 'git-fetch', repository, by: 'example' })).toBe('yes')
    expect(it_.sent.at(-1)?.url).toBe(
      `${it_.jenkins.url}/descriptorByName/hudson.plugins.git.UserRemoteConfig/checkUrl`,
    )
  })

  it('asks about the repository of the use, and not about its namesake in another workspace', async () => {
    const fork = { workspace: 'alice', slug: 'shop' }
    await it_.jenkins.addFreestyleJob({ fullName: 'forked', url, credentialsId: 'good' })
    const config = join(it_.jenkins.home, 'jobs/forked/config.xml')
    const [, remote = ''] =
      /(<hudson.plugins.git.UserRemoteConfig>.*?<\/hudson.plugins.git.UserRemoteConfig>)/s.exec(
        readFileSync(config, 'utf8'),
      ) ?? []
    const more = readFileSync(config, 'utf8').replace(remote, `${remote}${remote.replace('acme/shop', 'alice/shop')}`)
    for (const login of it_.admin.logins) await openController(login, it_.admin).postXml('/job/forked/config.xml', more)
    const use = { operation: 'git-fetch', repository: fork, by: 'job forked' } as const
    expect(await outcome('good', use)).toBe('no: no access')
    const at = { kind: 'url', url: `${it_.jenkins.url}/job/forked` } as const
    const named = { id: 'p', consumer: 'jenkins', at, address: 'job/forked/credentials/git' }
    expect(words(await jenkinsVerifier.verify(named, use, it_.admin))).toBe('no: no access')
  })

  it('asks with the URL of the job, whose pinned user overrides the one of the credential', async () => {
    await it_.jenkins.addFreestyleJob({
      fullName: 'pinned',
      url: 'https://alice@bitbucket.org/acme/shop.git',
      credentialsId: 'good',
    })
    expect(await outcome('good', { operation: 'git-fetch', repository, by: 'job pinned' })).toBe('no: unauthorized')
    expect(it_.presented.at(-1)).toBe(`alice:${it_.good.secret}`)
  })

  it('without permission to ask, Jenkins answers as if it had connected: unknown', async () => {
    expect(await outcome('good', jobUse('good'), it_.loginWith(...READER))).toBe('unknown: unexpected reply')
  })

  it('without a repository it asks nothing', async () => {
    expect(await outcome('good', { operation: 'git-fetch', by: 'example' })).toBe('unknown: not asked')
  })

  it('does not call pushing proved because reading works', async () => {
    expect(await outcome('good', { ...jobUse('good'), operation: 'git-push' })).toBe('unknown: not asked')
    expect(await outcome('old', { ...jobUse('old'), operation: 'git-push' })).toBe('no: app password removed')
  })

  it('a sign-on page with status 200 is no success', async () => {
    const path = '/job/job-good/descriptorByName/hudson.plugins.git.UserRemoteConfig/checkUrl'
    it_.jenkins.injectFault({ path, status: 200, times: 1 })
    expect(await outcome('good', jobUse('good'))).toBe('unknown: unexpected reply')
  })

  it('an unreachable controller is unknown, not no', async () => {
    const logins = it_.admin.logins.map((login) => ({ ...login, baseUrl: 'http://127.0.0.1:9' }))
    const at = { kind: 'url', url: 'http://127.0.0.1:9/credentials/store/system/domain/_/credential/good' } as const
    const context = { ...it_.admin, logins }
    const answer = await jenkinsVerifier.verify({ ...place('good'), at }, jobUse('good'), context)
    expect(words(answer)).toBe('unknown: network')
  })
})

describe('verifying a credential for Branch Source', () => {
  const rest: Use = { operation: 'rest', repository, by: 'example (Branch Source)' }

  it('a form that Branch Source refuses is no', async () => {
    const answer = await jenkinsVerifier.verify(place('wrong'), rest, it_.admin)
    expect(answer).toMatchObject({ kind: 'no', reason: 'username is not the e-mail' })
    expect(answer.evidence.answered).toContain('does not match any criteria')
  })

  it('a form that it accepts is not called proved', async () => {
    const answer = await jenkinsVerifier.verify(place('email'), rest, it_.admin)
    expect(words(answer)).toBe('unknown: not asked')
    expect(answer.evidence.answered).toContain('accepts the form of this credential')
  })
})

describe('a controller whose own git presents an old app password', () => {
  it('is told apart from a credential that holds one', async () => {
    const { homeOfController, repositoryHost } = it_
    const line = `machine ${repositoryHost} login alice password ${it_.appPassword}\n`
    writeFileSync(join(homeOfController, '.netrc'), line, { mode: 0o600 })
    try {
      const answer = await jenkinsVerifier.verify(place('good'), jobUse('good'), it_.admin)
      expect(words(answer)).toBe('unknown: unexpected reply')
      expect(answer.evidence.answered).toContain('presents an app password of its own')
    } finally {
      rmSync(join(homeOfController, '.netrc'))
    }
  })
})
