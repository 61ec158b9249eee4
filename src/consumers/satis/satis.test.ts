import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Satis', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'a URL and a login',
        tree: load('urls'),
        path: 'satis.json',
        places: [
          {
            address: 'config.http-basic.bitbucket.org.password',
            host: 'bitbucket.org',
            line: 9,
            uses: [
              'rest by config.http-basic.bitbucket.org.password',
              'git-fetch by config.http-basic.bitbucket.org.password',
            ],
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
          {
            address: 'repositories.0.url',
            host: 'bitbucket.org',
            line: 5,
            uses: ['git-fetch acme/core by repositories.0.url'],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'percent' },
          },
        ],
      },
      { name: 'another host and a consumer of OAuth', tree: load('ok.others'), path: 'satis.json', places: [] },
    ],
  })
})
