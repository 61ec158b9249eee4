import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openController } from './connect.ts'
import { type ControllerForTests, controllerForTests } from './fixtures/controller.ts'
import { walkItems } from './items.ts'
import { shownRemotes } from './shown-remotes.ts'

let it_: ControllerForTests
const url = 'https://bitbucket.org/acme/shop.git'

beforeAll(async () => {
  it_ = await controllerForTests()
  const { jenkins } = it_
  await jenkins.addFolder('team')
  await jenkins.addFolder('alone')
  await jenkins.addFreestyleJob({ fullName: 'team/plain', url, credentialsId: 'bb' })
  await jenkins.addFreestyleJob({ fullName: 'team/none', url })
  await jenkins.addFreestyleJob({ fullName: 'team/pinned', url: url.replace('//', '//alice@'), credentialsId: 'bb' })
  await jenkins.addFreestyleJob({ fullName: 'team/elsewhere', url: 'https://example.org/a/b.git', credentialsId: 'x' })
  await jenkins.addPipelineJob({ fullName: 'team/pipeline', url, credentialsId: 'bb' })
  await jenkins.addFreestyleJob({ fullName: 'alone/plain', url, credentialsId: 'bb' })
  for (let job = 0; job < 201; job++) await jenkins.addFreestyleJob({ fullName: `many-${job}`, url })
})
afterAll(() => it_.end())

async function shown() {
  const [login] = it_.admin.logins
  if (login === undefined) throw new Error('no login')
  const client = openController(login, it_.admin)
  const { items } = await walkItems(client)
  it_.sent.length = 0
  return { remotes: await shownRemotes(client, items), asked: it_.sent.length }
}

describe('what the API shows of the remotes of jobs', () => {
  it('is the URL at Bitbucket and the credential of each freestyle job, as its configuration has them', async () => {
    const { remotes } = await shown()
    expect(remotes.get('team/plain')).toEqual([
      { kind: 'git', remote: 1, text: url, url: expect.objectContaining({ scheme: 'https://' }), credentialsId: 'bb' },
    ])
    expect(remotes.get('team/none')?.map(({ credentialsId }) => credentialsId)).toEqual([undefined])
    expect(remotes.get('team/elsewhere')).toEqual([])
  })

  it('leaves to the configuration: who names somebody in the URL, pipelines, and a job without company', async () => {
    const { remotes } = await shown()
    const missing = ['team/pinned', 'team/pipeline', 'alone/plain']
    expect(missing.filter((item) => remotes.has(item))).toEqual([])
  })

  it('is asked for a folder at once, in pages', async () => {
    const { remotes, asked } = await shown()
    expect(remotes.has('many-200')).toBe(true)
    expect(asked).toBe(3)
  })

  it('leaves everything to the configurations where it is refused', async () => {
    it_.jenkins.injectFault({ path: '/job/team/api/json', status: 500, times: 1 })
    const { remotes } = await shown()
    expect(remotes.has('team/plain')).toBe(false)
    expect(remotes.has('many-0')).toBe(true)
  })
})
