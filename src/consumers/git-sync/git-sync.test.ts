import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

function container(repository: string, secret: string, username?: string): string {
  const set = {
    GITSYNC_REPO: repository,
    GITSYNC_PASSWORD: secret,
    ...(username === undefined ? {} : { GITSYNC_USERNAME: username }),
  }
  const lines = Object.entries(set).map(([name, value]) => `        - name: ${name}\n          value: ${value}\n`)
  return `    - name: sync\n      env:\n${lines.join('')}`
}

describe('git-sync', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'variables of a container',
        tree: load('deployment'),
        path: 'deployment.yaml',
        places: [
          {
            address: 'spec.template.spec.containers.0.env.2.value',
            host: 'bitbucket.org',
            line: 17,
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
            uses: ['git-fetch acme/site by spec.template.spec.containers.0.env.2.value'],
          },
        ],
      },
      {
        name: 'a password without a username, beside containers with other ones',
        tree: new Map([
          [
            'pod.yaml',
            Buffer.from(
              `spec:\n  containers:\n${[
                container('https://bitbucket.org/acme/site.git', values.SHORT, 'acme-bot'),
                container('https://bitbucket.org/acme/docs.git', values.OLD),
                container('https://git.example.org/acme/other.git', values.ACCESS),
              ].join('')}`,
            ),
          ],
        ]),
        path: 'pod.yaml',
        places: [
          {
            address: 'spec.containers.0.env.1.value',
            host: 'bitbucket.org',
            line: 8,
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'spec.containers.1.env.1.value',
            host: 'bitbucket.org',
            line: 16,
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'the username among the arguments of the container, beside another container with its own',
        tree: load('arguments'),
        path: 'pod.yaml',
        places: [
          {
            address: 'spec.containers.1.env.1.value',
            host: 'bitbucket.org',
            line: 18,
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'spec.containers.2.env.1.value',
            host: 'bitbucket.org',
            line: 26,
            username: 'docs-bot',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'variables of version 3',
        tree: load('version-3'),
        path: '.env',
        places: [
          {
            address: 'GIT_SYNC_PASSWORD',
            host: 'bitbucket.org',
            line: 3,
            username: 'acme-bot',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a list of credentials in JSON',
        tree: load('credential'),
        path: 'deployment.yaml',
        places: [
          {
            address: '1.password',
            host: 'bitbucket.org',
            line: 12,
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'flags',
        tree: load('flags'),
        path: 'run.sh',
        places: [
          {
            address: 'git-sync.--password',
            host: 'bitbucket.org',
            line: 2,
            username: 'acme-bot',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'another host',
        tree: load('ok.other-host'),
        path: '.env',
        places: [],
      },
    ],
  })
})
