import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Prefect', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'blocks with a password and with a pair',
        tree: load('block'),
        path: 'blocks.py',
        places: [
          {
            address: 'BitBucketCredentials().password',
            host: 'api.bitbucket.org',
            line: 5,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'BitBucketCredentials().token',
            host: 'bitbucket.org',
            line: 8,
            username: 'x-bitbucket-api-token-auth',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a token alone, and a repository',
        tree: load('token'),
        path: 'flow.py',
        places: [
          {
            address: 'BitBucketCredentials().token.SecretStr().0',
            host: 'bitbucket.org',
            line: 5,
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
          {
            address: 'storage.GitRepository().credentials.access_token',
            host: 'bitbucket.org',
            line: 9,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a step of a deployment',
        tree: load('step'),
        path: 'prefect.yaml',
        places: [
          {
            address: 'pull.0.prefect.deployments.steps.git_clone.access_token',
            host: 'bitbucket.org',
            line: 6,
            username: 'x-token-auth',
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      { name: 'a reference, a placeholder, another server', tree: load('ok.others'), path: 'blocks.py', places: [] },
    ],
  })
})
