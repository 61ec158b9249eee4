import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Argo CD ApplicationSet', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'generators and the Secrets that they refer to',
        tree: load('generators'),
        path: 'applicationset.yaml',
        places: [
          {
            address: 'Secret/scm.appPassword',
            host: 'api.bitbucket.org',
            line: 43,
            username: 'acme-bot',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'base64' },
          },
          {
            address: 'Secret/pulls.pw',
            host: 'api.bitbucket.org',
            line: 51,
            username: 'acme-ci',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'Secret/pulls.bearer',
            host: 'api.bitbucket.org',
            line: 52,
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'Bitbucket Data Center',
        tree: load('ok.server'),
        path: 'applicationset.yaml',
        places: [],
      },
    ],
  })
})
