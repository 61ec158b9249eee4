import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Danger', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'username and password',
        tree: load('basic'),
        path: 'danger.env',
        places: [
          {
            address: 'DANGER_BITBUCKETCLOUD_PASSWORD',
            host: 'api.bitbucket.org',
            line: 2,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'an access token of a repository',
        tree: load('token'),
        path: '.gitlab-ci.yml',
        places: [
          {
            address: 'danger.variables.DANGER_BITBUCKETCLOUD_REPO_ACCESSTOKEN',
            host: 'api.bitbucket.org',
            line: 4,
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'Bitbucket Server, a consumer of OAuth, a reference',
        tree: load('ok.others'),
        path: 'danger.env',
        places: [],
      },
    ],
  })
})
