import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Composer', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'auth.json beside another host and a consumer of OAuth',
        tree: load('auth-json'),
        path: 'auth.json',
        places: [
          {
            address: 'http-basic.bitbucket.org.password',
            host: 'bitbucket.org',
            line: 6,
            uses: ['rest by http-basic.bitbucket.org.password', 'git-fetch by http-basic.bitbucket.org.password'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'COMPOSER_AUTH',
        tree: load('variable'),
        path: '.env',
        places: [
          {
            address: 'http-basic.bitbucket.org.password',
            host: 'bitbucket.org',
            line: 2,
            uses: ['rest by http-basic.bitbucket.org.password', 'git-fetch by http-basic.bitbucket.org.password'],
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'commands that write auth.json',
        tree: load('command'),
        path: 'install.sh',
        places: [
          {
            address: 'http-basic.bitbucket.org.password',
            host: 'bitbucket.org',
            line: 4,
            uses: ['rest by http-basic.bitbucket.org.password', 'git-fetch by http-basic.bitbucket.org.password'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'bearer.bitbucket.org',
            host: 'bitbucket.org',
            line: 5,
            uses: ['rest by bearer.bitbucket.org', 'git-fetch by bearer.bitbucket.org'],
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      { name: 'other hosts and references', tree: load('ok.others'), path: 'auth.json', places: [] },
    ],
  })
})
