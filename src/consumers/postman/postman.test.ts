import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Postman, Insomnia and Bruno', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'a Bruno request',
        tree: load('bruno'),
        path: 'user.bru',
        places: [
          {
            address: 'auth.basic',
            host: 'api.bitbucket.org',
            line: 12,
            uses: ['rest read by auth.basic'],
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a Postman collection',
        tree: load('collection'),
        path: 'acme.postman_collection.json',
        places: [
          {
            address: 'item.0.request.auth.basic.password',
            host: 'api.bitbucket.org',
            line: 10,
            uses: ['rest read by item.0.request.auth.basic.password'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'item.2.request.auth.bearer.token',
            host: 'api.bitbucket.org',
            line: 28,
            uses: ['rest by item.2.request.auth.bearer.token'],
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'an Insomnia export',
        tree: load('insomnia'),
        path: 'insomnia.json',
        places: [
          {
            address: 'resources.0.authentication.password',
            host: 'api.bitbucket.org',
            line: 7,
            uses: ['rest by resources.0.authentication.password'],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'references, other hosts and other products',
        tree: load('ok.others'),
        path: 'acme.postman_collection.json',
        places: [],
      },
    ],
  })
})
