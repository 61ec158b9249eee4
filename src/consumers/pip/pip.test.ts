import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('pip, Poetry, uv and PDM', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'pip.conf',
        tree: load('pip-conf'),
        path: 'pip.conf',
        places: [
          {
            address: 'global.find-links',
            host: 'api.bitbucket.org',
            line: 2,
            uses: ['rest acme/wheels by global.find-links'],
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'an index among the files of a repository, which the web host serves',
        tree: new Map([
          [
            'pip.conf',
            Buffer.from(`[global]\nextra-index-url = https://alice:${values.OLD}@bitbucket.org/acme/pypi/raw/main/\n`),
          ],
        ]),
        path: 'pip.conf',
        places: [
          {
            address: 'global.extra-index-url',
            host: 'bitbucket.org',
            line: 2,
            uses: ['web acme/pypi by global.extra-index-url'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'auth.toml of Poetry',
        tree: load('poetry-auth'),
        path: 'auth.toml',
        places: [
          {
            address: 'http-basic.bitbucket.password',
            host: 'bitbucket.org',
            line: 7,
            uses: ['git-fetch by http-basic.bitbucket.password'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'poetry.lock',
        tree: load('poetry-lock'),
        path: 'poetry.lock',
        places: [
          {
            address: 'package.0.source.url',
            host: 'bitbucket.org',
            line: 7,
            uses: ['git-fetch acme/billing by package.0.source.url'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'pyproject.toml',
        tree: load('pyproject'),
        path: 'pyproject.toml',
        places: [
          {
            address: 'project.dependencies.0',
            host: 'bitbucket.org',
            line: 3,
            uses: ['git-fetch acme/billing by project.dependencies.0'],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'percent' },
          },
          {
            address: 'tool.poetry.dependencies.fonts.git',
            host: 'bitbucket.org',
            line: 7,
            uses: ['git-fetch acme/fonts by tool.poetry.dependencies.fonts.git'],
            username: 'x-token-auth',
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'requirements: editable, direct reference, archive',
        tree: load('requirements'),
        path: 'requirements-dev.txt',
        places: [
          {
            address: 'text',
            host: 'bitbucket.org',
            line: 3,
            uses: ['git-fetch acme/reports by text'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'percent' },
          },
          {
            address: 'text#2',
            host: 'bitbucket.org',
            line: 4,
            uses: ['git-fetch acme/billing by text'],
            username: 'x-bitbucket-api-token-auth',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'percent' },
          },
          {
            address: 'text#3',
            host: 'bitbucket.org',
            line: 5,
            uses: ['web acme/fonts by text'],
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'PIP_EXTRA_INDEX_URL',
        tree: load('variable'),
        path: 'ci.env',
        places: [
          {
            address: 'PIP_EXTRA_INDEX_URL',
            host: 'api.bitbucket.org',
            line: 2,
            uses: ['rest acme/wheels by PIP_EXTRA_INDEX_URL'],
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'references, other hosts and other products',
        tree: load('ok.others'),
        path: 'requirements.txt',
        places: [],
      },
    ],
  })
})
