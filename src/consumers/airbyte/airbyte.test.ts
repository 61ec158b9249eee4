import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Airbyte', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'a source of the API',
        tree: load('api'),
        path: 'bitbucket.json',
        places: [
          {
            address: 'configuration.app_password',
            host: 'api.bitbucket.org',
            line: 8,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a source as a file',
        tree: load('octavia'),
        path: 'sources/bitbucket/configuration.yaml',
        places: [
          {
            address: 'configuration.credentials.password',
            host: 'api.bitbucket.org',
            line: 10,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      { name: 'other sources and what is masked', tree: load('ok.others'), path: 'sources.json', places: [] },
    ],
  })
})
