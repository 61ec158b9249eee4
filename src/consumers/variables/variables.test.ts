import { describe, expect, test } from 'vitest'
import { detectorContract, documentOf } from '../../../test/contract/detector.ts'
import { fixtureValues } from '../../../test/contract/fixtures.ts'
import { variablesDetector } from './detect.ts'

const { OLD, NEW, SHORT } = fixtureValues()
const file = (path: string, text: string) => ({ path, tree: new Map([[path, Buffer.from(text)]]) })

const plain = (text: string, kind: 'app-password' | 'api-token') => ({ text, kind, encoding: 'plain' }) as const

describe('a variable', () => {
  detectorContract({
    detector: variablesDetector,
    cases: [
      {
        name: 'in dotenv, with the username beside it, and a pair in one',
        ...file('.env', `BITBUCKET_USERNAME=alice\nBITBUCKET_APP_PASSWORD=${OLD}\nBB_AUTH_STRING="bob:${OLD}"\n`),
        places: [
          {
            address: 'BITBUCKET_APP_PASSWORD',
            host: 'bitbucket.org',
            line: 2,
            uses: ['git-fetch by BITBUCKET_APP_PASSWORD? only its name says what it is for'],
            username: 'alice',
            secret: plain(OLD, 'app-password'),
          },
          {
            address: 'BB_AUTH_STRING',
            host: 'bitbucket.org',
            line: 3,
            uses: ['git-fetch by BB_AUTH_STRING? only its name says what it is for'],
            username: 'bob',
            secret: plain(OLD, 'app-password'),
          },
        ],
      },
      {
        name: 'in Compose, as list and as map',
        ...file(
          'compose.yaml',
          `services:\n  a:\n    environment:\n      - BITBUCKET_TOKEN=${NEW}\n  b:\n    environment:\n      BITBUCKET_EMAIL: a@example.com\n      BITBUCKET_TOKEN: ${NEW}\n`,
        ),
        places: [
          {
            address: 'services.a.environment.0.BITBUCKET_TOKEN',
            host: 'bitbucket.org',
            line: 4,
            uses: ['git-fetch by BITBUCKET_TOKEN? only its name says what it is for'],
            secret: plain(NEW, 'api-token'),
          },
          {
            address: 'services.b.environment.BITBUCKET_TOKEN',
            host: 'bitbucket.org',
            line: 8,
            uses: ['git-fetch by BITBUCKET_TOKEN? only its name says what it is for'],
            username: 'a@example.com',
            secret: plain(NEW, 'api-token'),
          },
        ],
      },
      {
        name: 'references, consumers of OAuth, Data Center, built-in variables, a wrong checksum',
        ...file(
          'ok.env',
          `BITBUCKET_TOKEN=\${TOKEN}\nBITBUCKET_OAUTH_CLIENT_SECRET=${SHORT}\nBITBUCKET_DATA_CENTER_TOKEN=${SHORT}\nBITBUCKET_COMMIT=${'0123456789abcdef'.repeat(2)}01234567\nBITBUCKET_APP_PASSWORD=${OLD.slice(0, -8)}00000000\n`,
        ),
        places: [],
      },
    ],
  })
})

describe('a variable is found however it is set', () => {
  test.each([
    ['settings.xml', `<a><add key="Bitbucket.AppPassword" value="${SHORT}" /></a>\n`],
    ['build.xml', `<a><property value="${SHORT}" name="bitbucket.password"/></a>\n`],
    ['run.js', `const pw = process.env.BITBUCKET_PASSWORD || '${SHORT}'\n`],
    ['run.rb', `pw = ENV['BITBUCKET_PASSWORD'] || '${SHORT}'\n`],
    ['.travis.yml', `env:\n  - BITBUCKET_USERNAME=alice BITBUCKET_PASSWORD=${SHORT}\n`],
    ['Earthfile', `VERSION 0.7\nARG BITBUCKET_PASSWORD=${SHORT}\n`],
    ['.cshrc', `setenv BITBUCKET_PASSWORD ${SHORT}\n`],
    ['set.sh', `gh secret set BITBUCKET_PASSWORD --body "${SHORT}"\n`],
    ['glab.sh', `glab variable set BITBUCKET_PASSWORD ${SHORT}\n`],
    [
      'secret.tf',
      `resource "github_actions_secret" "s" {\n  secret_name = "BITBUCKET_PASSWORD"\n  plaintext_value = "${SHORT}"\n}\n`,
    ],
    ['conf.py', `class Settings:\n    bitbucket_password: SecretStr = SecretStr("${SHORT}")\n`],
    ['field.py', `class Settings:\n    bitbucket_token: str = Field(default="${SHORT}")\n`],
    ['set.ps1', `$BitbucketPassword = "${SHORT}"\n`],
    ['main.dart', `const bitbucketPassword = '${SHORT}';\n`],
    ['header.env', `BITBUCKET_BASIC_AUTH="Basic ${Buffer.from(`alice:${SHORT}`).toString('base64')}"\n`],
  ])('%s', (path, text) => {
    const document = documentOf(new Map([[path, Buffer.from(text)]]), path)
    const found = variablesDetector
      .detect(document)
      .places.map(({ secret }) => secret?.value?.equals(document.seal(SHORT)))
    expect(found).toEqual([true])
  })
})
