import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues } from '../../../test/contract/fixtures.ts'
import { httpHeaderDetector } from './detect.ts'

const { OLD, NEW, ACCESS, SHORT } = fixtureValues()
const file = (path: string, text: string) => ({ path, tree: new Map([[path, Buffer.from(text)]]) })
const pair = (username: string, secret: string): string => Buffer.from(`${username}:${secret}`).toString('base64')

describe('an Authorization header', () => {
  detectorContract({
    detector: httpHeaderDetector,
    cases: [
      {
        name: 'Basic and Bearer in a script',
        ...file(
          'call.sh',
          `curl -H "Authorization: Basic ${pair('alice', OLD)}" https://api.bitbucket.org/2.0/user\ncurl -H "Authorization: Bearer ${ACCESS}" https://api.bitbucket.org/2.0/user\n`,
        ),
        places: [
          {
            address: 'header',
            host: 'api.bitbucket.org',
            line: 1,
            uses: ['rest read by an Authorization header'],
            username: 'alice',
            secret: { text: OLD, kind: 'app-password', encoding: 'base64-pair' },
          },
          {
            address: 'header#2',
            host: 'api.bitbucket.org',
            line: 2,
            uses: ['rest read by an Authorization header'],
            secret: { text: ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'for files that the web host serves',
        ...file(
          'build.gradle.kts',
          `maven {\n  url = uri("https://bitbucket.org/acme/maven/raw/main")\n  credentials(HttpHeaderCredentials::class) { name = "Authorization"; value = "Basic ${pair('alice', OLD)}" }\n}\n`,
        ),
        places: [
          {
            address: 'maven.credentials.value',
            host: 'bitbucket.org',
            line: 3,
            uses: ['web by maven.credentials.value'],
            username: 'alice',
            secret: { text: OLD, kind: 'app-password', encoding: 'base64-pair' },
          },
        ],
      },
      {
        name: 'the same header for git and for REST',
        ...file(
          'both.sh',
          `git -c http.extraHeader="Authorization: Basic ${pair('alice', OLD)}" clone https://bitbucket.org/acme/app.git\ncurl -H 'Authorization: Basic ${pair('alice', OLD)}' https://api.bitbucket.org/2.0/user\n`,
        ),
        places: [
          {
            address: 'http.extraHeader',
            host: 'bitbucket.org',
            line: 1,
            uses: ['git-fetch by http.extraHeader'],
            username: 'alice',
            secret: { text: OLD, kind: 'app-password', encoding: 'base64-pair' },
          },
          {
            address: 'header',
            host: 'api.bitbucket.org',
            line: 2,
            uses: ['rest read by an Authorization header'],
            username: 'alice',
            secret: { text: OLD, kind: 'app-password', encoding: 'base64-pair' },
          },
        ],
      },
      {
        name: 'for Jira, for another host, and a reference',
        ...file(
          'other.sh',
          `curl -H "Authorization: Basic ${pair('a@example.com', NEW)}" https://acme.atlassian.net/rest/api/3/myself\ncurl -H "Authorization: Basic ${pair('alice', SHORT)}" https://gitlab.com/api\ncurl -H "Authorization: Bearer $TOKEN" https://api.bitbucket.org/2.0/user\n`,
        ),
        places: [],
      },
    ],
  })
})
