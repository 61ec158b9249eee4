import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Yocto (BitBake)', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'two sources of a recipe',
        tree: load('recipe'),
        path: 'recipes-core/web/web_1.0.bb',
        places: [
          {
            address: 'SRC_URI',
            host: 'bitbucket.org',
            line: 2,
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'SRC_URI#2',
            host: 'bitbucket.org',
            line: 3,
            username: 'acme-ci',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'SSH, references, and another host',
        tree: load('ok.others'),
        path: 'web_1.0.bb',
        places: [],
      },
    ],
  })
})
