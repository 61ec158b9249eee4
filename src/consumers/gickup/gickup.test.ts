import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('gickup', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'sources of all kinds',
        tree: load('conf'),
        path: 'conf.yml',
        places: [
          {
            address: 'source.bitbucket.0.password',
            host: 'api.bitbucket.org',
            line: 7,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'source.bitbucket.1.password',
            host: 'api.bitbucket.org',
            line: 10,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
          {
            address: 'source.any.0.password',
            host: 'bitbucket.org',
            line: 17,
            username: 'bob',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      { name: 'placeholders, SSH, another source', tree: load('ok.others'), path: 'conf.yml', places: [] },
    ],
  })
})
