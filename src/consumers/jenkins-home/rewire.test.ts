import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type ConnectorCase, connectorContract, testContext } from '../../../test/contract/connector.ts'
import { documentOf } from '../../../test/contract/detector.ts'
import {
  fixtureValues,
  jenkinsKeyFiles,
  loadFixture,
  readTree,
  temporaryFolder,
  withCrLf,
} from '../../../test/contract/fixtures.ts'
import type { PlaceRef } from '../../model/place.ts'
import { jenkinsHomeConnector } from './connect.ts'
import { jenkinsHomeDetector } from './detect.ts'

const values = fixtureValues()
const keys = jenkinsKeyFiles()
const bare = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name), values, keys)
const LIBRARIES = 'org.jenkinsci.plugins.workflow.libs.GlobalLibraries.xml'

const shape = (name: string, fixture: string, path: string, address: string): ConnectorCase => ({
  name,
  before: bare(`${fixture}/before`),
  after: bare(`${fixture}/after`),
  path,
  address,
  change: { username: 'keep', secret: 'keep', reference: { from: 'bb', to: 'bb-git' } },
  elsewhere: { before: '\n<!-- someone -->', after: '\n<!-- else -->' },
})
const freestyle = shape(
  'a freestyle job, with submodules',
  'rewire-freestyle',
  'jobs/app/config.xml',
  'job/app/credentials/git',
)

describe('what names a credential is told to name another', () => {
  connectorContract({
    consumer: 'jenkins-home',
    connector: jenkinsHomeConnector,
    cases: [
      freestyle,
      {
        ...freestyle,
        name: 'Windows line ends',
        before: withCrLf(bare('rewire-freestyle/before')),
        after: withCrLf(bare('rewire-freestyle/after')),
      },
      shape('a pipeline from SCM', 'rewire-pipeline', 'jobs/app/config.xml', 'job/app/credentials/git'),
      shape(
        'the git sources of a multibranch project',
        'rewire-multibranch',
        'jobs/team/jobs/app/config.xml',
        'job/team/app/credentials/git',
      ),
      shape(
        'Branch Source, old fields too',
        'rewire-branch-source',
        'jobs/app/config.xml',
        'job/app/credentials/branch-source',
      ),
      shape(
        'an organization folder',
        'rewire-organization',
        'jobs/org/config.xml',
        'job/org/credentials/branch-source',
      ),
      shape('global libraries', 'rewire-libraries', LIBRARIES, 'library/credentials/git'),
      shape('libraries of a folder', 'rewire-folder-libraries', 'jobs/team/config.xml', 'job/team/credentials/git'),
    ],
  })
})

describe('who is asked through what', () => {
  const demands = (fixture: string, path: string) => {
    const found = jenkinsHomeDetector.detect(documentOf(bare(`${fixture}/before`), path)).demands
    return found.map(({ operation, by, reference, of }) => [
      operation,
      by,
      of.kind === 'jenkins' ? `${of.credentialId} for "${of.item}"` : of.kind,
      reference?.address,
    ])
  }

  test('Branch Source and git of one project are apart, so that each can have a credential of its own', () => {
    expect(demands('rewire-multibranch', 'jobs/team/jobs/app/config.xml')).toEqual([
      ['git-fetch', 'job team/app', 'bb for "team/app"', 'job/team/app/credentials/git'],
      ['git-fetch', 'job team/app', ' bb for "team/app"', 'job/team/app/credentials/git'],
      ['rest', 'job team/app (Branch Source)', 'bb for "team/app"', 'job/team/app/credentials/branch-source'],
      ['git-fetch', 'job team/app (Branch Source)', 'bb for "team/app"', 'job/team/app/credentials/branch-source'],
    ])
  })

  test('libraries of the controller ask with a credential of the system store', () => {
    expect(demands('rewire-libraries', LIBRARIES)).toEqual([
      ['git-fetch', 'library shared', 'bb for ""', 'library/credentials/git'],
      ['git-fetch', 'library old', 'bb for ""', 'library/credentials/git'],
    ])
  })

  test('libraries of a folder are told from its jobs', () => {
    expect(demands('rewire-folder-libraries', 'jobs/team/config.xml').map(([, by]) => by)).toEqual([
      'job team (library shared)',
      'job team (library old)',
    ])
  })
})

