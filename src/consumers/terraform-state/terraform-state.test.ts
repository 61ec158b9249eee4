import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Terraform state', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'resources and an output',
        tree: load('resources'),
        path: 'terraform.tfstate',
        places: [
          {
            address: 'resources.0.instances.0.attributes.password',
            host: 'api.bitbucket.org',
            line: 14,
            username: 'acme-bot',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'resources.1.instances.0.attributes.token',
            host: 'api.bitbucket.org',
            line: 22,
            username: 'acme-ci',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'resources.2.instances.0.attributes.password',
            host: 'bitbucket.org',
            line: 30,
            username: 'acme-cd',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'outputs.bitbucket_app_password.value',
            host: 'bitbucket.org',
            line: 6,
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a hook, and a database',
        tree: load('ok.others'),
        path: 'terraform.tfstate',
        places: [],
      },
    ],
  })
})
