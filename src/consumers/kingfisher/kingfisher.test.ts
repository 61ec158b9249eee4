import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Kingfisher', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'variables',
        tree: load('env'),
        path: 'scan.sh',
        places: [
          {
            address: 'KF_BITBUCKET_APP_PASSWORD',
            host: 'api.bitbucket.org',
            line: 3,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'KF_BITBUCKET_TOKEN',
            host: 'api.bitbucket.org',
            line: 5,
            username: 'alice',
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      { name: 'references and another token', tree: load('ok.others'), path: 'scan.sh', places: [] },
    ],
  })
})
