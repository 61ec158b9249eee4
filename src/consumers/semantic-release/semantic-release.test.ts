import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('semantic-release', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'a pair for a URL',
        tree: load('basic-auth'),
        path: '.env',
        places: [
          {
            address: 'BITBUCKET_TOKEN_BASIC_AUTH',
            host: 'bitbucket.org',
            line: 1,
            username: 'x-bitbucket-api-token-auth',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'GIT_CREDENTIALS where the document names Bitbucket',
        tree: load('git-credentials'),
        path: 'release.sh',
        places: [
          {
            address: 'GIT_CREDENTIALS',
            host: 'bitbucket.org',
            line: 3,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'the name that forces x-token-auth',
        tree: load('token'),
        path: 'release.yml',
        places: [
          {
            address: 'release.variables.BITBUCKET_TOKEN',
            host: 'bitbucket.org',
            line: 4,
            username: 'x-token-auth',
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      { name: 'references, other hosts and other products', tree: load('ok.others'), path: 'release.sh', places: [] },
    ],
  })
})
