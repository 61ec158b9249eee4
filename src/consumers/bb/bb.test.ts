import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('bb', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'an app password',
        tree: load('env'),
        path: 'review.sh',
        places: [
          {
            address: 'BB_APP_PASSWORD',
            host: 'api.bitbucket.org',
            line: 3,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'an API token',
        tree: load('token'),
        path: 'pipeline.yml',
        places: [
          {
            address: 'steps.0.env.BB_API_TOKEN',
            host: 'api.bitbucket.org',
            line: 5,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      { name: "a script of one's own", tree: load('ok.others'), path: 'clone.sh', places: [] },
    ],
  })
})
