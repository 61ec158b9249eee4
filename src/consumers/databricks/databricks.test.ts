import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Databricks', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'the command line',
        tree: load('cli'),
        path: 'setup.sh',
        places: [
          {
            address: 'databricks-git-credentials-create-bitbucketCloud.--personal-access-token',
            host: 'bitbucket.org',
            line: 2,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'databricks-git-credentials-update-4711-bitbucketCloud.--personal-access-token',
            host: 'bitbucket.org',
            line: 4,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'Terraform',
        tree: load('terraform'),
        path: 'git.tf',
        places: [
          {
            address: 'resource.databricks_git_credential.this.personal_access_token',
            host: 'bitbucket.org',
            line: 4,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'the body of a request',
        tree: load('body'),
        path: 'credential.json',
        places: [
          {
            address: 'personal_access_token',
            host: 'bitbucket.org',
            line: 4,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'requests in a script',
        tree: load('request'),
        path: 'setup.sh',
        places: [
          {
            address: 'personal_access_token',
            host: 'bitbucket.org',
            line: 5,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'personal_access_token#2',
            host: 'bitbucket.org',
            line: 8,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      { name: 'other providers and a reference', tree: load('ok.others'), path: 'setup.sh', places: [] },
    ],
  })
})
