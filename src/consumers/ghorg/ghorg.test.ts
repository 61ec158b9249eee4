import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('ghorg', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'its configuration',
        tree: load('config'),
        path: '.config/ghorg/conf.yaml',
        places: [
          {
            address: 'GHORG_BITBUCKET_APP_PASSWORD',
            host: 'api.bitbucket.org',
            line: 3,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'an API token',
        tree: load('env'),
        path: '.env',
        places: [
          {
            address: 'GHORG_BITBUCKET_API_TOKEN',
            host: 'api.bitbucket.org',
            line: 2,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'options of the command',
        tree: load('command'),
        path: 'backup.sh',
        places: [
          {
            address: 'ghorg-clone.--token',
            host: 'api.bitbucket.org',
            line: 2,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      { name: 'Bitbucket Server', tree: load('ok.others'), path: '.config/ghorg/conf.yaml', places: [] },
    ],
  })
})
