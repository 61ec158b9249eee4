import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('CocoaPods and Carthage', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'Cartfile of Carthage',
        tree: load('cartfile'),
        path: 'Cartfile',
        places: [
          {
            address: 'text',
            host: 'bitbucket.org',
            line: 2,
            username: 'x-bitbucket-api-token-auth',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'Podfile',
        tree: load('podfile'),
        path: 'Podfile',
        places: [
          {
            address: 'pod().git',
            host: 'bitbucket.org',
            line: 5,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'Podfile.lock',
        tree: load('podfile-lock'),
        path: 'Podfile.lock',
        places: [
          {
            address: 'EXTERNAL%20SOURCES.Networking.:git',
            host: 'bitbucket.org',
            line: 5,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'percent' },
          },
        ],
      },
      { name: 'references, other hosts and other products', tree: load('ok.others'), path: 'Podfile', places: [] },
    ],
  })
})
