import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('bb (bitbucket-cli)', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'profiles without the vault',
        tree: load('profiles'),
        path: '.config/bitbucket/config-cli.yml',
        places: [
          {
            address: 'profiles.0.password',
            host: 'api.bitbucket.org',
            line: 5,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
          {
            address: 'profiles.1.accesstoken',
            host: 'api.bitbucket.org',
            line: 7,
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'making a profile',
        tree: load('command'),
        path: 'setup.sh',
        places: [
          {
            address: 'bb-profile-create.--password',
            host: 'api.bitbucket.org',
            line: 3,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      { name: 'profiles of another tool', tree: load('ok.others'), path: 'profiles.yml', places: [] },
    ],
  })
})
