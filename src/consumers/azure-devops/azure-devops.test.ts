import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Azure DevOps service connection', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'JSON',
        tree: load('json'),
        path: 'azdo/endpoint.json',
        places: [
          {
            address: 'authorization.parameters.password',
            host: 'api.bitbucket.org',
            line: 7,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a definition in a script',
        tree: load('script'),
        path: 'create.ps1',
        places: [
          {
            address: 'password',
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
            address: 'resource.azuredevops_serviceendpoint_bitbucket.old.password',
            host: 'api.bitbucket.org',
            line: 4,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'resource.azuredevops_serviceendpoint_bitbucket.new.api_token',
            host: 'api.bitbucket.org',
            line: 9,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
          {
            address: 'resource.azuredevops_serviceendpoint_generic_git.git.password',
            host: 'bitbucket.org',
            line: 14,
            username: 'bob',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'the scheme with an API token',
        tree: load('token'),
        path: 'endpoint.json',
        places: [
          {
            address: 'authorization.parameters.apitoken',
            host: 'api.bitbucket.org',
            line: 3,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'variables',
        tree: load('variables'),
        path: '.env',
        places: [
          {
            address: 'AZDO_BITBUCKET_SERVICE_CONNECTION_PASSWORD',
            host: 'api.bitbucket.org',
            line: 2,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'AZDO_BITBUCKET_SERVICE_CONNECTION_API_TOKEN',
            host: 'api.bitbucket.org',
            line: 4,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'others: references, other hosts, other kinds of secrets',
        tree: load('ok.others'),
        path: 'main.tf',
        places: [],
      },
    ],
  })
})
