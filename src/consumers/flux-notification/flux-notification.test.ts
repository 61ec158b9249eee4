import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Flux notifications', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'pairs in plain text and in base64',
        tree: load('provider'),
        path: 'provider.yaml',
        places: [
          {
            address: 'Secret/status-token.token',
            host: 'api.bitbucket.org',
            line: 18,
            username: 'acme-bot',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'Secret/second-token.token',
            host: 'api.bitbucket.org',
            line: 35,
            username: 'acme-ci',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'base64' },
          },
        ],
      },
      {
        name: 'Bitbucket Data Center',
        tree: load('ok.server'),
        path: 'provider.yaml',
        places: [],
      },
    ],
  })
})
