import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Spinnaker', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'settings of clouddriver',
        tree: load('clouddriver'),
        path: 'clouddriver.yml',
        places: [
          {
            address: 'artifacts.bitbucket.accounts.0.password',
            host: 'api.bitbucket.org',
            line: 7,
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a command of Halyard',
        tree: load('halyard'),
        path: 'setup.sh',
        places: [
          {
            address: 'hal-config-artifact-bitbucket-account-add.--password',
            host: 'api.bitbucket.org',
            line: 3,
            username: 'acme-bot',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a file that is named',
        tree: load('ok.file'),
        path: 'clouddriver.yml',
        places: [],
      },
    ],
  })
})
