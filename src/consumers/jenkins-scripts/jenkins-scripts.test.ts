import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Jenkins scripts (init.groovy, Job DSL, command line)', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'commands in a script',
        tree: load('command'),
        path: 'seed.sh',
        places: [
          {
            address: 'UsernamePasswordCredentialsImpl.bitbucket',
            host: 'bitbucket.org',
            line: 7,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a folder of Job DSL',
        tree: load('folder'),
        path: 'jobs/seed.groovy',
        places: [
          {
            address: 'password',
            host: 'bitbucket.org',
            line: 3,
            username: 'alice',
            uses: ['git-fetch by password? no job was seen that is given it'],
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a start-up script',
        tree: load('init'),
        path: 'init.groovy.d/credentials.groovy',
        places: [
          {
            address: 'UsernamePasswordCredentialsImpl.bitbucket',
            host: 'bitbucket.org',
            line: 3,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'StringCredentialsImpl.bitbucket-token',
            host: 'bitbucket.org',
            line: 4,
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
          {
            address: 'UsernamePasswordCredentialsImpl.credential',
            host: 'bitbucket.org',
            line: 5,
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'others: references, other hosts, other kinds of secrets',
        tree: load('ok.others'),
        path: 'init.groovy',
        places: [],
      },
    ],
  })
})
