import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('TruffleHog', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'sources of both kinds',
        tree: load('config'),
        path: 'config.yaml',
        places: [
          {
            address: 'sources.0.connection.token',
            host: 'api.bitbucket.org',
            line: 7,
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
          {
            address: 'sources.1.connection.basicAuth.password',
            host: 'api.bitbucket.org',
            line: 14,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      { name: 'Bitbucket Server and another host', tree: load('ok.others'), path: 'config.yaml', places: [] },
    ],
  })
})
