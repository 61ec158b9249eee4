import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { connectorContract, testContext } from '../../../test/contract/connector.ts'
import { detectorContract, documentOf } from '../../../test/contract/detector.ts'
import {
  fixtureValues,
  jenkinsKeyFiles,
  loadFixture,
  readTree,
  temporaryFolder,
  withCrLf,
  withKeys,
} from '../../../test/contract/fixtures.ts'
import type { PlaceRef } from '../../model/place.ts'
import { openSecret } from '../hudson-secret.ts'
import { jenkinsHomeConnector, makeJenkinsHomeConnector } from './connect.ts'
import { jenkinsHomeDetector } from './detect.ts'

const values = fixtureValues()
const keys = jenkinsKeyFiles()
const bare = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name), values, keys)
const load = (name: string) => withKeys(bare(name), keys)
const host = 'bitbucket.org'
const openJenkins = (stored: string): string => {
  const opened = openSecret(stored, { current: keys.dataKey })
  if (opened.kind === 'undecryptable') throw new Error('undecryptable')
  return opened.text
}
const secret = (text: string, kind: 'app-password' | 'access-token', encoding: 'jenkins-secret' | 'xml-text') =>
  ({ text, kind, encoding }) as const

/** A scan gives it an id of its own. */
const referenceIn = (path: string, address: string): PlaceRef => ({
  id: `jenkins-home:${address}`,
  consumer: 'jenkins-home',
  at: { kind: 'file', path: `/somewhere/${path}` },
  address,
})

const SYSTEM = [
  {
    address: 'system/_/bb',
    host,
    line: 14,
    username: 'al&ice',
    secret: secret(values.OLD, 'app-password', 'jenkins-secret'),
  },
  {
    address: 'system/_/legacy',
    host,
    line: 22,
    username: 'bob',
    secret: secret(values.OLD, 'app-password', 'jenkins-secret'),
  },
  {
    address: 'system/_/short',
    host: '',
    line: 30,
    username: 'carol',
    secret: secret(values.SHORT, 'app-password', 'jenkins-secret'),
  },
  {
    address: 'system/_/plain',
    host,
    line: 38,
    username: 'dave',
    secret: secret(values.OLD, 'app-password', 'xml-text'),
  },
  { address: 'system/_/access', host, line: 45, secret: secret(values.ACCESS, 'access-token', 'jenkins-secret') },
  {
    address: 'system/bit%20bucket/inDomain',
    host,
    line: 71,
    username: 'erin',
    secret: secret(values.SHORT, 'app-password', 'jenkins-secret'),
  },
]

describe('jenkins-home detector', () => {
  detectorContract({
    detector: jenkinsHomeDetector,
    openJenkins,
    cases: [
      {
        name: 'the system store: v1, legacy, plain, secret text, domains',
        tree: load('system/before'),
        path: 'credentials.xml',
        places: SYSTEM,
      },
      {
        name: 'Windows line ends',
        tree: withKeys(withCrLf(bare('system/before')), keys),
        path: 'credentials.xml',
        places: SYSTEM,
      },
      {
        name: 'a folder store',
        tree: load('folder/before'),
        path: 'jobs/team/config.xml',
        places: [
          {
            address: 'folder/team/_/bb',
            host,
            line: 16,
            username: 'alice',
            secret: secret(values.OLD, 'app-password', 'jenkins-secret'),
          },
        ],
      },
      {
        name: 'a user store',
        tree: load('user/before'),
        path: 'users/alice_1/config.xml',
        places: [
          {
            address: 'user/alice_1/blueocean-bitbucket-cloud-domain/bitbucket-cloud',
            host,
            line: 19,
            username: 'alice',
            secret: secret(values.OLD, 'app-password', 'jenkins-secret'),
          },
        ],
      },
      {
        name: 'a pipeline whose URL pins a username; a second remote without a credential',
        tree: load('job-url/before'),
        path: 'jobs/app/config.xml',
        places: [{ address: 'job/app/url', host, line: 9, username: 'alice' }],
        demands: [
          {
            operation: 'git-fetch',
            repository: { workspace: 'team', slug: 'app' },
            by: 'job app',
            reference: referenceIn('jobs/app/config.xml', 'job/app/credentials/git'),
            of: { kind: 'jenkins', credentialId: 'bb', item: 'app' },
          },
          {
            operation: 'git-fetch',
            repository: { workspace: 'team', slug: 'lib' },
            by: 'job app',
            of: { kind: 'host', host },
          },
        ],
      },
      {
        name: 'a multibranch project with Branch Source and plain git; Data Center is silent',
        tree: load('multibranch/before'),
        path: 'jobs/org/config.xml',
        places: [],
        demands: [
          {
            operation: 'git-fetch',
            repository: { workspace: 'team', slug: 'tools' },
            by: 'job org',
            reference: referenceIn('jobs/org/config.xml', 'job/org/credentials/git'),
            of: { kind: 'jenkins', credentialId: 'bb-git', item: 'org' },
          },
          {
            operation: 'rest',
            repository: { workspace: 'team', slug: 'app' },
            by: 'job org (Branch Source)',
            reference: referenceIn('jobs/org/config.xml', 'job/org/credentials/branch-source'),
            of: { kind: 'jenkins', credentialId: 'bb-mail', item: 'org' },
          },
          {
            operation: 'git-fetch',
            repository: { workspace: 'team', slug: 'app' },
            by: 'job org (Branch Source)',
            reference: referenceIn('jobs/org/config.xml', 'job/org/credentials/branch-source'),
            of: { kind: 'jenkins', credentialId: 'bb-mail', item: 'org' },
          },
        ],
      },
      { name: 'an empty store is silent', tree: load('ok.others/before'), path: 'credentials.xml', places: [] },
      {
        name: 'truncated XML is reported',
        tree: load('truncated/before'),
        path: 'credentials.xml',
        places: [],
        unread: ['malformed'],
      },
      {
        name: 'with the keys of another Jenkins every encrypted secret is reported, and only the plain one is read',
        tree: withKeys(bare('system/before'), jenkinsKeyFiles()),
        path: 'credentials.xml',
        places: SYSTEM.filter(({ address }) => address === 'system/_/plain'),
        unread: Array.from({ length: 6 }, () => 'undecryptable' as const),
      },
      {
        name: 'without keys the same',
        tree: bare('system/before'),
        path: 'credentials.xml',
        places: SYSTEM.filter(({ address }) => address === 'system/_/plain'),
        unread: Array.from({ length: 6 }, () => 'undecryptable' as const),
      },
    ],
  })
})

