import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Puppet r10k', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'r10k.yaml',
        tree: load('settings'),
        path: 'r10k.yaml',
        places: [
          {
            address: ':sources.:main.remote',
            host: 'bitbucket.org',
            line: 4,
            username: 'acme-bot',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'Puppetfile',
        tree: load('puppetfile'),
        path: 'Puppetfile',
        places: [
          {
            address: 'mod().git',
            host: 'bitbucket.org',
            line: 5,
            username: 'acme-bot',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'percent' },
          },
          {
            address: 'mod().git#2',
            host: 'bitbucket.org',
            line: 7,
            username: 'x-token-auth',
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'a URL without a secret, and a file that is named',
        tree: load('ok.others'),
        path: 'r10k.yaml',
        places: [],
      },
    ],
  })
})
