import { describe, expect, it, onTestFinished } from 'vitest'
import { FIXED_USERNAME, MAY, type Office, OWNER, openOffice, stored } from './office.ts'

/** A job in a folder names `bb`, and the system has one for it; what else has this id, the test adds. */
async function officeWith(more: (office: Office) => Promise<void>): Promise<Office> {
  const office = await openOffice()
  onTestFinished(office.end)
  const { jenkins, appPassword, url } = office
  await jenkins.addFolder('team')
  await jenkins.addCredential({
    store: 'system',
    domain: 'bitbucket.org',
    id: 'bb',
    username: OWNER.username,
    secret: appPassword,
  })
  await more(office)
  await jenkins.addFreestyleJob({ fullName: 'team/app', url: url('app'), credentialsId: 'bb' })
  return office
}

const NEARER: readonly (readonly [why: string, folder: string | undefined, add: (office: Office) => Promise<void>])[] =
  [
    [
      'its domain is for another host',
      'team',
      ({ jenkins }) =>
        jenkins.addCredential({
          store: { folder: 'team' },
          domain: 'github',
          specifications: { hostnames: 'github.com' },
          id: 'bb',
          username: 'octo',
          secret: 'of another host',
        }),
    ],
    [
      'its domain is for a Bitbucket of one\u2019s own',
      'team',
      ({ jenkins }) =>
        jenkins.addCredential({
          store: { folder: 'team' },
          domain: 'bitbucket server',
          specifications: { hostnames: 'bitbucket.example' },
          id: 'bb',
          username: 'ops',
          secret: 'of another host',
        }),
    ],
    [
      'it is a Secret text, which git does not take',
      'team',
      ({ jenkins }) => jenkins.addSecretText({ store: { folder: 'team' }, id: 'bb', secret: 'of a chat' }),
    ],
  ]

describe('a nearer credential of the same id that the job is not given', () => {
  it.each(NEARER)('because %s is left as it is, and the one that it is given is changed', async (_, folder, add) => {
    const office = await officeWith(add)
    const before = await stored(office, 'bb', folder)
    const keyturn = await office.open()
    await keyturn.addToken({ name: 'ci', secret: office.newToken(), ...OWNER })
    const inventory = await keyturn.scan({ paths: [], askControllers: true })
    const used = inventory.places.filter(({ uses }) => uses.length > 0)
    expect(used.map(({ address }) => address)).toEqual(['system/bitbucket.org/bb'])
    const plan = await keyturn.plan(inventory, { token: 'ci' })
    expect(plan.steps.map(({ place }) => place.address)).toEqual(['system/bitbucket.org/bb'])
    expect((await keyturn.apply(plan)).exitCode).toBe(0)
    expect(await stored(office, 'bb', folder)).toEqual(before)
    expect((await office.jenkins.build('team/app')).result).toBe('SUCCESS')
  })

  it('because its scope is SYSTEM is no place of its own', async () => {
    const office = await officeWith(({ jenkins }) =>
      jenkins.addCredential({ store: 'system', id: 'bb', username: 'agent', secret: 'for agents', scope: 'SYSTEM' }),
    )
    const { places } = await (await office.open()).scan({ paths: [], askControllers: true })
    expect(places.map(({ address }) => address)).toEqual(['system/bitbucket.org/bb'])
  })

  it('is left to a person where this login is not shown for which hosts it is', async () => {
    const office = await officeWith(({ jenkins }) =>
      jenkins.addCredential({ store: { folder: 'team' }, domain: 'git', id: 'bb', username: 'x', secret: 'short' }),
    )
    const keyturn = await office.open(
      office.userWith(MAY.overallRead, MAY.itemRead, MAY.extendedRead, MAY.view, MAY.update, MAY.useItem),
    )
    const inventory = await keyturn.scan({ paths: [], askControllers: true })
    await keyturn.addToken({ name: 'ci', secret: office.newToken(), ...OWNER })
    const { steps, manual } = await keyturn.plan(inventory, { token: 'ci' })
    expect(steps.map(({ place, to }) => [place.address, to.username])).toEqual([
      ['system/bitbucket.org/bb', { set: FIXED_USERNAME }],
    ])
    expect(manual.map(({ place, reason }) => [place.address, reason])).toEqual([
      [
        'folder/team/git/bb',
        expect.stringContaining('for which hosts the domain "git" of folder team is, was not shown'),
      ],
    ])
  })

  it('is left to a person, as is the other, where both are of one store and let Bitbucket through', async () => {
    const office = await officeWith(({ jenkins }) =>
      jenkins.addCredential({ store: 'system', id: 'bb', username: 'deployer', secret: 'of a registry' }),
    )
    const keyturn = await office.open()
    await keyturn.addToken({ name: 'ci', secret: office.newToken(), ...OWNER })
    const { steps, manual } = await keyturn.plan(await keyturn.scan({ paths: [], askControllers: true }), {
      token: 'ci',
    })
    expect([steps, manual.map(({ place }) => place.address)]).toEqual([[], ['system/_/bb', 'system/bitbucket.org/bb']])
  })
})
