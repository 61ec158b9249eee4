import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Weblate', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'settings',
        tree: load('settings'),
        path: 'settings-override.py',
        places: [
          {
            address: 'BITBUCKETCLOUD_CREDENTIALS.bitbucket.org.token',
            host: 'bitbucket.org',
            line: 8,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'variables of the container',
        tree: load('env'),
        path: 'compose.yaml',
        places: [
          {
            address: 'services.weblate.environment.WEBLATE_BITBUCKETCLOUD_TOKEN',
            host: 'api.bitbucket.org',
            line: 7,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      { name: 'Bitbucket Server and a reference', tree: load('ok.others'), path: 'settings.py', places: [] },
    ],
  })
})
