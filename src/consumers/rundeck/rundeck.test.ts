import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Rundeck', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'a password',
        tree: load('key'),
        path: 'var/storage/content/keys/project/ops/bitbucket.password',
        places: [
          {
            address: 'bitbucket.password',
            host: 'bitbucket.org',
            line: 1,
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'an SSH key',
        tree: load('ok.key'),
        path: 'var/storage/content/keys/project/ops/bitbucket.pub',
        places: [],
      },
    ],
  })
})
