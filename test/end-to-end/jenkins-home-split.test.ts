import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { Plan } from '../../src/model/plan.ts'
import { FIXED_USERNAME, jobConfig, type Office, OWNER, openOffice, stored } from './office.ts'

/** One credential of the system that Branch Source and a plain job name, in the home of a controller that stands still. */
async function stoppedOffice(): Promise<Office> {
  const office = await openOffice()
  onTestFinished(office.end)
  const { jenkins, appPassword: secret, url } = office
  await jenkins.addCredential({ store: 'system', id: 'both', username: OWNER.username, secret })
  const source = { repoOwner: 'acme', repository: 'app', credentialsId: 'both' }
  await jenkins.addMultibranchJob({ fullName: 'branches', ...source })
  await jenkins.addFreestyleJob({ fullName: 'app-build', url: url('app'), credentialsId: 'both' })
  await jenkins.stop()
  return office
}

async function filesOf(office: Office): Promise<readonly string[]> {
  const credentials = await readFile(join(office.jenkins.home, 'credentials.xml'), 'utf8')
  return [credentials, await jobConfig(office, 'app-build'), await jobConfig(office, 'branches')]
}

it('a credential that Branch Source and a plain job share becomes two in the files of a home, and one again', async () => {
  const office = await stoppedOffice()
  const before = await filesOf(office)
  const { home } = office.jenkins
  const token = ['token', 'add', 'ci', '--email', OWNER.email, '--username', OWNER.username]
  await office.run(token, { input: `${office.newToken()}\n` })
  const planned = await office.run(['plan', home, '--token', 'ci', '-o', 'plan.json', '--json'])
  const { steps, manual } = JSON.parse(planned.stdout) as Plan
  expect([steps.map(({ place, to }) => [place.address, to.username, to.reference]), manual]).toEqual([
    [
      ['system/_/both-git', { set: FIXED_USERNAME }, undefined],
      ['job/app-build/credentials/git', 'keep', { from: 'both', to: 'both-git' }],
      ['system/_/both', { set: OWNER.email }, undefined],
    ],
    [],
  ])
  const applied = await office.run(['apply', 'plan.json', '--json'])
  const run = JSON.parse(applied.stdout) as {
    readonly steps: readonly { readonly proof: { readonly outcome: string } }[]
  }
  expect([applied.exitCode, run.steps.map(({ proof }) => proof.outcome)]).toEqual([0, Array(3).fill('verified')])
  expect([(await stored(office, 'both')).username, (await stored(office, 'both-git')).username]).toEqual([
    OWNER.email,
    FIXED_USERNAME,
  ])
  expect((await office.run(['verify'])).exitCode).toBe(0)
  expect((await office.run(['rollback', '--yes'])).exitCode).toBe(0)
  expect(await filesOf(office)).toEqual(before)
})

it('the controller that is started again builds with the credential that was made', async () => {
  const office = await stoppedOffice()
  const keyturn = await office.open()
  await keyturn.addToken({ name: 'ci', secret: office.newToken(), ...OWNER })
  const plan = await keyturn.plan(await keyturn.scan({ paths: [office.jenkins.home] }), { token: 'ci' })
  await keyturn.apply(plan)
  await office.jenkins.restart()
  expect((await office.jenkins.build('app-build')).result).toBe('SUCCESS')
})