describe('jenkins-home connector', () => {
  const elsewhere = { before: '\n<!-- someone -->', after: '\n<!-- else -->' }
  const replace = (name: string, fixture: string, path: string, address: string, username: string) => ({
    name,
    before: load(`${fixture}/before`),
    after: load(`${fixture}/after`),
    path,
    address,
    change: { username: { set: username }, secret: values.NEW },
    elsewhere,
  })
  const system = replace('the system store', 'system', 'credentials.xml', 'system/_/bb', "dev'sé@example.org")
  connectorContract({
    consumer: 'jenkins-home',
    connector: jenkinsHomeConnector,
    cases: [
      system,
      {
        ...system,
        name: 'Windows line ends',
        before: withKeys(withCrLf(bare('system/before')), keys),
        after: withKeys(withCrLf(bare('system/after')), keys),
      },
      replace('a folder store', 'folder', 'jobs/team/config.xml', 'folder/team/_/bb', 'x-bitbucket-api-token-auth'),
      replace(
        'a user store',
        'user',
        'users/alice_1/config.xml',
        'user/alice_1/blueocean-bitbucket-cloud-domain/bitbucket-cloud',
        'x-bitbucket-api-token-auth',
      ),
      {
        ...replace('the username of a URL is removed', 'job-url', 'jobs/app/config.xml', 'job/app/url', ''),
        change: { username: 'remove', secret: 'keep' } as const,
      },
    ],
  })

  const placeIn = (folder: string): PlaceRef => ({
    id: 'p1',
    consumer: 'jenkins-home',
    at: { kind: 'file', path: join(folder, 'credentials.xml') },
    address: 'system/_/bb',
  })
  const attempt = async (tree: ReadonlyMap<string, Buffer>, running: (pid: number) => boolean) => {
    const folder = temporaryFolder(tree)
    const context = testContext()
    const connector = makeJenkinsHomeConnector(async (pid) => running(pid))
    try {
      const state = await connector.read(placeIn(folder.path), context)
      if (state.kind === 'absent') throw new Error('absent')
      const change = { username: 'keep', secret: { set: context.seal(values.NEW) } } as const
      const staged = await connector.stageReplace(placeIn(folder.path), state.digest, change, context)
      return { kind: staged.kind }
    } catch (error) {
      return error
    } finally {
      expect(readTree(folder.path)).toEqual(tree)
      folder.remove()
    }
  }
  const owned = (owner: string) => new Map([...load('system/before'), ['.owner', Buffer.from(owner)]])

  test('a controller whose process lives is refused, whatever form its .owner file has', async () => {
    const is4711 = (pid: number) => pid === 4711
    expect(await attempt(owned('4711'), is4711)).toMatchObject({ code: 'R208' })
    expect(await attempt(owned('contextPath="" at 4711@host'), is4711)).toMatchObject({ code: 'R208' })
  })

  test('an .owner file that outlived its process does not stop a change', async () => {
    expect(await attempt(owned('4711'), () => false)).toEqual({ kind: 'staged' })
  })

  test('this very process is seen as running by the default check', async () => {
    const folder = temporaryFolder(owned(String(process.pid)))
    const context = testContext()
    const state = await jenkinsHomeConnector.read(placeIn(folder.path), context)
    const digest = state.kind === 'absent' ? 'hmac:0' : state.digest
    const change = { username: { set: 'x' }, secret: 'keep' } as const
    const asked = jenkinsHomeConnector.stageReplace(placeIn(folder.path), digest, change, context)
    await expect(asked).rejects.toMatchObject({ code: 'R208' })
    folder.remove()
  })

  test('without keys a new secret is refused with R106', async () => {
    expect(await attempt(bare('system/before'), () => false)).toMatchObject({ code: 'R106' })
  })
})

test('a folder job inside a home that itself lies below a folder called jobs is named by where the keys are', () => {
  const tree = withKeys(
    new Map([['jobs/home/jobs/team/config.xml', bare('folder/before').get('jobs/team/config.xml') ?? Buffer.alloc(0)]]),
    keys,
    'jobs/home',
  )
  const { places } = jenkinsHomeDetector.detect(documentOf(tree, 'jobs/home/jobs/team/config.xml'))
  expect(places.map(({ address }) => address)).toEqual(['folder/team/_/bb'])
})
