import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Swift Package Manager', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'Package.swift',
        tree: load('manifest'),
        path: 'Package.swift',
        places: [
          {
            address: 'package.Package().1.1',
            host: 'bitbucket.org',
            line: 8,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'an Xcode project',
        tree: load('project'),
        path: 'App.xcodeproj/project.pbxproj',
        places: [
          {
            address: 'repositoryURL',
            host: 'bitbucket.org',
            line: 3,
            username: 'x-bitbucket-api-token-auth',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'references, other hosts and other products',
        tree: load('ok.others'),
        path: 'Package.swift',
        places: [],
      },
    ],
  })
})
