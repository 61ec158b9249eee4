import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('1Password and Bitwarden', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'an export of Bitwarden',
        tree: load('bitwarden'),
        path: 'export.json',
        places: [
          {
            address: 'items.1.login.password',
            host: 'bitbucket.org',
            line: 5,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'op item get',
        tree: load('item'),
        path: 'item.json',
        places: [
          {
            address: 'fields.1.value',
            host: 'bitbucket.org',
            line: 8,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      { name: 'references, other hosts and other products', tree: load('ok.others'), path: 'item.json', places: [] },
    ],
  })
})
