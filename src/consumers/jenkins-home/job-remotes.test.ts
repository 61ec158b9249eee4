import { join } from 'node:path'
import { expect, it } from 'vitest'
import { documentOf } from '../../../test/contract/detector.ts'
import { fixtureValues, jenkinsKeyFiles, loadFixture } from '../../../test/contract/fixtures.ts'
import { madePlace, madePlan } from '../../../test/support/made-plan.ts'
import { mayHold } from '../../scan/detectors.ts'
import { jenkinsHomeDetector } from './detect.ts'

const tree = loadFixture(join(import.meta.dirname, 'fixtures', 'job-url', 'before'), fixtureValues(), jenkinsKeyFiles())
const { places, demands } = jenkinsHomeDetector.detect(documentOf(tree, 'jobs/app/config.xml'))
const use = { operation: 'git-fetch', repository: { workspace: 'team', slug: 'app' }, by: 'job app' } as const

it('a URL that names a username has the use of its job, as the credential that answers it', () => {
  expect(places.map(({ address, uses }) => [address, uses])).toEqual([['job/app/url', [use]]])
  expect(demands[0]).toMatchObject(use)
})

it('a job of another host tells which credential that host is given, though it never names Bitbucket', () => {
  const config = `<project><scm class="hudson.plugins.git.GitSCM"><userRemoteConfigs>
    <hudson.plugins.git.UserRemoteConfig><url>https://git.example.org/a.git</url><credentialsId>bb</credentialsId></hudson.plugins.git.UserRemoteConfig>
    <hudson.plugins.git.UserRemoteConfig><url>https://git.example.org/public.git</url></hudson.plugins.git.UserRemoteConfig>
    <hudson.plugins.git.UserRemoteConfig><url>git@git.example.org:a.git</url><credentialsId>key</credentialsId></hudson.plugins.git.UserRemoteConfig>
  </userRemoteConfigs></scm></project>`
  const document = documentOf(new Map([['jobs/old/config.xml', Buffer.from(config)]]), 'jobs/old/config.xml')
  expect(mayHold(document.bytes, jenkinsHomeDetector)).toBe(true)
  expect(jenkinsHomeDetector.detect(document)).toMatchObject({
    places: [],
    demands: [{ by: 'job old', of: { kind: 'other host', credentialId: 'bb', item: 'old', host: 'git.example.org' } }],
  })
})

it('so that it loses its name before that credential gets another one', () => {
  const [url] = places
  const path = url?.at.kind === 'file' ? url.at.path.replace('jobs/app/config.xml', 'credentials.xml') : ''
  const credential = madePlace('bb', { consumer: 'jenkins-home', path, address: 'system/_/bb', uses: [use] })
  const { steps } = madePlan([...places, credential])
  const [pin, changed] = ['job/app/url', 'system/_/bb'].map((address) =>
    steps.find(({ place }) => place.address === address),
  )
  expect(pin?.to.username).toBe('remove')
  expect(changed?.needs).toEqual([pin?.id])
})
