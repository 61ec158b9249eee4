import { describe, expect, it } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues } from '../../../test/contract/fixtures.ts'
import { Secret } from '../../model/secret.ts'
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
      ...[
        [
          'get.sh',
          (header: string) => `curl -O -H "${header}" https://bitbucket.org/acme/app/get/main.zip\n`,
          'header',
        ],
        [
          'get.json',
          (header: string) =>
            `{ "url": "https://bitbucket.org/acme/app/raw/main/x", "headers": { "auth": "${header}" } }\n`,
          'headers.auth',
        ],
      ].map(([path, document, address]) => ({
        name: `a download, which signs in as REST does: ${path}`,
        ...file(String(path), (document as (header: string) => string)(`Authorization: Basic ${pair('alice', OLD)}`)),
        places: [
          {
            address: String(address),
            host: 'bitbucket.org',
            line: 1,
            uses: path === 'get.sh' ? ['web acme/app by an Authorization header'] : ['web by headers.auth'],
            username: 'alice',
            secret: { text: OLD, kind: 'app-password' as const, encoding: 'base64-pair' as const },
          },
        ],
      })),
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

describe('a header that nothing near it explains', () => {
  const placeIn = (text: string) =>
    httpHeaderDetector.detect({
      path: '/a/.env',
      bytes: Buffer.from(text),
      seal: Secret.sealer(new Uint8Array(32)),
      companion: () => undefined,
    }).places[0]
  const header = `"Basic ${pair('alice', OLD)}"`

  it('waits for what reads it, and is not taken for one of git', () => {
    expect(placeIn(`BITBUCKET_HEADER=${header}\n`)).toHaveProperty('unresolved')
    expect(placeIn(`AUTH_HEADER=${header}\nURL=https://api.bitbucket.org/2.0/\n`)).not.toHaveProperty('unresolved')
  })

  it('is not written where its form alone tells whose it is: that of an API token does not', () => {
    expect(placeIn(`AUTH_HEADER=${header}\n`)?.hindrance).toMatchObject({ kind: 'not writable' })
    expect(placeIn(`BITBUCKET_HEADER=${header}\n`)).not.toHaveProperty('hindrance')
    expect(placeIn(`# bitbucket.org\nAUTH_HEADER=${header}\n`)).not.toHaveProperty('hindrance')
  })
})
