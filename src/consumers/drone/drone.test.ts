import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Drone', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'a pipeline',
        tree: load('pipeline'),
        path: '.drone.yml',
        places: [
          {
            address: 'steps.1.environment.BITBUCKET_APP_PASSWORD',
            host: 'bitbucket.org',
            line: 17,
            uses: ['git-fetch acme/lib by BITBUCKET_APP_PASSWORD'],
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'steps.0.settings.password',
            host: 'bitbucket.org',
            line: 13,
            uses: ['git-fetch acme/app by steps.0.settings.password'],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      { name: 'secrets of the service and another host', tree: load('ok.secrets'), path: '.drone.yml', places: [] },
    ],
  })
})
