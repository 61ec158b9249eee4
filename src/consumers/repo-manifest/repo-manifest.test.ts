import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Manifest of repo', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'a remote with a URL for each direction',
        tree: load('manifest'),
        path: 'default.xml',
        places: [
          {
            address: 'manifest.remote.@fetch',
            host: 'bitbucket.org',
            line: 3,
            username: 'acme-bot',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'percent' },
          },
          {
            address: 'manifest.remote.@pushurl',
            host: 'bitbucket.org',
            line: 3,
            username: 'acme-ci',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'SSH, and Data Center',
        tree: load('ok.others'),
        path: 'default.xml',
        places: [],
      },
    ],
  })
})
