import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('bucketcloner', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'both kinds of secret',
        tree: load('commands'),
        path: 'clone.sh',
        places: [
          {
            address: 'bucketcloner.-p',
            host: 'api.bitbucket.org',
            line: 2,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'bucketcloner.-t',
            host: 'api.bitbucket.org',
            line: 3,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      { name: 'placeholders and references', tree: load('ok.others'), path: 'README.md', places: [] },
    ],
  })
})
