import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Helm and helmfile', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'Chart.yaml with helm-git',
        tree: load('chart'),
        path: 'Chart.yaml',
        places: [
          {
            address: 'dependencies.0.repository',
            host: 'bitbucket.org',
            line: 7,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'helmfile.yaml',
        tree: load('helmfile'),
        path: 'helmfile.yaml',
        places: [
          {
            address: 'repositories.1.password',
            host: 'api.bitbucket.org',
            line: 7,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'repositories.yaml',
        tree: load('repositories'),
        path: 'repositories.yaml',
        places: [
          {
            address: 'repositories.0.password',
            host: 'bitbucket.org',
            line: 7,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'helm-git clones, under the login that Helm was given',
        tree: load('helm-git'),
        path: 'helmfile.yaml',
        places: [
          {
            address: 'repositories.0.password',
            host: 'bitbucket.org',
            line: 5,
            uses: ['git-fetch by repositories.0.password'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'the same on the command line',
        tree: load('helm-git'),
        path: 'add.sh',
        places: [
          {
            address: 'helm-repo-add.--password',
            host: 'bitbucket.org',
            line: 2,
            uses: ['git-fetch by helm-repo-add.--password'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'helm-repo-add.--password#2',
            host: 'bitbucket.org',
            line: 3,
            uses: ['rest acme/charts by helm-repo-add.--password'],
            username: 'bob',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'references, other hosts and other products',
        tree: load('ok.others'),
        path: 'helmfile.yaml',
        places: [],
      },
    ],
  })
})
