import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Azure Key Vault', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'secret set',
        tree: load('command'),
        path: 'set.sh',
        places: [
          {
            address: 'az-keyvault-secret-set.--value',
            host: 'bitbucket.org',
            line: 2,
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'secret show',
        tree: load('shown'),
        path: 'secret.json',
        places: [
          {
            address: 'value.bitbucket-app-password',
            host: 'bitbucket.org',
            line: 5,
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      { name: 'references, other hosts and other products', tree: load('ok.others'), path: 'secret.json', places: [] },
    ],
  })
})
