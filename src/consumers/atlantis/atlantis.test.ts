import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Atlantis', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'variables in Compose',
        tree: load('variables'),
        path: 'docker-compose.yml',
        places: [
          {
            address: 'services.atlantis.environment.ATLANTIS_BITBUCKET_TOKEN',
            host: 'api.bitbucket.org',
            line: 7,
            uses: [
              'rest by services.atlantis.environment.ATLANTIS_BITBUCKET_TOKEN',
              'git-fetch by services.atlantis.environment.ATLANTIS_BITBUCKET_TOKEN',
            ],
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'values of the chart',
        tree: load('chart'),
        path: 'values.yaml',
        places: [
          {
            address: 'bitbucket.token',
            host: 'api.bitbucket.org',
            line: 4,
            uses: ['rest by bitbucket.token', 'git-fetch by bitbucket.token'],
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'the Secret of the chart',
        tree: load('secret'),
        path: 'secret.yaml',
        places: [
          {
            address: 'Secret/atlantis-webhook.bitbucket_token',
            host: 'api.bitbucket.org',
            line: 6,
            uses: [
              'rest by Secret/atlantis-webhook.bitbucket_token',
              'git-fetch by Secret/atlantis-webhook.bitbucket_token',
            ],
            secret: { text: values.OLD, kind: 'app-password', encoding: 'base64' },
          },
        ],
      },
      {
        name: 'arguments of a container',
        tree: load('container'),
        path: 'statefulset.yaml',
        places: [
          {
            address: 'spec.template.spec.containers.0.args.bitbucket-token',
            host: 'api.bitbucket.org',
            line: 13,
            uses: [
              'rest by spec.template.spec.containers.0.args.bitbucket-token',
              'git-fetch by spec.template.spec.containers.0.args.bitbucket-token',
            ],
            username: 'acme-bot',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'the command of a service of Compose',
        tree: load('compose'),
        path: 'compose.yaml',
        places: [
          {
            address: 'server.--bitbucket-token',
            host: 'api.bitbucket.org',
            line: 4,
            uses: ['rest by server.--bitbucket-token', 'git-fetch by server.--bitbucket-token'],
            username: 'acme-bot',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'flags of a command',
        tree: load('command'),
        path: 'atlantis.service',
        places: [
          {
            address: 'atlantis-server.--bitbucket-token',
            host: 'api.bitbucket.org',
            line: 3,
            uses: ['rest by atlantis-server.--bitbucket-token', 'git-fetch by atlantis-server.--bitbucket-token'],
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'its own settings',
        tree: load('config'),
        path: 'atlantis.yaml',
        places: [
          {
            address: 'bitbucket-token',
            host: 'api.bitbucket.org',
            line: 3,
            uses: ['rest by bitbucket-token', 'git-fetch by bitbucket-token'],
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'Bitbucket Data Center',
        tree: load('ok.data-center'),
        path: 'docker-compose.yml',
        places: [],
      },
    ],
  })
})
