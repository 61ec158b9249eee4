import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Backstage', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'an app password',
        tree: load('app-password'),
        path: 'app-config.yaml',
        places: [
          {
            address: 'integrations.bitbucketCloud.0.appPassword',
            host: 'api.bitbucket.org',
            line: 9,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'an API token',
        tree: load('token'),
        path: 'app-config.production.yaml',
        places: [
          {
            address: 'integrations.bitbucketCloud.0.token',
            host: 'api.bitbucket.org',
            line: 4,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'from before Cloud and Server were told apart',
        tree: load('legacy'),
        path: 'app-config.yaml',
        places: [
          {
            address: 'integrations.bitbucket.1.appPassword',
            host: 'api.bitbucket.org',
            line: 8,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'variables',
        tree: load('env'),
        path: 'backstage.env',
        places: [
          {
            address: 'APP_CONFIG_integrations_bitbucketCloud_0_token',
            host: 'api.bitbucket.org',
            line: 2,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'Bitbucket Server, references, a consumer of OAuth',
        tree: load('ok.others'),
        path: 'app-config.yaml',
        places: [],
      },
    ],
  })
})
