import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('n8n', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'both types of credential',
        tree: load('export'),
        path: 'credentials.json',
        places: [
          {
            address: '0.data.appPassword',
            host: 'api.bitbucket.org',
            line: 5,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: '1.data.accessToken',
            host: 'api.bitbucket.org',
            line: 11,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'overwritten credentials',
        tree: load('overwrite'),
        path: '.env',
        places: [
          {
            address: 'bitbucketApi.appPassword',
            host: 'api.bitbucket.org',
            line: 2,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'what is encrypted, another type, an expression',
        tree: load('ok.others'),
        path: 'credentials.json',
        places: [],
      },
    ],
  })
})
