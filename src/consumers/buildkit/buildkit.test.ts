import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Docker BuildKit', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'variables with and without the host',
        tree: load('variables'),
        path: 'build.env',
        places: [
          {
            address: 'GIT_AUTH_TOKEN',
            host: 'bitbucket.org',
            line: 2,
            username: 'x-access-token',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'GIT_AUTH_HEADER.bitbucket.org',
            host: 'bitbucket.org',
            line: 3,
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'base64-pair' },
          },
        ],
      },
      {
        name: 'a header in a script',
        tree: load('script'),
        path: 'build.sh',
        places: [
          {
            address: 'GIT_AUTH_HEADER',
            host: 'bitbucket.org',
            line: 2,
            username: 'x-bitbucket-api-token-auth',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'base64-pair' },
          },
        ],
      },
      {
        name: 'another host',
        tree: load('ok.other-host'),
        path: 'build.sh',
        places: [],
      },
    ],
  })
})
