import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('TeamCity', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'Kotlin DSL',
        tree: load('kotlin'),
        path: '.teamcity/settings.kts',
        places: [
          {
            address: 'Root.GitVcsRoot().0.authMethod.password',
            host: 'bitbucket.org',
            line: 5,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'env.BITBUCKET_TOKEN',
            host: 'bitbucket.org',
            line: 10,
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
          {
            address: 'Build.BuildType().0.features.commitStatusPublisher.publisher.password',
            host: 'api.bitbucket.org',
            line: 17,
            username: 'bob',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'Build.BuildType().0.features.pullRequests.provider.authType.password',
            host: 'api.bitbucket.org',
            line: 25,
            username: 'carol',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'XML of the server',
        tree: load('xml'),
        path: 'config/projects/App/project-config.xml',
        places: [
          {
            address: 'project.vcs-root.secure:password',
            host: 'bitbucket.org',
            line: 5,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'project.extension.secure:bitbucketPassword',
            host: 'api.bitbucket.org',
            line: 17,
            username: 'bob',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'others: references, other hosts, other kinds of secrets',
        tree: load('ok.others'),
        path: '.teamcity/settings.kts',
        places: [],
      },
    ],
  })
})
