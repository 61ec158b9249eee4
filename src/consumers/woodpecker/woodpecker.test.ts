import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Woodpecker CI', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'a pipeline',
        tree: load('pipeline'),
        path: '.woodpecker/deploy.yml',
        places: [
          {
            address: 'steps.0.commands.1',
            host: 'bitbucket.org',
            line: 9,
            uses: ['git-fetch acme/lib by steps.0.commands.1'],
            username: 'bob',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'percent' },
          },
          {
            address: 'steps.0.environment.BITBUCKET_TOKEN',
            host: 'bitbucket.org',
            line: 6,
            uses: ['git-push acme/app by BITBUCKET_TOKEN'],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'others: references, other hosts, other kinds of secrets',
        tree: load('ok.others'),
        path: '.woodpecker.yml',
        places: [],
      },
    ],
  })
})
