import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Jenkinsfile', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'withEnv and curl',
        tree: load('commands'),
        path: 'ci/Jenkinsfile.release',
        places: [
          {
            address: 'withEnv.BB_TOKEN',
            host: 'bitbucket.org',
            line: 2,
            uses: ['git-push acme/app by BB_TOKEN'],
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
          {
            address: 'curl.-u',
            host: 'api.bitbucket.org',
            line: 6,
            uses: ['rest acme/app by curl.-u'],
            username: 'alice@example.com',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'literals in environment and git',
        tree: load('literals'),
        path: 'Jenkinsfile',
        places: [
          {
            address: 'git.url',
            host: 'bitbucket.org',
            line: 10,
            uses: ['git-fetch acme/app by git.url'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'percent' },
          },
          {
            address: 'environment.BITBUCKET_APP_PASSWORD',
            host: 'api.bitbucket.org',
            line: 5,
            uses: ['rest by BITBUCKET_APP_PASSWORD'],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      { name: 'bindings of credentials', tree: load('ok.bindings'), path: 'Jenkinsfile', places: [] },
    ],
  })
})
