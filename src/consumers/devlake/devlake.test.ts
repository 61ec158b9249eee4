import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Apache DevLake', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'a connection',
        tree: load('connection'),
        path: 'connection.json',
        places: [
          {
            address: 'password',
            host: 'api.bitbucket.org',
            line: 6,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'an API token beside another plugin',
        tree: load('bodies'),
        path: 'connections.json',
        places: [
          {
            address: '0.password',
            host: 'api.bitbucket.org',
            line: 6,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'the body of a request in a script',
        tree: load('request'),
        path: 'connect.sh',
        places: [
          {
            address: 'password',
            host: 'api.bitbucket.org',
            line: 4,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      { name: 'Bitbucket Server and what is masked', tree: load('ok.others'), path: 'connection.json', places: [] },
    ],
  })
})
