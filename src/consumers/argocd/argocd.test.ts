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
            username: 'acme-bot',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'Secret/bb-creds.password',
            host: 'bitbucket.org',
            line: 45,
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
            username: 'acme-bot',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'configs.credentialTemplates.bitbucket.password',
            host: 'bitbucket.org',
            line: 15,
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
            username: 'acme-bot',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'argocd-repocreds-add.--password',
            host: 'bitbucket.org',
            line: 7,
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
