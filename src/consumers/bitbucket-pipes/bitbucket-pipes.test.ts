import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Bitbucket Pipes', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'the image of a pipe',
        tree: load('docker'),
        path: 'upload.sh',
        places: [
          {
            address: 'BITBUCKET_APP_PASSWORD',
            host: 'api.bitbucket.org',
            line: 4,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'two pipes',
        tree: load('variables'),
        path: 'bitbucket-pipelines.yml',
        places: [
          {
            address: 'pipelines.default.0.step.script.0.variables.BITBUCKET_APP_PASSWORD',
            host: 'api.bitbucket.org',
            line: 8,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'pipelines.default.0.step.script.1.variables.BITBUCKET_ACCESS_TOKEN',
            host: 'api.bitbucket.org',
            line: 12,
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'references, other hosts and other products',
        tree: load('ok.others'),
        path: 'bitbucket-pipelines.yml',
        places: [],
      },
    ],
  })
})
