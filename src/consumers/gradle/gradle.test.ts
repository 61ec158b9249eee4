import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Gradle', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'build.gradle with two repositories',
        tree: load('groovy'),
        path: 'build.gradle',
        places: [
          {
            address: 'credentials.password',
            host: 'api.bitbucket.org',
            line: 11,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'build.gradle.kts',
        tree: load('kotlin'),
        path: 'build.gradle.kts',
        places: [
          {
            address: 'credentials.password',
            host: 'api.bitbucket.org',
            line: 5,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a repository on the web host is downloaded, and not fetched by git',
        path: 'build.gradle.kts',
        tree: new Map([
          [
            'build.gradle.kts',
            Buffer.from(
              `maven("https://bitbucket.org/acme/maven/raw/releases") {\n credentials { username = "alice"; password = "${values.OLD}" }\n}\n`,
            ),
          ],
        ]),
        places: [
          {
            address: 'credentials.password',
            host: 'bitbucket.org',
            line: 2,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
            uses: ['web acme/maven by credentials.password'],
          },
        ],
      },
      {
        name: 'a source dependency',
        tree: load('source-control'),
        path: 'settings.gradle',
        places: [
          {
            address: 'gitRepository.uri',
            host: 'bitbucket.org',
            line: 2,
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'percent' },
          },
        ],
      },
      { name: 'references, other hosts and other products', tree: load('ok.others'), path: 'build.gradle', places: [] },
    ],
  })
})
