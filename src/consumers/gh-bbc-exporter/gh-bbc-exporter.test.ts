import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('gh-bbc-exporter', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'options of all kinds',
        tree: load('commands'),
        path: 'migrate.sh',
        places: [
          {
            address: 'bbc-exporter.--api-token',
            host: 'api.bitbucket.org',
            line: 2,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
          {
            address: 'bbc-exporter.-p',
            host: 'api.bitbucket.org',
            line: 3,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'bbc-exporter.-t',
            host: 'api.bitbucket.org',
            line: 4,
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'variables',
        tree: load('env'),
        path: 'workflow.yml',
        places: [
          {
            address: 'jobs.migrate.env.BITBUCKET_API_TOKEN',
            host: 'api.bitbucket.org',
            line: 6,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a placeholder, a token of GitHub, a reference',
        tree: load('ok.others'),
        path: 'migrate.sh',
        places: [],
      },
    ],
  })
})
