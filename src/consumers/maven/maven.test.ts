import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('Maven', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'scm of pom.xml',
        tree: load('pom'),
        path: 'pom.xml',
        places: [
          {
            address: 'project.scm.connection',
            host: 'bitbucket.org',
            line: 4,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'percent' },
          },
        ],
      },
      {
        name: 'the release plugin on the command line',
        tree: load('release'),
        path: 'release.sh',
        places: [
          {
            address: 'mvn.-Dpassword',
            host: 'bitbucket.org',
            line: 4,
            username: 'x-bitbucket-api-token-auth',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'servers by host, by repository, and encrypted',
        tree: load('settings'),
        path: 'settings.xml',
        places: [
          {
            address: 'server.bitbucket.org.password',
            host: 'bitbucket.org',
            line: 11,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'server.acme-maven.password',
            host: 'api.bitbucket.org',
            line: 13,
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'texts on lines of their own, which Maven trims',
        path: 'settings.xml',
        tree: new Map([
          [
            'settings.xml',
            Buffer.from(
              `<settings><servers><server>\n<id>\n  bitbucket.org\n</id>\n<username> alice\t</username>\n<password>\n  ${values.OLD}\n</password></server></servers></settings>\n`,
            ),
          ],
        ]),
        places: [
          {
            address: 'server.bitbucket.org.password',
            host: 'bitbucket.org',
            line: 7,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a server of a repository on the web host, whose files are downloaded',
        path: 'settings.xml',
        tree: new Map([
          [
            'settings.xml',
            Buffer.from(
              `<settings><servers><server><id>bitbucket</id><username>alice</username><password>${values.OLD}</password></server></servers>\n<repository><id>bitbucket</id><url>https://bitbucket.org/acme/maven/raw/releases/</url></repository></settings>\n`,
            ),
          ],
        ]),
        places: [
          {
            address: 'server.bitbucket.password',
            host: 'bitbucket.org',
            line: 1,
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
            uses: ['web acme/maven by server.bitbucket.password'],
          },
        ],
      },
      { name: 'references, other hosts and other products', tree: load('ok.others'), path: 'settings.xml', places: [] },
    ],
  })
})
