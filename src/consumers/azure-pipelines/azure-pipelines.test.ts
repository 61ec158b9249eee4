import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Azure Pipelines', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'variables, scripts and tasks',
        tree: load('steps'),
        path: 'azure-pipelines.yml',
        places: [
          {
            address: 'steps.0.script',
            host: 'bitbucket.org',
            line: 10,
            uses: ['git-push acme/lib by steps.0.script'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'percent' },
          },
          {
            address: 'variables.0.value.BITBUCKET_TOKEN',
            host: 'bitbucket.org',
            line: 4,
            uses: ['git-fetch acme/app by BITBUCKET_TOKEN'],
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
          {
            address: 'steps.1.inputs.password',
            host: 'bitbucket.org',
            line: 15,
            uses: ['git-fetch acme/app by steps.1.inputs.password'],
            username: 'bob',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'others: references, other hosts, other kinds of secrets',
        tree: load('ok.others'),
        path: 'azure-pipelines.yml',
        places: [],
      },
    ],
  })
})
