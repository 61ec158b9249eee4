import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Electron Forge', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'forge.config.js',
        tree: load('config'),
        path: 'forge.config.js',
        places: [
          {
            address: 'module.exports.publishers.0.config.auth.appPassword',
            host: 'api.bitbucket.org',
            line: 9,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'the constructor in forge.config.ts',
        tree: load('typescript'),
        path: 'forge.config.ts',
        places: [
          {
            address: 'publishers.0.PublisherBitbucket().0.auth.appPassword',
            host: 'api.bitbucket.org',
            line: 7,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'references, other hosts and other products',
        tree: load('ok.others'),
        path: 'forge.config.js',
        places: [],
      },
    ],
  })
})
