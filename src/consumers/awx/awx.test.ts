import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('AWX and Automation Controller', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'the module',
        tree: load('module'),
        path: 'controller.yml',
        places: [
          {
            address: '0.tasks.0.awx.awx.credential.inputs.password',
            host: 'bitbucket.org',
            line: 9,
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'the list of a collection, beside another forge',
        tree: load('list'),
        path: 'group_vars/all.yml',
        places: [
          {
            address: 'controller_credentials.1.inputs.password',
            host: 'bitbucket.org',
            line: 11,
            username: 'acme-bot',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'what the controller shows',
        tree: load('ok.encrypted'),
        path: 'group_vars/all.yml',
        places: [],
      },
    ],
  })
})
