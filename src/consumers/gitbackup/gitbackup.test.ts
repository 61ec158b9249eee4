import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('gitbackup', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'a password',
        tree: load('cron'),
        path: 'backup.sh',
        places: [
          {
            address: 'BITBUCKET_PASSWORD',
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
        path: 'gitbackup.env',
        places: [
          {
            address: 'BITBUCKET_TOKEN',
            host: 'api.bitbucket.org',
            line: 3,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      { name: 'another service and a reference', tree: load('ok.others'), path: 'backup.sh', places: [] },
    ],
  })
})
