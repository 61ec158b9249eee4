import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Snyk contributor count', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'both ways to write options',
        tree: load('count'),
        path: 'count.sh',
        places: [
          {
            address: 'snyk-scm-contributors-count-bitbucket-cloud.--password',
            host: 'api.bitbucket.org',
            line: 3,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'snyk-scm-contributors-count-bitbucket-cloud.--password#2',
            host: 'api.bitbucket.org',
            line: 6,
            username: 'bob@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      { name: 'placeholders, references, Bitbucket Server', tree: load('ok.others'), path: 'count.sh', places: [] },
    ],
  })
})
