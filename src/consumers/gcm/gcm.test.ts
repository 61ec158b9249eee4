import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Git Credential Manager', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'a store elsewhere, an entry for one repository, Windows line ends',
        tree: load('chosen'),
        path: 'store/https/bitbucket.org/acme/app/ci.credential',
        places: [
          {
            address: 'credential',
            host: 'bitbucket.org',
            line: 1,
            username: 'ci',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'the store in the home',
        tree: load('store'),
        path: '.gcm/store/git/https/bitbucket.org/alice.credential',
        places: [
          {
            address: 'credential',
            host: 'bitbucket.org',
            line: 1,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'others: references, other hosts, other kinds of secrets',
        tree: load('ok.others'),
        path: '.gcm/store/git/https/github.com/alice.credential',
        places: [],
      },
    ],
  })
})
