import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('reviewdog', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'username and password',
        tree: load('basic'),
        path: 'lint.sh',
        places: [
          {
            address: 'BITBUCKET_PASSWORD',
            host: 'api.bitbucket.org',
            line: 3,
            uses: ['rest by BITBUCKET_PASSWORD'],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'an access token',
        tree: load('token'),
        path: 'lint.sh',
        places: [
          {
            address: 'BITBUCKET_ACCESS_TOKEN',
            host: 'api.bitbucket.org',
            line: 2,
            uses: ['rest by BITBUCKET_ACCESS_TOKEN'],
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      { name: 'another reporter and a reference', tree: load('ok.others'), path: 'lint.sh', places: [] },
    ],
  })
})
