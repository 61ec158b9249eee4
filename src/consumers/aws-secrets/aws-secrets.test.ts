import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('AWS Secrets Manager and Parameter Store', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'put-parameter',
        tree: load('command'),
        path: 'put.sh',
        places: [
          {
            address: 'aws-ssm-put-parameter.--value',
            host: 'bitbucket.org',
            line: 4,
            uses: ['git-fetch by aws-ssm-put-parameter.--value', 'rest by aws-ssm-put-parameter.--value'],
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'get-parameters',
        tree: load('parameters'),
        path: 'parameters.json',
        places: [
          {
            address: 'Parameters.1.Value./ci/bitbucket/app_password',
            host: 'bitbucket.org',
            line: 4,
            uses: [
              'git-fetch by Parameters.1.Value./ci/bitbucket/app_password? only its name says what it is for',
              'rest by Parameters.1.Value./ci/bitbucket/app_password? only its name says what it is for',
            ],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'Parameters.2.Value./ci/bitbucket/auth',
            host: 'bitbucket.org',
            line: 5,
            uses: [
              'git-fetch by Parameters.2.Value./ci/bitbucket/auth? only its name says what it is for',
              'rest by Parameters.2.Value./ci/bitbucket/auth? only its name says what it is for',
            ],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'get-secret-value',
        tree: load('secret-value'),
        path: 'secret.json',
        places: [
          {
            address: 'SecretString.password',
            host: 'bitbucket.org',
            line: 4,
            uses: [
              'git-fetch by password? only its name says what it is for',
              'rest by password? only its name says what it is for',
            ],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'references, other hosts and other products',
        tree: load('ok.others'),
        path: 'parameters.json',
        places: [],
      },
    ],
  })
})
