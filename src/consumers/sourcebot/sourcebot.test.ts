import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Sourcebot', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'connections with and without a name for git',
        tree: load('config'),
        path: 'config.json',
        places: [
          {
            address: 'connections.cloud.token',
            host: 'api.bitbucket.org',
            line: 9,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
          {
            address: 'connections.older.token',
            host: 'api.bitbucket.org',
            line: 12,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      { name: 'Bitbucket Server, a variable, another host', tree: load('ok.others'), path: 'config.json', places: [] },
    ],
  })
})
