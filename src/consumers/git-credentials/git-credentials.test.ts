import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { connectorContract } from '../../../test/contract/connector.ts'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture, withCrLf, withoutFinalNewline } from '../../../test/contract/fixtures.ts'
import { Secret } from '../../model/secret.ts'
import { gitCredentialsConnector } from './connect.ts'
import { gitCredentialsDetector } from './detect.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name), values)
const secret = { text: values.OLD, kind: 'app-password', encoding: 'percent' } as const
const host = 'bitbucket.org'

describe('git-credentials detector', () => {
  const store = [
    {
      address: 'bitbucket.org',
      host,
      line: 2,
      uses: ['git-fetch by git credential store', 'git-push by git credential store'],
      username: 'alice',
      secret,
    },
    {
      address: 'bitbucket.org#2',
      host,
      line: 3,
      uses: ['git-fetch by git credential store', 'git-push by git credential store'],
      username: 'bob@example.org',
      secret,
    },
    {
      address: 'bitbucket.org/team/app.git',
      host,
      line: 4,
      uses: ['git-fetch team/app by git credential store', 'git-push team/app by git credential store'],
      username: 'carol',
      secret,
    },
  ]
  detectorContract({
    detector: gitCredentialsDetector,
    cases: [
      { name: 'three lines and another host', tree: load('store/before'), path: '.git-credentials', places: store },
      { name: 'Windows line ends', tree: withCrLf(load('store/before')), path: '.git-credentials', places: store },
      {
        name: 'the XDG file, a blank line and a comment, a path',
        tree: load('xdg/before'),
        path: 'git/credentials',
        places: [
          {
            address: 'bitbucket.org/team/app.git',
            host,
            line: 3,
            uses: ['git-fetch team/app by git credential store', 'git-push team/app by git credential store'],
            username: 'alice',
            secret,
          },
        ],
      },
      {
        name: 'upper-case escapes, no line end',
        tree: load('upper-case/before'),
        path: '.git-credentials',
        places: [
          {
            address: 'bitbucket.org',
            host,
            line: 1,
            uses: ['git-fetch by git credential store', 'git-push by git credential store'],
            username: 'al/ice',
            secret,
          },
        ],
      },
      {
        name: 'other hosts, ports, lines without a secret, lines that are no URL are silent',
        tree: load('ok.others/before'),
        path: '.git-credentials',
        places: [],
      },
      {
        name: 'a token in place of a username is reported, because git ignores the line',
        tree: load('token-alone/before'),
        path: '.git-credentials',
        places: [],
        unread: ['malformed'],
      },
    ],
  })
})

test('no token that stands in a path goes into an address', () => {
  const text = `https://alice:${values.OLD}@bitbucket.org/${values.OLD}/app.git\n`
  const seal = Secret.sealer(new Uint8Array(32))
  const { places } = gitCredentialsDetector.detect({
    path: '/c',
    bytes: Buffer.from(text),
    seal,
    companion: () => undefined,
  })
  expect(places).toHaveLength(1)
  expect(JSON.stringify(places)).not.toContain(values.OLD)
})

describe('git-credentials connector', () => {
  const elsewhere = { before: 'https://new:one@github.com\n', after: '\nhttps://last:one@gitlab.com\n' }
  const store = {
    name: 'the first line of the host, lower-case escapes',
    before: load('store/before'),
    after: load('store/after'),
    path: '.git-credentials',
    address: 'bitbucket.org',
    change: { username: { set: 'x-bitbucket-api-token-auth' }, secret: values.NEW },
    elsewhere,
  } as const
  connectorContract({
    consumer: 'git-credentials',
    connector: gitCredentialsConnector,
    cases: [
      store,
      { ...store, name: 'Windows line ends', before: withCrLf(store.before), after: withCrLf(store.after) },
      {
        ...store,
        name: 'no line end at the end',
        before: withoutFinalNewline(store.before),
        after: withoutFinalNewline(store.after),
      },
      {
        ...store,
        name: 'the XDG file, a line with a path',
        before: load('xdg/before'),
        after: load('xdg/after'),
        path: 'git/credentials',
        address: 'bitbucket.org/team/app.git',
      },
      {
        ...store,
        name: 'upper-case escapes stay upper-case; the username is kept',
        before: load('upper-case/before'),
        after: load('upper-case/after'),
        change: { username: 'keep', secret: values.NEW },
      },
    ],
  })
})
