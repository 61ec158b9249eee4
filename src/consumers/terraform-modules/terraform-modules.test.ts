import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Terraform module sources', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'a source in Terraform',
        tree: load('sources'),
        path: 'main.tf',
        places: [
          {
            address: 'module.network.source',
            host: 'bitbucket.org',
            line: 2,
            uses: ['git-fetch acme/modules by module.network.source'],
            username: 'acme-bot',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'a source in Terragrunt',
        tree: load('terragrunt'),
        path: 'live/terragrunt.hcl',
        places: [
          {
            address: 'terraform.source',
            host: 'bitbucket.org',
            line: 2,
            uses: ['git-fetch acme/modules by terraform.source'],
            username: 'x-bitbucket-api-token-auth',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'the list of what was downloaded',
        tree: load('downloaded'),
        path: '.terraform/modules/modules.json',
        places: [
          {
            address: 'Modules.1.Source',
            host: 'bitbucket.org',
            line: 1,
            uses: ['git-fetch acme/modules by Modules.1.Source'],
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'references, and another host',
        tree: load('ok.others'),
        path: 'main.tf',
        places: [],
      },
    ],
  })
})
