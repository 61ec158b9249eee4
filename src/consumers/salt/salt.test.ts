import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Salt', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'remotes with their own users',
        tree: load('master'),
        path: 'master',
        places: [
          {
            address: 'gitfs_remotes.0.https://bitbucket.org/acme/states.git.1.password',
            host: 'bitbucket.org',
            line: 8,
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'ext_pillar.0.git.0.master%20https://bitbucket.org/acme/pillar.git.1.password',
            host: 'bitbucket.org',
            line: 16,
            username: 'acme-ci',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'one user for all remotes',
        tree: load('global'),
        path: 'gitfs.conf',
        places: [
          {
            address: 'gitfs_password',
            host: 'bitbucket.org',
            line: 2,
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a state',
        tree: load('state'),
        path: 'web/init.sls',
        places: [
          {
            address: 'web-code.git.latest.3.https_pass',
            host: 'bitbucket.org',
            line: 6,
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'another host over HTTPS',
        tree: load('ok.others'),
        path: 'master',
        places: [],
      },
    ],
  })
})
