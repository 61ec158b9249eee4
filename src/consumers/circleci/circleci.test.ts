import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('CircleCI', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'the configuration',
        tree: load('config'),
        path: '.circleci/config.yml',
        places: [
          {
            address: 'jobs.build.environment.BITBUCKET_APP_PASSWORD',
            host: 'bitbucket.org',
            line: 7,
            uses: ['git-fetch acme/lib by BITBUCKET_APP_PASSWORD'],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'curl.-u',
            host: 'api.bitbucket.org',
            line: 14,
            uses: ['rest acme/app by curl.-u'],
            username: 'bob',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      { name: 'parameters and contexts', tree: load('ok.context'), path: '.circleci/config.yml', places: [] },
    ],
  })
})
