import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('GitLab CI', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'variables',
        tree: load('variables'),
        path: '.gitlab-ci.yml',
        places: [
          {
            address: 'mirror.script.2',
            host: 'bitbucket.org',
            line: 9,
            uses: ['git-fetch acme/lib by mirror.script.2'],
            username: 'bob',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'percent' },
          },
          {
            address: 'variables.BITBUCKET_APP_PASSWORD',
            host: 'bitbucket.org',
            line: 4,
            uses: ['git-push acme/app by BITBUCKET_APP_PASSWORD'],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'others: references, other hosts, other kinds of secrets',
        tree: load('ok.others'),
        path: '.gitlab-ci.yml',
        places: [],
      },
    ],
  })
})
