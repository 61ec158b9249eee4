import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('bkt', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'variables',
        tree: load('env'),
        path: '.profile',
        places: [
          {
            address: 'BKT_TOKEN',
            host: 'api.bitbucket.org',
            line: 3,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'variables without the host',
        tree: load('workflow'),
        path: 'pipeline.yml',
        places: [
          {
            address: 'steps.0.env.BKT_TOKEN',
            host: 'api.bitbucket.org',
            line: 5,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'logging in',
        tree: load('login'),
        path: 'setup.sh',
        places: [
          {
            address: 'bkt-auth-login.--token',
            host: 'bitbucket.org',
            line: 2,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
          {
            address: 'bkt-auth-login.--token#2',
            host: 'api.bitbucket.org',
            line: 3,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      { name: 'another host and a reference', tree: load('ok.others'), path: '.profile', places: [] },
    ],
  })
})
