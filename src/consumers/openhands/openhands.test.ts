import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('OpenHands', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'the pair in a variable',
        tree: load('env'),
        path: '.env',
        places: [
          {
            address: 'BITBUCKET_TOKEN',
            host: 'api.bitbucket.org',
            line: 3,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'its own settings',
        tree: load('secrets'),
        path: '.openhands/secrets.json',
        places: [
          {
            address: 'provider_tokens.bitbucket.token',
            host: 'api.bitbucket.org',
            line: 5,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a token alone',
        tree: load('access-token'),
        path: 'compose.yaml',
        places: [
          {
            address: 'services.openhands.environment.0',
            host: 'api.bitbucket.org',
            line: 5,
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a placeholder, Bitbucket Data Center, another provider',
        tree: load('ok.others'),
        path: 'secrets.json',
        places: [],
      },
    ],
  })
})
