import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Sourcegraph', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'the configuration of a code host',
        tree: load('code-host'),
        path: 'bitbucket.json',
        places: [
          {
            address: 'appPassword',
            host: 'bitbucket.org',
            line: 5,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'code hosts by kind',
        tree: load('extsvc'),
        path: 'extsvc.json',
        places: [
          {
            address: 'BITBUCKETCLOUD.0.appPassword',
            host: 'bitbucket.org',
            line: 4,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'BITBUCKETCLOUD.1.accessToken',
            host: 'api.bitbucket.org',
            line: 5,
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      { name: 'Bitbucket Server and what is redacted', tree: load('ok.others'), path: 'bitbucket.json', places: [] },
    ],
  })
})
