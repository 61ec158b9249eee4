import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Bitbucket Pipelines', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'BB_AUTH_STRING',
        tree: load('auth-string'),
        path: 'bitbucket-pipelines.yml',
        places: [
          {
            address: 'BB_AUTH_STRING',
            host: 'bitbucket.org',
            line: 5,
            uses: [
              'git-fetch by BB_AUTH_STRING? only its name says what it is for',
              'git-push by BB_AUTH_STRING? only its name says what it is for',
              'rest by BB_AUTH_STRING? only its name says what it is for',
            ],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a script: variables, git, REST',
        tree: load('script'),
        path: 'bitbucket-pipelines.yml',
        places: [
          {
            address: 'pipelines.default.0.step.script.2',
            host: 'bitbucket.org',
            line: 9,
            uses: ['git-fetch acme/app by pipelines.default.0.step.script.2'],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'percent' },
          },
          {
            address: 'pipelines.default.0.step.script.3',
            host: 'api.bitbucket.org',
            line: 10,
            uses: ['rest acme/app by pipelines.default.0.step.script.3'],
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'percent' },
          },
          {
            address: 'BITBUCKET_APP_PASSWORD',
            host: 'bitbucket.org',
            line: 8,
            uses: [
              'git-fetch by BITBUCKET_APP_PASSWORD? only its name says what it is for',
              'git-push by BITBUCKET_APP_PASSWORD? only its name says what it is for',
              'rest by BITBUCKET_APP_PASSWORD? only its name says what it is for',
            ],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'two pipes: what one is given is not for the other',
        tree: load('two-pipes'),
        path: 'bitbucket-pipelines.yml',
        places: [
          {
            address: 'BITBUCKET_APP_PASSWORD',
            host: 'bitbucket.org',
            line: 8,
            uses: [
              'git-fetch by BITBUCKET_APP_PASSWORD? only its name says what it is for',
              'git-push by BITBUCKET_APP_PASSWORD? only its name says what it is for',
              'rest by BITBUCKET_APP_PASSWORD? only its name says what it is for',
            ],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'BITBUCKET_ACCESS_TOKEN',
            host: 'bitbucket.org',
            line: 11,
            uses: [
              'git-fetch by BITBUCKET_ACCESS_TOKEN? only its name says what it is for',
              'git-push by BITBUCKET_ACCESS_TOKEN? only its name says what it is for',
              'rest by BITBUCKET_ACCESS_TOKEN? only its name says what it is for',
            ],
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'variables as REST lists them',
        tree: load('variables-of-rest'),
        path: 'variables.json',
        places: [
          {
            address: 'BITBUCKET_APP_PASSWORD',
            host: 'bitbucket.org',
            line: 5,
            uses: [
              'git-fetch by BITBUCKET_APP_PASSWORD? only its name says what it is for',
              'git-push by BITBUCKET_APP_PASSWORD? only its name says what it is for',
              'rest by BITBUCKET_APP_PASSWORD? only its name says what it is for',
            ],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'references, other hosts and other products',
        tree: load('ok.references'),
        path: 'bitbucket-pipelines.yml',
        places: [],
      },
    ],
  })
})
