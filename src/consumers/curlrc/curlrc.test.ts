import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('settings of curl', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: '.curlrc',
        tree: load('pair'),
        path: '.curlrc',
        places: [
          {
            address: 'user',
            host: 'api.bitbucket.org',
            line: 4,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a file for --config, with short options',
        tree: load('short'),
        path: 'upload.curl',
        places: [
          {
            address: 'user',
            host: 'bitbucket.org',
            line: 2,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: '.wgetrc',
        tree: load('wgetrc'),
        path: '.wgetrc',
        places: [
          {
            address: 'password',
            host: 'bitbucket.org',
            line: 3,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      { name: 'references, other hosts and other products', tree: load('ok.others'), path: '.curlrc', places: [] },
    ],
  })
})
