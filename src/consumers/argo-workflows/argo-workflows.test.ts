import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Argo Workflows', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'an artifact and its Secret',
        tree: load('artifact'),
        path: 'workflow.yaml',
        places: [
          {
            address: 'Secret/git-creds.pw',
            host: 'bitbucket.org',
            line: 29,
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'base64' },
          },
        ],
      },
      {
        name: 'another host',
        tree: load('ok.other-host'),
        path: 'workflow.yaml',
        places: [],
      },
    ],
  })
})
