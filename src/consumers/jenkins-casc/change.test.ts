import { join } from 'node:path'
import { describe } from 'vitest'
import { connectorContract } from '../../../test/contract/connector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { API_TOKEN_GIT_USERNAME } from '../../bitbucket/usernames.ts'
import { consumers } from '../registry.ts'

const values = fixtureValues()
const connector = consumers.find(({ id }) => id === 'jenkins-casc')?.connector
if (connector === undefined) throw new Error('it has no connector')

const tree = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name), values)
const CREDENTIALS = 'credentials.system.domainCredentials.0.credentials'

describe('values in the YAML of configuration as code change where they stand', () => {
  connectorContract({
    consumer: 'jenkins-casc',
    connector,
    cases: [
      {
        name: 'a secret text, which has no username',
        before: tree('yaml/before'),
        after: tree('yaml/after'),
        path: 'jenkins.yaml',
        address: `${CREDENTIALS}.2.string.secret`,
        change: { username: 'keep', secret: values.NEW },
        elsewhere: { before: '\n', after: '\n' },
      },
      {
        name: 'a login in a document inside the values of the Helm chart',
        before: tree('helm/before'),
        after: tree('helm/after'),
        path: 'charts/jenkins/values.yaml',
        address: `${CREDENTIALS}.0.usernamePassword.password`,
        change: { username: { set: API_TOKEN_GIT_USERNAME }, secret: values.NEW },
        elsewhere: { before: '\n', after: '\n' },
      },
    ],
  })
})
