import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Buildkite', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'a hook of the agent',
        tree: load('hook'),
        path: 'etc/buildkite-agent/hooks/environment',
        places: [
          {
            address: 'BITBUCKET_PASSWORD',
            host: 'bitbucket.org',
            line: 3,
            uses: ['git-fetch by BITBUCKET_PASSWORD? only its name says what it is for'],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a pipeline',
        tree: load('pipeline'),
        path: '.buildkite/pipeline.yml',
        places: [
          {
            address: 'env.BITBUCKET_TOKEN',
            host: 'bitbucket.org',
            line: 2,
            uses: ['git-push acme/app by BITBUCKET_TOKEN'],
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
          {
            address: 'steps.0.plugins.0.acme/git-mirror#v1.2.0.password',
            host: 'bitbucket.org',
            line: 10,
            uses: ['git-fetch acme/app by steps.0.plugins.0.acme/git-mirror#v1.2.0.password'],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'others: references, other hosts, other kinds of secrets',
        tree: load('ok.others'),
        path: '.buildkite/pipeline.yml',
        places: [],
      },
    ],
  })
})
