import { describe, expect, it, onTestFinished } from 'vitest'
import { type Office, OWNER, openOffice } from './office.ts'

const OTHER = 'https://git.example.org/acme/app.git'

async function planned(add: (office: Office) => Promise<void>) {
  const office = await openOffice()
  onTestFinished(office.end)
  const { jenkins, appPassword, url } = office
  await jenkins.addFolder('team')
  await jenkins.addCredential({ store: 'system', id: 'ci', username: OWNER.username, secret: appPassword })
  await jenkins.addFreestyleJob({ fullName: 'app', url: url('app'), credentialsId: 'ci' })
  await add(office)
  const keyturn = await office.open()
  await keyturn.addToken({ name: 'ci', secret: office.newToken(), ...OWNER })
  const plan = await keyturn.plan(await keyturn.scan({ paths: [], askControllers: true }), { token: 'ci' })
  return { changed: plan.steps.map(({ place }) => place.address), left: plan.manual.map(({ reason }) => reason) }
}

const LEFT = expect.stringMatching(/job .+ fetches from git\.example\.org with it/)

describe('a credential that jobs at another host name, too', () => {
  it.each([
    [
      'freestyle',
      ({ jenkins }: Office) => jenkins.addFreestyleJob({ fullName: 'other', url: OTHER, credentialsId: 'ci' }),
    ],
    [
      'pipeline',
      ({ jenkins }: Office) => jenkins.addPipelineJob({ fullName: 'team/other', url: OTHER, credentialsId: 'ci' }),
    ],
    [
      'multibranch',
      ({ jenkins }: Office) => jenkins.addGitMultibranchJob({ fullName: 'other', remote: OTHER, credentialsId: 'ci' }),
    ],
    [
      'inline pipeline',
      ({ jenkins }: Office) =>
        jenkins.addInlinePipeline({ fullName: 'other', script: `node { git url: '${OTHER}', credentialsId: 'ci' }` }),
    ],
  ])('(%s) is left to a person, for it may be theirs', async (_, add) => {
    expect(await planned(add)).toEqual({ changed: [], left: [LEFT] })
  })

  it.each([
    ['is named in another step', `git url: '${OTHER}'; git url: 'x', credentialsId: 'ci'`],
    ['goes to a host that a variable names', `git url: "https://\${HOST}/acme/app.git", credentialsId: 'ci'`],
  ])('is changed where it %s of an inline pipeline', async (_, script) => {
    const outcome = await planned(({ jenkins }) => jenkins.addInlinePipeline({ fullName: 'other', script }))
    expect(outcome).toEqual({ changed: ['system/_/ci'], left: [] })
  })

  it('is changed where those jobs are given another one of its id', async () => {
    const outcome = await planned(async ({ jenkins }) => {
      const own = { id: 'ci', username: 'x', secret: 'of the other host' }
      await jenkins.addCredential({ store: { folder: 'team' }, domain: 'other', ...own })
      await jenkins.addFreestyleJob({ fullName: 'team/other', url: OTHER, credentialsId: 'ci' })
    })
    expect(outcome).toEqual({ changed: ['system/_/ci'], left: [] })
  })
})
