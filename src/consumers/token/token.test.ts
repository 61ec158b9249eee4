import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues } from '../../../test/contract/fixtures.ts'
import { tokenDetector } from './detect.ts'

const { OLD, NEW, ACCESS } = fixtureValues()
const file = (path: string, text: string) => ({ path, tree: new Map([[path, Buffer.from(text)]]) })

describe('a token by itself', () => {
  detectorContract({
    detector: tokenDetector,
    cases: [
      {
        name: 'in prose and in a list',
        ...file('notes.txt', `the old one was ${OLD}\nfor CI: ${ACCESS}\n`),
        places: [
          {
            address: 'token',
            host: 'bitbucket.org',
            line: 1,
            uses: [],
            secret: { text: OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'token#2',
            host: 'bitbucket.org',
            line: 2,
            uses: [],
            secret: { text: ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'an API token where nothing names Jira',
        ...file('token.txt', `${NEW}\n`),
        places: [
          {
            address: 'token',
            host: 'bitbucket.org',
            line: 1,
            uses: [],
            secret: { text: NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'behind its username in a value, alone or among options',
        ...file('run.sh', `MY_AUTH="alice:${OLD}"\nOPTS='-s -u ci%40example.com:${ACCESS}'\nLABEL=token:${NEW}\n`),
        places: [
          {
            address: 'MY_AUTH',
            host: 'bitbucket.org',
            line: 1,
            username: 'alice',
            secret: { text: OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'OPTS',
            host: 'bitbucket.org',
            line: 2,
            username: 'ci%40example.com',
            secret: { text: ACCESS, kind: 'access-token', encoding: 'plain' },
          },
          {
            address: 'LABEL',
            host: 'bitbucket.org',
            line: 3,
            secret: { text: NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'of Jira, and one whose checksum does not fit',
        ...file('ok.txt', `JIRA_API_TOKEN=${NEW}\n${OLD.slice(0, -8)}00000000\n`),
        places: [],
      },
      {
        name: 'under a key of Jira beside a section of Bitbucket, and the key of an organisation',
        ...file('ok.yml', `bitbucket:\n  workspace: acme\njira:\n  api_token: ${NEW}\norg_admin_key: ${ACCESS}\n`),
        places: [],
      },
      {
        name: 'of Atlassian by the host',
        ...file(
          'ok.sh',
          `curl -u a@example.com:${NEW} https://api.atlassian.com/ex/jira/x\n# https://bitbucket.org/acme\n`,
        ),
        places: [],
      },
    ],
  })
})
