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
            username: 'x-bitbucket-api-token-auth',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'percent' },
          },
          {
            address: 'packages.node_modules/design-system.resolved',
            host: 'bitbucket.org',
            line: 8,
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
            username: 'x-token-auth',
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'percent' },
          },
          {
            address: 'importers...dependencies.design-system.version',
            host: 'bitbucket.org',
            line: 7,
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
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'percent' },
          },
          {
            address: 'text#2',
            host: 'bitbucket.org',
            line: 7,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'percent' },
          },
        ],
      },
      { name: 'references, other hosts and other products', tree: load('ok.others'), path: 'package.json', places: [] },
    ],
  })
})
