import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('AWS CodeBuild', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'the CDK',
        tree: load('cdk'),
        path: 'lib/stack.ts',
        places: [
          {
            address: 'BitBucketSourceCredentials.password',
            host: 'api.bitbucket.org',
            line: 3,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'CloudFormation',
        tree: load('cloudformation'),
        path: 'infra/codebuild.yaml',
        places: [
          {
            address: 'Resources.Credential.Properties.Token',
            host: 'api.bitbucket.org',
            line: 9,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'commands in a script',
        tree: load('command'),
        path: 'scripts/codebuild.sh',
        places: [
          {
            address: 'codebuild-import-source-credentials.--token',
            host: 'api.bitbucket.org',
            line: 3,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'token',
            host: 'api.bitbucket.org',
            line: 4,
            username: 'bob',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'JSON',
        tree: load('json'),
        path: 'source-credential.json',
        places: [
          {
            address: 'token',
            host: 'api.bitbucket.org',
            line: 1,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a program',
        tree: load('program'),
        path: 'login.py',
        places: [
          {
            address: 'client.import_source_credentials().token',
            host: 'api.bitbucket.org',
            line: 3,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'Terraform',
        tree: load('terraform'),
        path: 'main.tf',
        places: [
          {
            address: 'resource.aws_codebuild_source_credential.bitbucket.token',
            host: 'api.bitbucket.org',
            line: 5,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'others: references, other hosts, other kinds of secrets',
        tree: load('ok.others'),
        path: 'infra/codebuild.yaml',
        places: [],
      },
    ],
  })
})
