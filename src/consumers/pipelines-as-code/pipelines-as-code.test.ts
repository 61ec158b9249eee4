import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Pipelines as Code (Tekton)', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'the entry that is used when none is named',
        tree: load('repository'),
        path: 'repository.yaml',
        places: [
          {
            address: 'Secret/web-token.provider.token',
            host: 'bitbucket.org',
            line: 19,
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'an entry that is named, in base64',
        tree: load('named-key'),
        path: 'repository.yaml',
        places: [
          {
            address: 'Secret/web-token.api',
            host: 'bitbucket.org',
            line: 18,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'base64' },
          },
        ],
      },
      {
        name: 'another host',
        tree: load('ok.other-host'),
        path: 'repository.yaml',
        places: [],
      },
    ],
  })
})
