import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Nextflow', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'the provider and another one of its platform',
        tree: load('scm'),
        path: '.nextflow/scm',
        places: [
          {
            address: 'providers.bitbucket.password',
            host: 'api.bitbucket.org',
            line: 5,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'providers.mirror.token',
            host: 'api.bitbucket.org',
            line: 15,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'names with dots',
        tree: load('dotted'),
        path: '.nextflow/scm',
        places: [
          {
            address: 'providers.bitbucket.password',
            host: 'api.bitbucket.org',
            line: 2,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'inside a ConfigMap',
        tree: load('config-map'),
        path: 'scm.yaml',
        places: [
          {
            address: 'providers.bitbucket.password',
            host: 'api.bitbucket.org',
            line: 9,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'an expression, Bitbucket Server, another provider',
        tree: load('ok.others'),
        path: '.nextflow/scm',
        places: [],
      },
    ],
  })
})
