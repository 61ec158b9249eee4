import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Jenkins configuration as code', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'a domain for the host',
        tree: load('domain'),
        path: 'casc/credentials.yaml',
        places: [
          {
            address: 'credentials.system.domainCredentials.0.credentials.0.usernamePassword.password',
            host: 'bitbucket.org',
            line: 10,
            uses: ['git-fetch by credentials.system.domainCredentials.0.credentials.0.usernamePassword.password'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'values of the Helm chart',
        tree: load('helm'),
        path: 'charts/jenkins/values.yaml',
        places: [
          {
            address: 'credentials.system.domainCredentials.0.credentials.0.usernamePassword.password',
            host: 'bitbucket.org',
            line: 12,
            uses: ['git-fetch by credentials.system.domainCredentials.0.credentials.0.usernamePassword.password'],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'told by what uses the id',
        tree: load('references'),
        path: 'casc.yaml',
        places: [
          {
            address: 'credentials.system.domainCredentials.0.credentials.0.usernamePassword.password',
            host: 'bitbucket.org',
            line: 5,
            uses: [
              'rest by credentials.system.domainCredentials.0.credentials.0.usernamePassword.password',
              'git-fetch by credentials.system.domainCredentials.0.credentials.0.usernamePassword.password',
            ],
            username: 'ci@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
          {
            address: 'credentials.system.domainCredentials.0.credentials.1.usernamePassword.password',
            host: 'bitbucket.org',
            line: 6,
            uses: ['git-fetch by credentials.system.domainCredentials.0.credentials.1.usernamePassword.password'],
            username: 'lib',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'YAML',
        tree: load('yaml'),
        path: 'jenkins.yaml',
        places: [
          {
            address: 'credentials.system.domainCredentials.0.credentials.0.usernamePassword.password',
            host: 'bitbucket.org',
            line: 11,
            uses: ['git-fetch by credentials.system.domainCredentials.0.credentials.0.usernamePassword.password'],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'credentials.system.domainCredentials.0.credentials.2.string.secret',
            host: 'bitbucket.org',
            line: 18,
            uses: ['git-fetch by credentials.system.domainCredentials.0.credentials.2.string.secret'],
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a branch source of somebody else, which has an owner as well',
        tree: new Map([
          [
            'jenkins.yaml',
            Buffer.from(
              [
                'credentials: { system: { domainCredentials: [ { credentials: [',
                `  { usernamePassword: { id: ci, username: ci, password: ${values.SHORT} } }`,
                '] } ] } }',
                "jobs: [ { script: \"multibranchPipelineJob('a') { branchSources { github { id('1'); repoOwner('acme'); scanCredentialsId('ci') } } }\" } ]",
              ].join('\n'),
            ),
          ],
        ]),
        path: 'jenkins.yaml',
        places: [],
      },
      {
        name: 'others: references, other hosts, other kinds of secrets',
        tree: load('ok.others'),
        path: 'jenkins.yaml',
        places: [],
      },
    ],
  })
})
