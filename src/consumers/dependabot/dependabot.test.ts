import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Dependabot', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'credentials of a script',
        tree: load('script'),
        path: 'update.rb',
        places: [
          {
            address: 'credentials.1.password',
            host: 'bitbucket.org',
            line: 14,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'an access token of a job',
        tree: load('job'),
        path: 'job.json',
        places: [
          {
            address: 'credentials.0.token',
            host: 'bitbucket.org',
            line: 7,
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'registries of dependabot.yml',
        tree: load('registries'),
        path: '.github/dependabot.yml',
        places: [
          {
            address: 'registries.libraries.password',
            host: 'bitbucket.org',
            line: 7,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'variables of dependabot-script',
        tree: load('env'),
        path: '.env',
        places: [
          {
            address: 'BITBUCKET_APP_PASSWORD',
            host: 'api.bitbucket.org',
            line: 3,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'BITBUCKET_ACCESS_TOKEN',
            host: 'api.bitbucket.org',
            line: 4,
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      { name: 'another host and references', tree: load('ok.others'), path: 'update.rb', places: [] },
    ],
  })
})
