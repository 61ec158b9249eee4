import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { testContext } from '../../../test/contract/connector.ts'
import { temporaryFolder } from '../../../test/contract/fixtures.ts'
import { namedCredential } from './named-credential.ts'

const PAIR = 'com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl'
const KEY = 'com.cloudbees.jenkins.plugins.sshcredentials.impl.BasicSSHUserPrivateKey'

function store(id: string, type = PAIR): string {
  const element = `<${type}><id>${id}</id><username>alice</username><password>user-secret</password></${type}>`
  const domain = '<com.cloudbees.plugins.credentials.domains.Domain/>'
  return `<domainCredentialsMap><entry>${domain}<list>${element}</list></entry></domainCredentialsMap>`
}

const system = (id: string): string => `<SystemCredentialsProvider>${store(id)}</SystemCredentialsProvider>`
const folder = (stores: string): string => `<folder><properties>${stores}</properties></folder>`

function job(...ids: readonly string[]): string {
  const remote = 'hudson.plugins.git.UserRemoteConfig'
  const remotes = ids.map((id) => {
    const url = '<url>https://bitbucket.org/acme/app.git</url>'
    return `<${remote}>${url}<credentialsId>${id}</credentialsId></${remote}>`
  })
  return `<project><scm>${remotes.join('')}</scm></project>`
}

async function named(files: Readonly<Record<string, string>>): Promise<string | undefined> {
  const tree = new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]))
  const home = temporaryFolder(tree)
  onTestFinished(() => home.remove())
  const at = { kind: 'file', path: join(home.path, 'jobs/team/jobs/app/config.xml') } as const
  const place = { id: 'p', consumer: 'jenkins-home', at, address: 'job/team/app/credentials/git' }
  return (await namedCredential(place, testContext()))?.address
}

const APP = 'jobs/team/jobs/app/config.xml'
const TEAM = 'jobs/team/config.xml'

test.each([
  ['of the controller', { [APP]: job('bb'), 'credentials.xml': system('bb') }, 'system/_/bb'],
  [
    'of the folder around, which hides the same id of the controller',
    { [APP]: job('bb'), [TEAM]: folder(store('bb')), 'credentials.xml': system('bb') },
    'folder/team/_/bb',
  ],
  [
    'of a kind that holds nothing for Bitbucket',
    { [APP]: job('bb'), [TEAM]: folder(store('bb', KEY)), 'credentials.xml': system('bb') },
    undefined,
  ],
  ['of no store', { [APP]: job('bb'), 'credentials.xml': system('cc') }, undefined],
  ['that is one of several', { [APP]: job('bb', 'cc'), 'credentials.xml': system('bb') }, undefined],
])('a job names the credential %s', async (_, files, address) => {
  expect(await named(files)).toBe(address)
})
