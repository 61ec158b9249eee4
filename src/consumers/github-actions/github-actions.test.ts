import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('GitHub Actions', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'a composite action',
        tree: load('action'),
        path: 'action.yml',
        places: [
          {
            address: 'curl.-u',
            host: 'api.bitbucket.org',
            line: 6,
            uses: ['rest acme/app by curl.-u'],
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'headers',
        tree: load('header'),
        path: '.github/workflows/status.yml',
        places: [
          {
            address: 'jobs.status.steps.0.run',
            host: 'api.bitbucket.org',
            line: 7,
            uses: ['rest by jobs.status.steps.0.run'],
            username: 'alice',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'base64-pair' },
          },
          {
            address: 'jobs.status.steps.1.run',
            host: 'bitbucket.org',
            line: 10,
            uses: ['git-fetch by jobs.status.steps.1.run'],
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a workflow',
        tree: load('workflow'),
        path: '.github/workflows/mirror.yml',
        places: [
          {
            address: 'jobs.mirror.steps.3.run',
            host: 'bitbucket.org',
            line: 16,
            uses: ['git-fetch acme/lib by jobs.mirror.steps.3.run'],
            username: 'bob',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'percent' },
          },
          {
            address: 'env.BITBUCKET_APP_PASSWORD',
            host: 'bitbucket.org',
            line: 5,
            uses: ['git-push acme/app by BITBUCKET_APP_PASSWORD', 'rest by BITBUCKET_APP_PASSWORD'],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'jobs.mirror.steps.4.with.password',
            host: 'bitbucket.org',
            line: 21,
            uses: ['git-fetch acme/app by jobs.mirror.steps.4.with.password'],
            username: 'carol',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'secrets of the service and another host',
        tree: load('ok.secrets'),
        path: '.github/workflows/mirror.yml',
        places: [],
      },
    ],
  })
})
