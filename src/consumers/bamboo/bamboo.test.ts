import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Bamboo', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'specs in Java',
        tree: load('java'),
        path: 'bamboo-specs/src/main/java/acme/PlanSpec.java',
        places: [
          {
            address: 'PlanSpec.planRepositories().0.authentication().0.password().0',
            host: 'bitbucket.org',
            line: 5,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'PlanSpec.planRepositories().2.accountAuthentication().0.password().0',
            host: 'api.bitbucket.org',
            line: 9,
            username: 'bob',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'PlanSpec.password().0',
            host: 'bitbucket.org',
            line: 12,
            username: 'carol',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'YAML',
        tree: load('yaml'),
        path: 'bamboo-specs/bamboo.yml',
        places: [
          {
            address: 'repositories.0.app.password',
            host: 'bitbucket.org',
            line: 8,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'build.tasks.0.script.0',
            host: 'bitbucket.org',
            line: 19,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'percent' },
          },
          {
            address: 'variables.bitbucket_app_password',
            host: 'bitbucket.org',
            line: 15,
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'others: references, other hosts, other kinds of secrets',
        tree: load('ok.others'),
        path: 'bamboo-specs/bamboo.yml',
        places: [],
      },
    ],
  })
})
