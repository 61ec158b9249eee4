import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Packistry', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'the pair in base64',
        tree: load('source'),
        path: 'sources.json',
        places: [
          {
            address: '0.token',
            host: 'api.bitbucket.org',
            line: 6,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'base64-pair' },
          },
        ],
      },
      { name: 'another provider, another server', tree: load('ok.others'), path: 'sources.json', places: [] },
    ],
  })
})
