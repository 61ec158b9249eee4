import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('a file of HTTP requests', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'four spellings, and one for another host',
        tree: load('requests'),
        path: 'api.http',
        places: [
          {
            address: 'Authorization',
            host: 'api.bitbucket.org',
            line: 6,
            uses: ['rest read by Authorization'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'base64-pair' },
          },
          {
            address: 'Authorization#2',
            host: 'api.bitbucket.org',
            line: 11,
            uses: ['rest read by Authorization'],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'Authorization#3',
            host: 'bitbucket.org',
            line: 15,
            uses: ['web acme/app by Authorization'],
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
          {
            address: 'Authorization#4',
            host: 'api.bitbucket.org',
            line: 19,
            uses: ['rest read by Authorization'],
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      { name: 'references, other hosts and other products', tree: load('ok.others'), path: 'api.rest', places: [] },
    ],
  })
})
