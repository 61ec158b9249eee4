import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Tokens Studio', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'both kinds of secret',
        tree: load('settings'),
        path: 'providers.json',
        places: [
          {
            address: '0.secret',
            host: 'api.bitbucket.org',
            line: 9,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: '1.apiToken',
            host: 'api.bitbucket.org',
            line: 18,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'another server, a placeholder, a secret of a webhook',
        tree: load('ok.others'),
        path: 'providers.json',
        places: [],
      },
    ],
  })
})
