import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Doppler', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'secrets as JSON',
        tree: load('secrets'),
        path: 'secrets.json',
        places: [
          {
            address: 'BITBUCKET_APP_PASSWORD.computed',
            host: 'bitbucket.org',
            line: 2,
            uses: [
              'git-fetch by BITBUCKET_APP_PASSWORD.computed? only its name says what it is for',
              'rest by BITBUCKET_APP_PASSWORD.computed? only its name says what it is for',
            ],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'BITBUCKET_APP_PASSWORD.raw',
            host: 'bitbucket.org',
            line: 2,
            uses: [
              'git-fetch by BITBUCKET_APP_PASSWORD.raw? only its name says what it is for',
              'rest by BITBUCKET_APP_PASSWORD.raw? only its name says what it is for',
            ],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      { name: 'references, other hosts and other products', tree: load('ok.others'), path: 'secrets.json', places: [] },
    ],
  })
})
