import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Ansible modules for Bitbucket', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'modules with and without their collection',
        tree: load('tasks'),
        path: 'roles/ci/tasks/main.yml',
        places: [
          {
            address: '1.bitbucket_access_key.password',
            host: 'api.bitbucket.org',
            line: 14,
            username: 'acme-ci',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: '0.community.general.bitbucket_pipeline_variable.password',
            host: 'api.bitbucket.org',
            line: 6,
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a consumer of OAuth, and references',
        tree: load('ok.others'),
        path: 'tasks/main.yml',
        places: [],
      },
    ],
  })
})
