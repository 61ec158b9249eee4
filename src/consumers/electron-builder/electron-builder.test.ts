import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('electron-builder', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'one of several publishers',
        tree: load('builder'),
        path: 'electron-builder.yml',
        places: [
          {
            address: 'publish.1.token',
            host: 'api.bitbucket.org',
            line: 10,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'build.publish of package.json',
        tree: load('manifest'),
        path: 'package.json',
        places: [
          {
            address: 'build.publish.token',
            host: 'api.bitbucket.org',
            line: 6,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'the file that is shipped',
        tree: load('updater'),
        path: 'resources/app-update.yml',
        places: [
          {
            address: 'token',
            host: 'api.bitbucket.org',
            line: 4,
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'variables',
        tree: load('variables'),
        path: 'release.sh',
        places: [
          {
            address: 'BITBUCKET_TOKEN',
            host: 'api.bitbucket.org',
            line: 2,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      { name: 'references, other hosts and other products', tree: load('ok.others'), path: 'package.json', places: [] },
    ],
  })
})
