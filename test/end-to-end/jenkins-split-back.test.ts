import { describe, expect, it, onTestFinished } from 'vitest'
import type { Keyturn } from '../../src/index.ts'
import type { Plan } from '../../src/model/plan.ts'
import { basicOf, type Office, OWNER, openOffice, replaceCredential } from './office.ts'

interface Split {
  readonly office: Office
  readonly keyturn: Keyturn
  readonly plan: Plan
  readonly run: string
}

/** `both` is for Branch Source now, and the plain job names `both-git`. */
async function splitRun(furnish?: (office: Office) => Promise<void>): Promise<Split> {
  const office = await openOffice()
  onTestFinished(office.end)
  const { jenkins, appPassword, url } = office
  await jenkins.addCredential({ store: 'system', id: 'both', username: OWNER.username, secret: appPassword })
  await jenkins.addMultibranchJob({ fullName: 'branches', repoOwner: 'acme', repository: 'app', credentialsId: 'both' })
  await jenkins.addFreestyleJob({ fullName: 'app-build', url: url('app'), credentialsId: 'both' })
  await furnish?.(office)
  const keyturn = await office.open()
  await keyturn.addToken({ name: 'ci', secret: office.newToken(), ...OWNER })
  const plan = await keyturn.plan(await keyturn.scan({ paths: [], askControllers: true }), { token: 'ci' })
  const { state } = await keyturn.apply(plan)
  return { office, keyturn, plan, run: state.run }
}

const buildOf = async ({ office }: Split) => (await office.jenkins.build('app-build')).result

const STILL = expect.stringContaining('what it named before holds a change of this run, or of somebody since')

describe('a job that was told to name the credential for git', () => {
  it('is not put back alone to the one that Branch Source has now, and goes on running', async () => {
    const split = await splitRun()
    const rewired = split.plan.steps.find(({ to }) => to.reference !== undefined)?.place.id ?? ''
    const { left } = await split.keyturn.rollback(split.run, { only: rewired })
    expect([left.map(({ because }) => because), await buildOf(split)]).toEqual([[STILL], 'SUCCESS'])
    expect((await split.keyturn.rollback(split.run)).left).toEqual([])
  })

  it('keeps it where somebody changed the other one since', async () => {
    const split = await splitRun()
    const { office } = split
    await replaceCredential(office, { id: 'both', username: OWNER.email, secret: office.newToken() })
    const { left, exitCode } = await split.keyturn.rollback(split.run)
    expect(left.map(({ step, foreign }) => [step.place.address, foreign])).toEqual([
      ['system/_/both', true],
      ['job/app-build/credentials/git', false],
      ['system/_/both-git', false],
    ])
    expect([exitCode, await buildOf(split)]).toEqual([4, 'SUCCESS'])
  })
})

describe('a credential that a split made', () => {
  it('stays while a job that came later names it, which goes on running; then it can be put back', async () => {
    const split = await splitRun()
    const { jenkins, url, admin } = split.office
    await jenkins.addFreestyleJob({ fullName: 'later', url: url('web'), credentialsId: 'both-git' })
    expect((await jenkins.build('later')).result).toBe('SUCCESS')
    const { left, exitCode } = await split.keyturn.rollback(split.run)
    expect(left).toMatchObject([
      { step: { place: { address: 'system/_/both-git' } }, because: expect.stringContaining('the job later names it') },
    ])
    expect([exitCode, (await jenkins.build('later')).result]).toEqual([1, 'SUCCESS'])
    await fetch(`${jenkins.url}/job/later/doDelete`, {
      method: 'POST',
      headers: { authorization: basicOf(admin) },
    })
    expect((await split.keyturn.rollback(split.run)).left).toEqual([])
  })

  it('goes although a branch shows it still, for the branch takes what its project names', async () => {
    const split = await splitRun(({ jenkins, url }) =>
      jenkins.addGitMultibranchJob({ fullName: 'plain', remote: url('web'), credentialsId: 'both' }),
    )
    const { jenkins, admin } = split.office
    await jenkins.scan('plain')
    await jenkins.settled()
    const page = `${jenkins.url}/credentials/store/system/domain/_/credential/both-git/api/json?tree=fingerprint[usage[name]]`
    const known = await fetch(page, { headers: { authorization: basicOf(admin) } })
    expect(await known.text()).toContain('"plain/main"')
    expect((await split.keyturn.rollback(split.run)).left).toEqual([])
  })
})
