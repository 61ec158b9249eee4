import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Harness', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'a secret and its connector',
        tree: load('secret'),
        path: 'harness/bitbucket.yaml',
        places: [
          {
            address: 'secret.spec.value',
            host: 'api.bitbucket.org',
            line: 8,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'Terraform',
        tree: load('terraform'),
        path: 'main.tf',
        places: [
          {
            address: 'resource.harness_platform_secret_text.scm.value',
            host: 'api.bitbucket.org',
            line: 5,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'others: references, other hosts, other kinds of secrets',
        tree: load('ok.others'),
        path: 'harness/connector.yaml',
        places: [],
      },
    ],
  })
})
