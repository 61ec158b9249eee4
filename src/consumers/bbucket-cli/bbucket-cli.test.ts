import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('bbucket-cli', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'its configuration',
        tree: load('config'),
        path: '.bb-cli-config.json',
        places: [
          {
            address: 'api_token',
            host: 'api.bitbucket.org',
            line: 3,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'from before API tokens',
        tree: load('older'),
        path: '.bb-cli-config.json',
        places: [
          {
            address: 'auth.appPassword',
            host: 'api.bitbucket.org',
            line: 1,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      { name: 'a placeholder', tree: load('ok.others'), path: '.bb-cli-config.json', places: [] },
    ],
  })
})
