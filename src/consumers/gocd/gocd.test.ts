import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('GoCD', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'cruise-config.xml',
        tree: load('cruise-config'),
        path: 'etc/go/cruise-config.xml',
        places: [
          {
            address: 'cruise.pipelines.pipeline.materials.git.@password',
            host: 'bitbucket.org',
            line: 6,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'cruise.pipelines.pipeline.materials.git.@url',
            host: 'bitbucket.org',
            line: 8,
            username: 'bob',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'JSON',
        tree: load('json'),
        path: 'app.gopipeline.json',
        places: [
          {
            address: 'materials.0.password',
            host: 'bitbucket.org',
            line: 5,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'YAML',
        tree: load('yaml'),
        path: 'ci.gocd.yaml',
        places: [
          {
            address: 'pipelines.app.materials.source.password',
            host: 'bitbucket.org',
            line: 9,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'others: references, other hosts, other kinds of secrets',
        tree: load('ok.others'),
        path: 'cruise-config.xml',
        places: [],
      },
    ],
  })
})
