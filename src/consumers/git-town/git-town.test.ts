import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Git Town', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'commands in a script',
        tree: load('command'),
        path: 'setup.sh',
        places: [
          {
            address: 'git-config.git-town.bitbucket-app-password',
            host: 'api.bitbucket.org',
            line: 3,
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'the configuration',
        tree: load('config'),
        path: '.gitconfig',
        places: [
          {
            address: 'bitbucket-app-password',
            host: 'api.bitbucket.org',
            line: 4,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'variables',
        tree: load('variables'),
        path: '.env',
        places: [
          {
            address: 'GIT_TOWN_BITBUCKET_API_TOKEN',
            host: 'api.bitbucket.org',
            line: 2,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'others: references, other hosts, other kinds of secrets',
        tree: load('ok.others'),
        path: '.gitconfig',
        places: [],
      },
    ],
  })
})
