import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { OWNER, openOffice, stored } from './office.ts'

it('a credential that Configuration as Code declares gets the name that the jobs of its home need', async () => {
  const office = await openOffice()
  onTestFinished(office.end)
  const { jenkins, appPassword: secret } = office
  await jenkins.addCredential({ store: 'system', id: 'bitbucket', username: OWNER.username, secret })
  const source = { repoOwner: 'acme', repository: 'app', credentialsId: 'bitbucket' }
  await jenkins.addMultibranchJob({ fullName: 'branches', ...source })
  await jenkins.stop()
  const path = join(jenkins.home, 'jenkins.yaml')
  const { ciphertext = '' } = await stored(office, 'bitbucket')
  const before = `credentials:
  system:
    domainCredentials:
      - credentials:
          - usernamePassword: { id: bitbucket, username: ${OWNER.username}, password: "${ciphertext}" }
`
  await writeFile(path, before)
  const keyturn = await office.open()
  await keyturn.addToken({ name: 'ci', secret: office.newToken(), ...OWNER })
  const plan = await keyturn.plan(await keyturn.scan({ paths: [jenkins.home] }), { token: 'ci' })
  expect(plan.steps.map(({ place, to }) => [place.consumer, to.username])).toEqual([
    ['jenkins-casc', { set: OWNER.email }],
  ])
  const { state } = await keyturn.apply(plan)
  expect([...state.steps.values()].map(({ proof }) => proof?.outcome)).toEqual(['verified'])
  expect(await readFile(path, 'utf8')).toContain(`username: ${OWNER.email}, password: "{AQAAABAAAA`)
  expect((await keyturn.rollback(state.run)).left).toEqual([])
  expect(await readFile(path, 'utf8')).toBe(before)
})
