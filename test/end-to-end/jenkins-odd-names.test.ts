import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FIXED_USERNAME, jobConfig, OWNER, openOffice } from './office.ts'

describe.each([
  ['plain', 'team', 'both'],
  ['with blanks and percent signs', 'My Team 100%', 'C I 100%25'],
  ['with letters of other scripts, quotes and ampersands', 'Büro «東京» & Co', `żółw & "x" 'y' <z>;?#+`],
  ['very long', 'a'.repeat(200), 'b'.repeat(1000)],
])('a folder, a job and a credential with names %s', (_, folder, id) => {
  it('are split, changed, put back in part only where nothing breaks, and put back whole', async () => {
    const office = await openOffice()
    onTestFinished(office.end)
    const { jenkins, appPassword, url } = office
    const [build, branches] = [`${folder}/${folder} build`, `${folder}/${folder} branches`]
    await jenkins.addFolder(folder)
    await jenkins.addCredential({ store: { folder }, id, username: OWNER.username, secret: appPassword })
    await jenkins.addFreestyleJob({ fullName: build, url: url('app'), credentialsId: id })
    await jenkins.addMultibranchJob({ fullName: branches, repoOwner: 'acme', repository: 'app', credentialsId: id })
    const held = () => readFile(join(jenkins.home, 'jobs', folder, 'config.xml'), 'utf8')
    const before = [await held(), await jobConfig(office, build)]
    const keyturn = await office.open()
    await keyturn.addToken({ name: 'ci', secret: office.newToken(), ...OWNER })
    const plan = await keyturn.plan(await keyturn.scan({ paths: [], askControllers: true }), { token: 'ci' })
    expect(plan.steps.map(({ to }) => to.username)).toEqual([{ set: FIXED_USERNAME }, 'keep', { set: OWNER.email }])
    const { state } = await keyturn.apply(plan)
    expect((await jenkins.build(build)).result).toBe('SUCCESS')
    const [made] = plan.steps
    const alone = await keyturn.rollback(state.run, { only: made?.place.id ?? '' })
    expect(alone.left.map(({ because }) => because)).toEqual([expect.stringContaining('it was made by this run')])
    expect((await jenkins.build(build)).result).toBe('SUCCESS')
    expect((await keyturn.rollback(state.run)).left).toEqual([])
    expect([await held(), await jobConfig(office, build)]).toEqual(before)
  })
})
