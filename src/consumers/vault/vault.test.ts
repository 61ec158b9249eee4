import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('HashiCorp Vault', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'vault kv put',
        tree: load('command'),
        path: 'put.sh',
        places: [
          {
            address: 'vault-kv-put--mount=secret.password',
            host: 'bitbucket.org',
            line: 2,
            uses: [
              'git-fetch by vault-kv-put--mount=secret.password? only its name says what it is for',
              'rest by vault-kv-put--mount=secret.password? only its name says what it is for',
            ],
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a reply in a file that names Bitbucket',
        tree: load('file'),
        path: 'bitbucket.json',
        places: [
          {
            address: 'data.app_password',
            host: 'bitbucket.org',
            line: 3,
            uses: [
              'git-fetch by data.app_password? only its name says what it is for',
              'rest by data.app_password? only its name says what it is for',
            ],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a reply with an address',
        tree: load('reply'),
        path: 'secret.json',
        places: [
          {
            address: 'data.data.password',
            host: 'bitbucket.org',
            line: 5,
            uses: [
              'git-fetch by data.data.password? only its name says what it is for',
              'rest by data.data.password? only its name says what it is for',
            ],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      { name: 'references, other hosts and other products', tree: load('ok.others'), path: 'secret.json', places: [] },
    ],
  })
})
