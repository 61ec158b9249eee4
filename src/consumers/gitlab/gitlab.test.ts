import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('GitLab import and mirror', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'forms and queries',
        tree: load('form'),
        path: 'import.sh',
        places: [
          {
            address: 'bitbucket_api_token',
            host: 'api.bitbucket.org',
            line: 1,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
          {
            address: 'bitbucket_app_password',
            host: 'api.bitbucket.org',
            line: 2,
            username: 'bob',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'JSON in an argument',
        tree: load('json-argument'),
        path: 'scripts/import.sh',
        places: [
          {
            address: 'bitbucket_app_password',
            host: 'api.bitbucket.org',
            line: 5,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'mirrors of the Terraform provider',
        tree: load('mirror'),
        path: 'main.tf',
        places: [
          {
            address: 'resource.gitlab_project.app.import_url_password',
            host: 'bitbucket.org',
            line: 5,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'resource.gitlab_project.lib.import_url',
            host: 'bitbucket.org',
            line: 9,
            username: 'bob',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'a program',
        tree: load('program'),
        path: 'import.py',
        places: [
          {
            address: 'bitbucket_app_password',
            host: 'api.bitbucket.org',
            line: 2,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'others: references, other hosts, other kinds of secrets',
        tree: load('ok.others'),
        path: 'import.sh',
        places: [],
      },
    ],
  })
})
