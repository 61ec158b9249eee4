import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Terraform provider for Bitbucket', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'two providers with literal values',
        tree: load('provider'),
        path: 'main.tf',
        places: [
          {
            address: 'provider.bitbucket.password',
            host: 'api.bitbucket.org',
            line: 11,
            uses: ['rest by provider.bitbucket.password'],
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'provider.bitbucket.password#2',
            host: 'api.bitbucket.org',
            line: 17,
            uses: ['rest by provider.bitbucket.password'],
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'the default of a variable',
        tree: load('variable'),
        path: 'main.tf',
        places: [
          {
            address: 'variable.repo_secret.default',
            host: 'api.bitbucket.org',
            line: 7,
            uses: ['rest by variable.repo_secret.default'],
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'variables without a default, and Data Center',
        tree: load('ok.others'),
        path: 'main.tf',
        places: [],
      },
    ],
  })
})
