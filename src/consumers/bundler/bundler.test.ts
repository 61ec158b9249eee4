import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Bundler', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: '.bundle/config',
        tree: load('config'),
        path: '.bundle/config',
        places: [
          {
            address: 'BUNDLE_BITBUCKET__ORG',
            host: 'bitbucket.org',
            line: 3,
            uses: ['git-fetch by BUNDLE_BITBUCKET__ORG'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a URL as key, of the host and of one repository',
        tree: load('url-keys'),
        path: '.bundle/config',
        places: [
          {
            address: 'BUNDLE_HTTPS://BITBUCKET__ORG/',
            host: 'bitbucket.org',
            line: 2,
            uses: ['git-fetch by BUNDLE_HTTPS://BITBUCKET__ORG/'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'BUNDLE_HTTPS://BITBUCKET__ORG/ACME/MY___GEM__GIT/',
            host: 'bitbucket.org',
            line: 3,
            uses: ['git-fetch acme/my-gem by BUNDLE_HTTPS://BITBUCKET__ORG/ACME/MY___GEM__GIT/'],
            username: 'bob',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a build argument',
        tree: load('dockerfile'),
        path: 'Dockerfile',
        places: [
          {
            address: 'BUNDLE_BITBUCKET__ORG',
            host: 'bitbucket.org',
            line: 2,
            uses: ['git-fetch by BUNDLE_BITBUCKET__ORG'],
            username: 'x-bitbucket-api-token-auth',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'Gemfile',
        tree: load('gemfile'),
        path: 'Gemfile',
        places: [
          {
            address: 'gem().git',
            host: 'bitbucket.org',
            line: 4,
            uses: ['git-fetch acme/ledger by gem().git'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'bundle config, and a build argument of Docker',
        tree: load('script'),
        path: 'install.sh',
        places: [
          {
            address: 'BUNDLE_BITBUCKET__ORG',
            host: 'bitbucket.org',
            line: 3,
            uses: ['git-fetch by BUNDLE_BITBUCKET__ORG'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'bundle-config',
            host: 'bitbucket.org',
            line: 2,
            uses: ['git-fetch by bundle-config'],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'references, other hosts and other products',
        tree: load('ok.others'),
        path: '.bundle/config',
        places: [],
      },
    ],
  })
})
