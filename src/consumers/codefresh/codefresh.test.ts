import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Codefresh', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'a context',
        tree: load('context'),
        path: 'bitbucket-context.yml',
        places: [
          {
            address: 'spec.data.auth.password',
            host: 'api.bitbucket.org',
            line: 10,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a pipeline',
        tree: load('pipeline'),
        path: 'codefresh.yml',
        places: [
          {
            address: 'steps.mirror.environment.0.BITBUCKET_TOKEN',
            host: 'bitbucket.org',
            line: 6,
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'others: references, other hosts, other kinds of secrets',
        tree: load('ok.others'),
        path: 'codefresh.yml',
        places: [],
      },
    ],
  })
})
