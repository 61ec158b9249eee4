import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Cargo', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: '.cargo/config.toml',
        tree: load('config'),
        path: '.cargo/config.toml',
        places: [
          {
            address: 'source.vendored.git',
            host: 'bitbucket.org',
            line: 5,
            username: 'x-bitbucket-api-token-auth',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'Cargo.lock',
        tree: load('lock'),
        path: 'Cargo.lock',
        places: [
          {
            address: 'package.0.source',
            host: 'bitbucket.org',
            line: 6,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'Cargo.toml',
        tree: load('manifest'),
        path: 'Cargo.toml',
        places: [
          {
            address: 'dependencies.ledger.git',
            host: 'bitbucket.org',
            line: 6,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'percent' },
          },
        ],
      },
      { name: 'references, other hosts and other products', tree: load('ok.others'), path: 'Cargo.toml', places: [] },
    ],
  })
})