describe('what is not rewired', () => {
  const attempt = async (
    tree: ReadonlyMap<string, Buffer>,
    path: string,
    address: string,
    from = 'bb',
    to = 'bb-git',
  ) => {
    const folder = temporaryFolder(tree)
    const place: PlaceRef = {
      id: 'p1',
      consumer: 'jenkins-home',
      at: { kind: 'file', path: join(folder.path, path) },
      address,
    }
    const context = testContext()
    try {
      const state = await jenkinsHomeConnector.read(place, context)
      if (state.kind === 'absent') return 'absent'
      const change = { username: 'keep', secret: 'keep', reference: { from, to } } as const
      return (await jenkinsHomeConnector.stageReplace(place, state.digest, change, context)).kind
    } catch (error) {
      return error
    } finally {
      expect(readTree(folder.path)).toEqual(tree)
      folder.remove()
    }
  }
  const job = bare('rewire-freestyle/before')

  test('an id that nothing here names', async () => {
    expect(await attempt(job, 'jobs/app/config.xml', 'job/app/credentials/git', 'nobody')).toMatchObject({
      code: 'R204',
    })
  })

  test('to no id at all', async () => {
    expect(await attempt(job, 'jobs/app/config.xml', 'job/app/credentials/git', 'bb', '')).toMatchObject({
      code: 'R204',
    })
  })

  test('a branch of a multibranch project: Jenkins writes it anew at the next scan', async () => {
    const branch = new Map([['jobs/app/branches/main/config.xml', job.get('jobs/app/config.xml') ?? Buffer.alloc(0)]])
    const address = 'job/app/main/credentials/git'
    expect(await attempt(branch, 'jobs/app/branches/main/config.xml', address)).toBe('absent')
    const detection = jenkinsHomeDetector.detect(documentOf(branch, 'jobs/app/branches/main/config.xml'))
    expect(detection).toMatchObject({ places: [], demands: [], unread: [] })
  })

  test('a project of an organization folder that says so', async () => {
    const text = bare('rewire-multibranch/before').get('jobs/team/jobs/app/config.xml')?.toString('utf8') ?? ''
    const said =
      '<properties><jenkins.branch.ProjectNameProperty><name>app</name></jenkins.branch.ProjectNameProperty></properties>'
    const child = new Map([['jobs/org/jobs/app/config.xml', Buffer.from(text.replace('<properties/>', said))]])
    expect(await attempt(child, 'jobs/org/jobs/app/config.xml', 'job/org/app/credentials/git')).toBe('absent')
  })

  test('a project of an organization folder that does not say so: its parent tells', async () => {
    const child = new Map([
      ...bare('rewire-organization/before'),
      [
        'jobs/org/jobs/app/config.xml',
        bare('rewire-multibranch/before').get('jobs/team/jobs/app/config.xml') ?? Buffer.alloc(0),
      ],
    ])
    expect(await attempt(child, 'jobs/org/jobs/app/config.xml', 'job/org/app/credentials/git')).toMatchObject({
      code: 'R204',
    })
  })

  test.each([
    ['of other bytes', Buffer.from('<project/>')],
    ['cut off', Buffer.from('["bb"')],
    ['of something else in JSON', Buffer.from('{"bb":1}')],
  ])('from a backup that is none of its own: %s', async (_, backup) => {
    const folder = temporaryFolder(job)
    const at = { kind: 'file', path: join(folder.path, 'jobs/app/config.xml') } as const
    const place: PlaceRef = { id: 'p1', consumer: 'jenkins-home', at, address: 'job/app/credentials/git' }
    const state = await jenkinsHomeConnector.read(place, testContext())
    const digest = state.kind === 'present' ? state.digest : 'hmac:0'
    const outcome = jenkinsHomeConnector.stageRestore(place, digest, backup, testContext())
    await expect(outcome).rejects.toMatchObject({ code: 'R313' })
    expect(readTree(folder.path)).toEqual(job)
    folder.remove()
  })

  test('a username: a place that names a credential holds none', async () => {
    const folder = temporaryFolder(job)
    const at = { kind: 'file', path: join(folder.path, 'jobs/app/config.xml') } as const
    const place: PlaceRef = { id: 'p1', consumer: 'jenkins-home', at, address: 'job/app/credentials/git' }
    const change = { username: { set: 'alice' }, secret: 'keep' } as const
    await expect(jenkinsHomeConnector.stageReplace(place, 'hmac:0', change, testContext())).rejects.toMatchObject({
      code: 'R204',
    })
    folder.remove()
  })
})
