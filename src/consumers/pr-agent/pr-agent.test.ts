import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('PR-Agent', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'the pair in base64',
        tree: load('secrets'),
        path: '.secrets.toml',
        places: [
          {
            address: 'bitbucket.basic_token',
            host: 'api.bitbucket.org',
            line: 6,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'base64-pair' },
          },
        ],
      },
      {
        name: 'the same in a variable',
        tree: load('env'),
        path: '.env',
        places: [
          {
            address: 'BITBUCKET__BASIC_TOKEN',
            host: 'api.bitbucket.org',
            line: 3,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'base64-pair' },
          },
        ],
      },
      {
        name: 'an access token',
        tree: load('bearer'),
        path: 'compose.yaml',
        places: [
          {
            address: 'services.agent.environment.BITBUCKET.BEARER_TOKEN',
            host: 'api.bitbucket.org',
            line: 6,
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      { name: 'placeholders, no pair, Bitbucket Server', tree: load('ok.others'), path: '.secrets.toml', places: [] },
    ],
  })
})
