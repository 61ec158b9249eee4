import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Argo CD', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'Secrets beside those of others in one stream',
        tree: load('secrets'),
        path: 'repositories.yaml',
        places: [
          {
            address: 'Secret/bb-apps.password',
            host: 'bitbucket.org',
            line: 32,
            uses: ['git-fetch acme/apps by Secret/bb-apps.password', 'rest acme/apps by Secret/bb-apps.password'],
            username: 'acme-bot',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'Secret/bb-creds.password',
            host: 'bitbucket.org',
            line: 45,
            uses: ['git-fetch by Secret/bb-creds.password', 'rest by Secret/bb-creds.password'],
            username: 'acme-ci',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'base64' },
          },
        ],
      },
      {
        name: 'values of the chart',
        tree: load('chart'),
        path: 'values.yaml',
        places: [
          {
            address: 'configs.repositories.charts.password',
            host: 'bitbucket.org',
            line: 8,
            uses: [
              'git-fetch acme/charts by configs.repositories.charts.password',
              'rest acme/charts by configs.repositories.charts.password',
            ],
            username: 'acme-bot',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'configs.credentialTemplates.bitbucket.password',
            host: 'bitbucket.org',
            line: 15,
            uses: [
              'git-fetch by configs.credentialTemplates.bitbucket.password',
              'rest by configs.credentialTemplates.bitbucket.password',
            ],
            username: 'x-token-auth',
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'commands in a script',
        tree: load('script'),
        path: 'bootstrap.sh',
        places: [
          {
            address: 'argocd-repo-add.--password',
            host: 'bitbucket.org',
            line: 6,
            uses: ['git-fetch acme/apps by argocd-repo-add.--password', 'rest acme/apps by argocd-repo-add.--password'],
            username: 'acme-bot',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'argocd-repocreds-add.--password',
            host: 'bitbucket.org',
            line: 7,
            uses: ['git-fetch by argocd-repocreds-add.--password', 'rest by argocd-repocreds-add.--password'],
            username: 'acme-ci',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'resources of Terraform',
        tree: load('terraform'),
        path: 'argocd.tf',
        places: [
          {
            address: 'resource.argocd_repository.apps.password',
            host: 'bitbucket.org',
            line: 4,
            uses: [
              'git-fetch acme/apps by resource.argocd_repository.apps.password',
              'rest acme/apps by resource.argocd_repository.apps.password',
            ],
            username: 'acme-bot',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'Data Center, a reference, and SSH',
        tree: load('ok.others'),
        path: 'repositories.yaml',
        places: [],
      },
    ],
  })
})
