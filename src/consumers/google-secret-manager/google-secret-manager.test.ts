import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Google Secret Manager', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'versions access',
        tree: load('reply'),
        path: 'version.json',
        places: [
          {
            address: 'bitbucket-app-password.payload',
            host: 'bitbucket.org',
            line: 4,
            secret: { text: values.OLD, kind: 'app-password', encoding: 'base64' },
          },
        ],
      },
      {
        name: 'Terraform',
        tree: load('terraform'),
        path: 'secrets.tf',
        places: [
          {
            address: 'bitbucket_token',
            host: 'bitbucket.org',
            line: 3,
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      { name: 'references, other hosts and other products', tree: load('ok.others'), path: 'version.json', places: [] },
    ],
  })
})
