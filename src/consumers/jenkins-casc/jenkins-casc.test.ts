import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture, type Tree } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

const LOGIN = 'credentials.system.domainCredentials.0.credentials.0.usernamePassword.password'

/** One login, and the lines of the script of a job. */
const casc = (password: string, id: string, ...script: readonly string[]): Tree => {
  const lines = [
    'credentials:',
    '  system:',
    '    domainCredentials:',
    '    - credentials:',
    `      - usernamePassword: { id: ${id}, username: alice, password: ${password} }`,
    ...(script.length === 0 ? [] : ['jobs:', '- script: |', ...script.map((line) => `    ${line}`)]),
  ]
  return new Map([['casc.yaml', Buffer.from(lines.join('\n'))]])
}

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
            uses: [`git-fetch by ${LOGIN}? no job was seen that is given it`],
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
            uses: [`git-fetch by ${LOGIN}? no job was seen that is given it`],
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
              'rest by credentials.system.domainCredentials.0.credentials.0.usernamePassword.password (Branch Source)',
              'git-fetch by credentials.system.domainCredentials.0.credentials.0.usernamePassword.password (Branch Source)',
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
            uses: [`git-fetch by ${LOGIN}? no job was seen that is given it`],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'credentials.system.domainCredentials.0.credentials.1.usernamePassword.password',
            host: '',
            line: 15,
            username: 'deploy',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'credentials.system.domainCredentials.0.credentials.2.string.secret',
            host: 'bitbucket.org',
            line: 18,
            uses: [
              'git-fetch by credentials.system.domainCredentials.0.credentials.2.string.secret? no job was seen that is given it',
            ],
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'two jobs that use one credential, each in its own way',
        tree: casc(
          values.SHORT,
          'ci',
          "pipelineJob('a') { definition { cpsScm { scm { git { remote { url('https://bitbucket.org/acme/a.git'); credentials('ci') } } } } } }",
          `// ${'-'.repeat(400)}`,
          "multibranchPipelineJob('b') { branchSources { branchSource { source { bitbucket { repoOwner('acme'); credentialsId('ci') } } } } }",
        ),
        path: 'casc.yaml',
        places: [
          {
            address: LOGIN,
            host: 'bitbucket.org',
            line: 5,
            uses: [
              `git-fetch by ${LOGIN}`,
              `rest by ${LOGIN} (Branch Source)`,
              `git-fetch by ${LOGIN} (Branch Source)`,
            ],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a login in a home that nothing names, which a job may give to Bitbucket',
        tree: new Map([['home/casc_configs/b.yaml', casc(values.OLD, 'ci').get('casc.yaml') ?? Buffer.of()]]),
        path: 'home/casc_configs/b.yaml',
        places: [
          {
            address: LOGIN,
            host: 'bitbucket.org',
            line: 5,
            uses: [],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'what a file of a home uses and another one sets',
        tree: new Map([
          [
            'home/casc_configs/jobs.yaml',
            Buffer.from(
              'unclassified: { bitbucketEndpointConfiguration: { endpoints: [ { bitbucketCloudEndpoint: { credentialsId: ci } } ] } }\n',
            ),
          ],
        ]),
        path: 'home/casc_configs/jobs.yaml',
        places: [],
        demands: (['rest', 'git-fetch'] as const).map((operation) => ({
          operation,
          by: 'Configuration as Code jobs.yaml (Branch Source)',
          of: { kind: 'jenkins', credentialId: 'ci', item: '' },
        })),
      },
      {
        name: 'a branch source of somebody else, which has an owner as well',
        tree: new Map([
          [
            'casc.yaml',
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
        path: 'casc.yaml',
        places: [],
      },
      {
        name: 'others: references, other hosts, other kinds of secrets',
        tree: load('ok.others'),
        path: 'casc.yaml',
        places: [],
      },
    ],
  })
})
