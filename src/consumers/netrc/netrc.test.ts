import { join } from 'node:path'
import { describe } from 'vitest'
import { connectorContract } from '../../../test/contract/connector.ts'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture, withCrLf, withoutFinalNewline } from '../../../test/contract/fixtures.ts'
import { netrcConnector } from './connect.ts'
import { netrcDetector } from './detect.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name), values)
const appPassword = (encoding: 'plain' | 'netrc-quoted' = 'plain') =>
  ({ text: values.OLD, kind: 'app-password', encoding }) as const
const host = 'bitbucket.org'

describe('netrc detector', () => {
  const multiLine = [
    {
      address: 'machine/bitbucket.org',
      host,
      line: 8,
      uses: ['git-fetch by netrc machine bitbucket.org', 'git-push by netrc machine bitbucket.org'],
      username: 'alice',
      secret: appPassword(),
    },
    {
      address: 'machine/api.bitbucket.org',
      host: 'api.bitbucket.org',
      line: 13,
      uses: ['rest by netrc machine api.bitbucket.org'],
      username: 'alice',
      secret: appPassword(),
    },
  ]
  detectorContract({
    detector: netrcDetector,
    cases: [
      {
        name: 'one field per line, other hosts, default, UTF-8 before it',
        tree: load('multi-line/before'),
        path: '.netrc',
        places: multiLine,
      },
      { name: 'Windows line ends', tree: withCrLf(load('multi-line/before')), path: '.netrc', places: multiLine },
      {
        name: 'one line per machine, comment behind it, host twice',
        tree: load('one-line/before'),
        path: '_netrc',
        places: [
          {
            address: 'machine/bitbucket.org',
            host,
            line: 1,
            uses: ['git-fetch by netrc machine bitbucket.org', 'git-push by netrc machine bitbucket.org'],
            username: 'alice',
            secret: appPassword(),
          },
          {
            address: 'machine/bitbucket.org#2',
            host,
            line: 2,
            uses: ['git-fetch by netrc machine bitbucket.org', 'git-push by netrc machine bitbucket.org'],
            username: 'bob',
            secret: appPassword(),
          },
        ],
      },
      {
        name: 'quoted values with an escaped quote',
        tree: load('quoted/before'),
        path: '.netrc',
        places: [
          {
            address: 'machine/bitbucket.org',
            host,
            line: 1,
            uses: ['git-fetch by netrc machine bitbucket.org', 'git-push by netrc machine bitbucket.org'],
            username: 'al"ice',
            secret: appPassword('netrc-quoted'),
          },
        ],
      },
      {
        name: 'byte order mark, macro, password first, no line end',
        tree: load('odd/before'),
        path: 'netrc',
        places: [
          {
            address: 'machine/bitbucket.org',
            host,
            line: 8,
            uses: ['git-fetch by netrc machine bitbucket.org', 'git-push by netrc machine bitbucket.org'],
            username: 'alice',
            secret: appPassword(),
          },
        ],
      },
      {
        name: 'a default whose password has the shape of Bitbucket',
        tree: load('default/before'),
        path: '.netrc',
        places: [
          {
            address: 'default',
            host,
            line: 2,
            uses: ['git-fetch by netrc default', 'git-push by netrc default'],
            username: 'alice',
            secret: appPassword(),
          },
        ],
      },
      {
        name: 'comments, macros, a default of unknown meaning and other hosts are silent',
        tree: load('ok.nothing-of-bitbucket/before'),
        path: '.netrc',
        places: [],
      },
      {
        name: 'a quoted value without an end stops the reader and is reported',
        tree: load('broken/before'),
        path: '.netrc',
        places: [
          {
            address: 'machine/bitbucket.org',
            host,
            line: 1,
            uses: ['git-fetch by netrc machine bitbucket.org', 'git-push by netrc machine bitbucket.org'],
            username: 'alice',
            secret: appPassword(),
          },
        ],
        unread: ['malformed'],
      },
    ],
  })
})

describe('netrc connector', () => {
  const change = { username: { set: 'x-bitbucket-api-token-auth' }, secret: values.NEW }
  const elsewhere = { before: '# someone\n', after: '\n# else\n' }
  const replace = (name: string, fixture: string, path: string) => ({
    name,
    before: load(`${fixture}/before`),
    after: load(`${fixture}/after`),
    path,
    address: 'machine/bitbucket.org',
    change,
    elsewhere,
  })
  const multiLine = replace('one field per line', 'multi-line', '.netrc')
  connectorContract({
    consumer: 'netrc',
    connector: netrcConnector,
    cases: [
      multiLine,
      { ...multiLine, name: 'Windows line ends', before: withCrLf(multiLine.before), after: withCrLf(multiLine.after) },
      {
        ...multiLine,
        name: 'no line end at the end',
        before: withoutFinalNewline(multiLine.before),
        after: withoutFinalNewline(multiLine.after),
      },
      replace('one line', 'one-line', '_netrc'),
      replace('quoted values stay quoted', 'quoted', '.netrc'),
      replace('password before login', 'odd', 'netrc'),
      { ...replace('the default', 'default', '.netrc'), address: 'default' },
    ],
  })
})
