import { expect, it, onTestFinished } from 'vitest'
import { jobConfig, OWNER, openOffice, stored } from './office.ts'

// Of a public repository no question of the controller proves anything, so that the proof of the new one does not stop the run.
it('a credential that would hide the new one from a job keeps the job from being told to name it: R205', async () => {
  const office = await openOffice()
  onTestFinished(office.end)
  const { jenkins, appPassword, url } = office
  await jenkins.addCredential({ store: 'system', id: 'both', username: OWNER.username, secret: appPassword })
  await jenkins.addFolder('team')
  const other = { store: { folder: 'team' }, id: 'both-git', username: 'octo', secret: 'of another host' } as const
  await jenkins.addCredential(other)
  await office.sandbox.world.addRepository({ workspace: 'acme', slug: 'open', isPrivate: false, files: { a: 'a' } })
  await jenkins.addFreestyleJob({ fullName: 'team/app', url: url('open'), credentialsId: 'both' })
  await jenkins.addMultibranchJob({ fullName: 'branches', repoOwner: 'acme', repository: 'app', credentialsId: 'both' })
  const before = await jobConfig(office, 'team/app')
  const keyturn = await office.open()
  await keyturn.addToken({ name: 'ci', secret: office.newToken(), ...OWNER })
  const plan = await keyturn.plan(await keyturn.scan({ paths: [], askControllers: true }), { token: 'ci' })
  expect(plan.steps.map(({ place }) => place.address)).toContain('system/_/both-git')
  await expect(keyturn.apply(plan)).rejects.toMatchObject({
    code: 'R205',
    parts: { because: 'it would be given "both-git" of folder team, which is another one than that of system' },
  })
  expect(await jobConfig(office, 'team/app')).toBe(before)
  const [open] = await keyturn.runs()
  expect((await keyturn.rollback(open?.run ?? '')).left).toEqual([])
  expect((await stored(office, 'both')).username).toBe(OWNER.username)
})
