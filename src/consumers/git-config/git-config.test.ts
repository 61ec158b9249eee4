import { join } from 'node:path'
import { describe } from 'vitest'
import { connectorContract } from '../../../test/contract/connector.ts'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture, withCrLf, withoutFinalNewline } from '../../../test/contract/fixtures.ts'
import type { Demand, Operation } from '../../model/use.ts'
import { gitConfigConnector } from './connect.ts'
import { gitConfigDetector } from './detect.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name), values)
const old = (encoding: 'percent' | 'base64-pair' = 'percent') =>
  ({ text: values.OLD, kind: 'app-password', encoding }) as const
const host = 'bitbucket.org'
const OF_BITBUCKET = '[credential "https://bitbucket.org"]\n\tusername = bob\n'
const EVERYWHERE = '[credential]\n\tusername = alice\n'
const demand = (operation: Operation, workspace: string, slug: string, by: string, username?: string): Demand => ({
  operation,
  repository: { workspace, slug },
  by,
  of: { kind: 'host', host, ...(username === undefined ? {} : { username }) },
})

describe('git-config detector', () => {
  const clone = {
    tree: load('clone/before'),
    path: 'web/.git/config',
    places: [
      { address: 'remote.origin.url', host, line: 6, username: 'alice', secret: old() },
      { address: 'submodule.lib.url', host, line: 12, username: 'bob' },
    ],
    demands: [
      demand('git-fetch', 'other', 'web', 'remote up stream'),
      demand('git-fetch', 'team', 'lib', 'submodule lib', 'bob'),
    ],
  }
  detectorContract({
    detector: gitConfigDetector,
    cases: [
      { name: 'remotes and a submodule of a clone', ...clone },
      { name: 'Windows line ends', ...clone, tree: withCrLf(clone.tree) },
      {
        name: 'a setting that names the username for Bitbucket, beside one for another host',
        tree: load('name-setting/before'),
        path: '.gitconfig',
        places: [{ address: 'credential.https://bitbucket.org.username', host, line: 4, username: 'alice' }],
      },
      {
        name: 'a setting that names the username for every host, with none for Bitbucket behind it',
        tree: new Map([['.gitconfig', Buffer.from(`${OF_BITBUCKET}${EVERYWHERE}`)]]),
        path: '.gitconfig',
        places: [
          { address: 'credential.https://bitbucket.org.username', host, line: 2, username: 'bob' },
          { address: 'credential.username', host: '', line: 4, username: 'alice' },
        ],
      },
      {
        name: 'a setting that names the username for every host, and is none for Bitbucket',
        tree: new Map([['.gitconfig', Buffer.from(`${EVERYWHERE}${OF_BITBUCKET}`)]]),
        path: '.gitconfig',
        places: [{ address: 'credential.https://bitbucket.org.username', host, line: 4, username: 'bob' }],
      },
      {
        name: 'rewrites with the secret in the section header',
        tree: load('global/before'),
        path: '.gitconfig',
        places: [
          { address: 'url.insteadOf/https://bitbucket.org/', host, line: 3, username: 'alice', secret: old() },
          { address: 'url.pushInsteadOf/bbpush:', host, line: 6, username: 'carol', secret: old() },
        ],
      },
      {
        name: 'headers with and without a URL',
        tree: load('header/before'),
        path: 'web/.git/config',
        places: [
          {
            address: 'http.https://bitbucket.org/.extraHeader',
            host,
            line: 6,
            username: 'alice',
            secret: old('base64-pair'),
          },
          {
            address: 'http.extraHeader',
            host,
            line: 8,
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
        demands: [
          demand('git-fetch', 'team', 'web', 'remote origin'),
          demand('git-push', 'team', 'web', 'remote origin'),
        ],
      },
      {
        name: 'a bare repository, the value in quotes',
        tree: load('bare/before'),
        path: 'app/config',
        places: [{ address: 'remote.mirror.url', host, line: 5, username: 'alice', secret: old() }],
      },
      {
        name: 'a username without a secret is a place and a demand',
        tree: load('username-only/before'),
        path: 'web/.git/config',
        places: [{ address: 'remote.origin.url', host, line: 4, username: 'alice' }],
        demands: [
          demand('git-fetch', 'team', 'web', 'remote origin', 'alice'),
          demand('git-push', 'team', 'web', 'remote origin', 'alice'),
        ],
      },
      {
        name: 'byte order mark, section and key on one line, escaped name, port, comment, continuation line',
        tree: load('odd/before'),
        path: '.gitconfig',
        places: [
          { address: 'remote.o"x.url', host, line: 1, username: 'alice', secret: old() },
          { address: 'http.extraHeader', host, line: 3, username: 'alice', secret: old('base64-pair') },
        ],
      },
      {
        name: 'a secret in what is rewritten is reported, and stands in no address',
        tree: load('secret-in-value/before'),
        path: '.gitconfig',
        places: [
          { address: 'url.insteadOf/https://bitbucket.org/', host, line: 1, username: 'alice', secret: old() },
          { address: 'url.insteadOf/bitbucket.org:', host, line: 4, username: 'carol', secret: old() },
        ],
        unread: ['malformed'],
      },
      {
        name: 'secrets in settings that cannot be changed here are reported',
        tree: load('other-settings/before'),
        path: 'web/.git/config',
        places: [{ address: 'credential.https://bitbucket.org.username', host, line: 11, username: 'alice' }],
        unread: ['malformed', 'malformed', 'malformed', 'malformed'],
      },
      {
        name: 'the settings of Git LFS',
        tree: load('lfs/before'),
        path: 'web/.lfsconfig',
        places: [],
        unread: ['malformed'],
      },
      {
        name: 'other hosts and SSH remotes are silent',
        tree: load('ok.others/before'),
        path: '.gitconfig',
        places: [],
      },
      {
        name: 'a file called config that is not of git is silent',
        tree: load('ok.not-git/before'),
        path: 'app/config',
        places: [],
      },
      {
        name: 'what stands before a broken line is kept, the rest is reported',
        tree: load('broken/before'),
        path: 'web/.git/config',
        places: [{ address: 'remote.origin.url', host, line: 4, username: 'alice', secret: old() }],
        unread: ['malformed'],
      },
    ],
  })
})

describe('git-config connector', () => {
  const elsewhere = { before: '[alias]\n\tco = checkout\n', after: '\n[color]\n\tui = auto\n' }
  const change = { username: { set: 'x-bitbucket-api-token-auth' }, secret: values.NEW }
  const replace = (name: string, fixture: string, path: string, address: string) => ({
    name,
    before: load(`${fixture}/before`),
    after: load(`${fixture}/after`),
    path,
    address,
    change,
    elsewhere,
  })
  const clone = replace('the URL of a remote', 'clone', 'web/.git/config', 'remote.origin.url')
  connectorContract({
    consumer: 'git-config',
    connector: gitConfigConnector,
    cases: [
      clone,
      { ...clone, name: 'Windows line ends', before: withCrLf(clone.before), after: withCrLf(clone.after) },
      {
        ...clone,
        name: 'no line end at the end',
        before: withoutFinalNewline(clone.before),
        after: withoutFinalNewline(clone.after),
      },
      replace('a section header', 'global', '.gitconfig', 'url.insteadOf/https://bitbucket.org/'),
      replace('a Basic header', 'header', 'web/.git/config', 'http.https://bitbucket.org/.extraHeader'),
      replace('a quoted value', 'bare', 'app/config', 'remote.mirror.url'),
      replace('an odd layout', 'odd', '.gitconfig', 'remote.o"x.url'),
      {
        ...replace('a username is removed', 'username-only', 'web/.git/config', 'remote.origin.url'),
        change: { username: 'remove', secret: 'keep' } as const,
      },
      {
        ...replace('a setting', 'name-setting', '.gitconfig', 'credential.https://bitbucket.org.username'),
        change: { username: { set: 'x-bitbucket-api-token-auth' }, secret: 'keep' } as const,
      },
    ],
  })
})
