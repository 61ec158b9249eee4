import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Flux', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'a GitRepository that is pushed to, and its Secret',
        tree: load('repository'),
        path: 'flux-system/source.yaml',
        places: [
          {
            address: 'Secret/fleet-auth.password',
            host: 'bitbucket.org',
            line: 29,
            uses: [
              'git-fetch acme/fleet by Secret/fleet-auth.password',
              'git-push acme/fleet by Secret/fleet-auth.password',
            ],
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'Secrets of one name, one for each namespace',
        tree: load('namespaces'),
        path: 'environments.yaml',
        places: [
          {
            address: 'Secret/git-auth.password',
            host: 'bitbucket.org',
            line: 11,
            uses: ['git-fetch acme/app by Secret/git-auth.password'],
            username: 'acme-dev',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'Secret/git-auth.password#2',
            host: 'bitbucket.org',
            line: 23,
            uses: ['git-fetch acme/web by Secret/git-auth.password'],
            username: 'acme-bot',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'commands in a script',
        tree: load('script'),
        path: 'install.sh',
        places: [
          {
            address: 'flux-create-secret-git.--password',
            host: 'bitbucket.org',
            line: 5,
            uses: ['git-fetch acme/fleet by flux-create-secret-git.--password'],
            username: 'acme-bot',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'flux-bootstrap-git.--password',
            host: 'bitbucket.org',
            line: 6,
            uses: [
              'git-fetch acme/fleet by flux-bootstrap-git.--password',
              'git-push acme/fleet by flux-bootstrap-git.--password',
            ],
            username: 'acme-bot',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'the provider of Terraform',
        tree: load('terraform'),
        path: 'main.tf',
        places: [
          {
            address: 'provider.flux.git.http.password',
            host: 'bitbucket.org',
            line: 9,
            uses: [
              'git-fetch acme/fleet by provider.flux.git.http.password',
              'git-push acme/fleet by provider.flux.git.http.password',
            ],
            username: 'acme-bot',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'another host',
        tree: load('ok.others'),
        path: 'source.yaml',
        places: [],
      },
    ],
  })
})
