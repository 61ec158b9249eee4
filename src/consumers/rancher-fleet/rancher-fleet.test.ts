import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Rancher Fleet', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'a GitRepo and its Secret',
        tree: load('gitrepo'),
        path: 'fleet.yaml',
        places: [
          {
            address: 'Secret/apps-auth.password',
            host: 'bitbucket.org',
            line: 19,
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'base64' },
          },
        ],
      },
      {
        name: 'another host',
        tree: load('ok.other-host'),
        path: 'fleet.yaml',
        places: [],
      },
    ],
  })
})
