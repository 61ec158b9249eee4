import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Pulumi provider for Bitbucket', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'settings of a stack in plain text',
        tree: load('stack'),
        path: 'Pulumi.prod.yaml',
        places: [
          {
            address: 'config.bitbucket:password',
            host: 'api.bitbucket.org',
            line: 4,
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'an encrypted value',
        tree: load('ok.encrypted'),
        path: 'Pulumi.prod.yaml',
        places: [],
      },
    ],
  })
})
