import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('npm, Yarn and pnpm', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'package.json',
        tree: load('manifest'),
        path: 'package.json',
        places: [
          {
            address: 'dependencies.design-system',
            host: 'bitbucket.org',
            line: 4,
            uses: ['git-fetch acme/design-system by dependencies.design-system'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'package-lock.json, where the URL stands twice',
        tree: load('package-lock'),
        path: 'package-lock.json',
        places: [
          {
            address: 'packages..dependencies.design-system',
            host: 'bitbucket.org',
            line: 5,
            uses: ['git-fetch acme/design-system by packages..dependencies.design-system'],
            username: 'x-bitbucket-api-token-auth',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'percent' },
          },
          {
            address: 'packages.node_modules/design-system.resolved',
            host: 'bitbucket.org',
            line: 8,
            uses: ['git-fetch acme/design-system by packages.node_modules/design-system.resolved'],
            username: 'x-bitbucket-api-token-auth',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'pnpm-lock.yaml',
        tree: load('pnpm-lock'),
        path: 'pnpm-lock.yaml',
        places: [
          {
            address: 'importers...dependencies.design-system.specifier',
            host: 'bitbucket.org',
            line: 6,
            uses: ['git-fetch acme/design-system by importers...dependencies.design-system.specifier'],
            username: 'x-token-auth',
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'percent' },
          },
          {
            address: 'importers...dependencies.design-system.version',
            host: 'bitbucket.org',
            line: 7,
            uses: ['git-fetch acme/design-system by importers...dependencies.design-system.version'],
            username: 'x-token-auth',
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'yarn.lock of version 1, which no reader knows',
        tree: load('yarn-lock'),
        path: 'yarn.lock',
        places: [
          {
            address: 'text',
            host: 'bitbucket.org',
            line: 5,
            uses: ['git-fetch acme/design-system by text'],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'percent' },
          },
          {
            address: 'text#2',
            host: 'bitbucket.org',
            line: 7,
            uses: ['git-fetch acme/design-system by text'],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'percent' },
          },
        ],
      },
      { name: 'references, other hosts and other products', tree: load('ok.others'), path: 'package.json', places: [] },
    ],
  })
})
