import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Spring Cloud Config', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'application.properties',
        tree: load('properties'),
        path: 'application.properties',
        places: [
          {
            address: 'spring.cloud.config.server.git.password',
            host: 'bitbucket.org',
            line: 3,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'application.yml, with a repository for some applications',
        tree: load('yaml'),
        path: 'application.yml',
        places: [
          {
            address: 'spring.cloud.config.server.git.repos.billing.password',
            host: 'bitbucket.org',
            line: 13,
            username: 'x-bitbucket-api-token-auth',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'references, other hosts and other products',
        tree: load('ok.others'),
        path: 'application.properties',
        places: [],
      },
    ],
  })
})
