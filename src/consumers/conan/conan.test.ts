import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Conan', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'a recipe that clones',
        tree: load('recipe'),
        path: 'conanfile.py',
        places: [
          {
            address: 'clone().0',
            host: 'bitbucket.org',
            line: 8,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'source_credentials.json',
        tree: load('source-credentials'),
        path: 'source_credentials.json',
        places: [
          {
            address: 'credentials.1.password',
            host: 'bitbucket.org',
            line: 4,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'credentials.2.token',
            host: 'api.bitbucket.org',
            line: 5,
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'references, other hosts and other products',
        tree: load('ok.others'),
        path: 'source_credentials.json',
        places: [],
      },
    ],
  })
})
