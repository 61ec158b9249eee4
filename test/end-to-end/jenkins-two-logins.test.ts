import { expect, it, onTestFinished } from 'vitest'
import { FIXED_USERNAME, MAY, OWNER, openOffice, stored } from './office.ts'

it('a plan that a login made that may only read is carried out, and put back, by one that may write', async () => {
  const office = await openOffice()
  onTestFinished(office.end)
  const { jenkins, appPassword: secret, url } = office
  await jenkins.addFolder('team')
  await jenkins.addCredential({ store: 'system', id: 'bb', username: OWNER.username, secret })
  await jenkins.addCredential({ store: { folder: 'team' }, id: 'own', username: OWNER.username, secret })
  await jenkins.addFreestyleJob({ fullName: 'app', url: url('app'), credentialsId: 'bb' })
  await jenkins.addFreestyleJob({ fullName: 'team/web', url: url('web'), credentialsId: 'own' })
  const held = () => Promise.all([stored(office, 'bb'), stored(office, 'own', 'team')])
  const before = await held()
  const reader = await office.open(
    office.userWith(MAY.overallRead, MAY.itemRead, MAY.extendedRead, MAY.view, MAY.useItem),
  )
  await reader.addToken({ name: 'ci', secret: office.newToken(), ...OWNER })
  const plan = await reader.plan(await reader.scan({ paths: [], askControllers: true }), { token: 'ci' })
  expect(plan.steps).toHaveLength(2)
  const noWayBack = { reason: expect.stringContaining('rollback cannot put it back'), steps: ['s1', 's2'] }
  expect(plan.conditions).toContainEqual(expect.objectContaining(noWayBack))
  const writer = await office.open()
  const { state, exitCode } = await writer.apply(plan)
  expect([exitCode, (await held()).map(({ username }) => username)]).toEqual([0, [FIXED_USERNAME, FIXED_USERNAME]])
  expect((await writer.rollback(state.run)).left).toEqual([])
  expect(await held()).toEqual(before)
})

it('what a login changed that is not shown what is stored is put back by nobody, and a person is told what to do', async () => {
  const office = await openOffice()
  onTestFinished(office.end)
  const { jenkins, appPassword: secret, url } = office
  await jenkins.addFolder('team')
  await jenkins.addCredential({ store: { folder: 'team' }, id: 'own', username: OWNER.username, secret })
  await jenkins.addFreestyleJob({ fullName: 'team/web', url: url('web'), credentialsId: 'own' })
  const { overallRead, itemRead, extendedRead, view, update, useItem } = MAY
  const lesser = await office.open(office.userWith(overallRead, itemRead, extendedRead, view, update, useItem))
  await lesser.addToken({ name: 'ci', secret: office.newToken(), ...OWNER })
  const plan = await lesser.plan(await lesser.scan({ paths: [], askControllers: true }), { token: 'ci' })
  const { state } = await lesser.apply(plan)
  const byHand = [expect.stringContaining('Set the old username and secret by hand')]
  expect((await (await office.open()).rollback(state.run)).left).toMatchObject([{ foreign: false, byHand }])
})

it('a plan of a login that sees what is stored is not carried out by one that does not, which is told why: R201', async () => {
  const office = await openOffice()
  onTestFinished(office.end)
  const { jenkins, appPassword: secret, url } = office
  await jenkins.addFolder('team')
  await jenkins.addCredential({ store: { folder: 'team' }, id: 'own', username: OWNER.username, secret })
  await jenkins.addFreestyleJob({ fullName: 'team/web', url: url('web'), credentialsId: 'own' })
  const keyturn = await office.open()
  await keyturn.addToken({ name: 'ci', secret: office.newToken(), ...OWNER })
  const plan = await keyturn.plan(await keyturn.scan({ paths: [], askControllers: true }), { token: 'ci' })
  const lesser = await office.open(
    office.userWith(MAY.overallRead, MAY.itemRead, MAY.extendedRead, MAY.view, MAY.update, MAY.useItem),
  )
  await expect(lesser.apply(plan)).rejects.toMatchObject({
    code: 'R201',
    parts: { because: expect.stringContaining('this login is not shown all that the plan was made with') },
  })
})
