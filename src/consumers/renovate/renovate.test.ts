import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Renovate', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'config.js with a rule for another host',
        tree: load('config-js'),
        path: 'config.js',
        places: [
          {
            address: 'module.exports.password',
            host: 'api.bitbucket.org',
            line: 5,
            uses: [
              'rest by module.exports.password',
              'git-fetch by module.exports.password',
              'git-push by module.exports.password',
            ],
            username: 'renovate@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
          {
            address: 'module.exports.hostRules.1.password',
            host: 'bitbucket.org',
            line: 13,
            uses: ['git-fetch by module.exports.hostRules.1.password'],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'host rules with comments',
        tree: load('json5'),
        path: 'renovate.json5',
        places: [
          {
            address: 'hostRules.1.password',
            host: 'bitbucket.org',
            line: 9,
            uses: ['rest by hostRules.1.password', 'git-fetch by hostRules.1.password'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'hostRules.0.token',
            host: 'api.bitbucket.org',
            line: 7,
            uses: ['rest by hostRules.0.token', 'git-fetch by hostRules.0.token'],
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'variables beside the platform',
        tree: load('env'),
        path: 'renovate.env',
        places: [
          {
            address: 'RENOVATE_PASSWORD',
            host: 'api.bitbucket.org',
            line: 3,
            uses: ['rest by RENOVATE_PASSWORD', 'git-fetch by RENOVATE_PASSWORD', 'git-push by RENOVATE_PASSWORD'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'RENOVATE_HOST_RULES.0.password',
            host: 'api.bitbucket.org',
            line: 5,
            uses: ['rest by hostRules.0.password', 'git-fetch by hostRules.0.password'],
            username: 'bob@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'variables beside the endpoint',
        tree: load('cron-job'),
        path: 'cronjob.yaml',
        places: [
          {
            address: 'spec.jobTemplate.spec.template.spec.containers.0.env.2.value',
            host: 'api.bitbucket.org',
            line: 19,
            uses: [
              'rest by spec.jobTemplate.spec.template.spec.containers.0.env.2.value',
              'git-fetch by spec.jobTemplate.spec.template.spec.containers.0.env.2.value',
              'git-push by spec.jobTemplate.spec.template.spec.containers.0.env.2.value',
            ],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'variables beside a configuration inside the document',
        tree: load('helm'),
        path: 'values.yaml',
        places: [
          {
            address: 'secrets.RENOVATE_PASSWORD',
            host: 'api.bitbucket.org',
            line: 6,
            uses: [
              'rest by secrets.RENOVATE_PASSWORD',
              'git-fetch by secrets.RENOVATE_PASSWORD',
              'git-push by secrets.RENOVATE_PASSWORD',
            ],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'options of the command',
        tree: load('command'),
        path: 'run.sh',
        places: [
          {
            address: 'RENOVATE_TOKEN',
            host: 'api.bitbucket.org',
            line: 2,
            uses: ['rest by RENOVATE_TOKEN', 'git-fetch by RENOVATE_TOKEN', 'git-push by RENOVATE_TOKEN'],
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
          {
            address: 'renovate.--password',
            host: 'api.bitbucket.org',
            line: 5,
            uses: [
              'rest by renovate.--password',
              'git-fetch by renovate.--password',
              'git-push by renovate.--password',
            ],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'blocks of a text: the platform of one is not that of another',
        tree: load('blocks'),
        path: 'nextflow.scm',
        places: [
          {
            address: 'password',
            host: 'api.bitbucket.org',
            line: 9,
            uses: ['rest by password', 'git-fetch by password', 'git-push by password'],
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      { name: 'the same where the name says that it is Groovy', tree: load('blocks'), path: 'scm', places: [] },
      { name: 'Bitbucket Server and references', tree: load('ok.others'), path: 'config.js', places: [] },
      { name: 'another platform', tree: load('ok.gitea'), path: 'renovate.env', places: [] },
    ],
  })
})
