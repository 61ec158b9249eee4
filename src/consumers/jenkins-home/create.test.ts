import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { testContext } from '../../../test/contract/connector.ts'
import {
  fixtureValues,
  jenkinsKeyFiles,
  loadFixture,
  readTree,
  type TemporaryFolder,
  type Tree,
  temporaryFolder,
  withCrLf,
  withKeys,
} from '../../../test/contract/fixtures.ts'
import type { Conflict, Staged } from '../../model/consumer.ts'
import type { CredentialChange } from '../../model/credential.ts'
import type { PlaceRef } from '../../model/place.ts'
import { jenkinsHomeConnector } from './connect.ts'

const values = fixtureValues()
const keys = jenkinsKeyFiles()
const bare = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name), values, keys)
const context = testContext()
const next = { username: { set: 'x-bitbucket-api-token-auth' }, secret: { set: context.seal(values.NEW) } }

const shapes = [
  { name: 'the system store', fixture: 'create-system', path: 'credentials.xml', store: 'system/_' },
  {
    name: 'a domain with a list of the command line',
    fixture: 'create-domain',
    path: 'credentials.xml',
    store: 'system/bit%20bucket',
  },
  { name: 'a folder store', fixture: 'create-folder', path: 'jobs/team/config.xml', store: 'folder/team/_' },
  { name: 'a user store', fixture: 'create-user', path: 'users/alice_1/config.xml', store: 'user/alice_1/_' },
].flatMap((shape) => [
  { ...shape, before: bare(`${shape.fixture}/before`), after: bare(`${shape.fixture}/after`) },
  {
    ...shape,
    name: `${shape.name}, Windows line ends`,
    before: withCrLf(bare(`${shape.fixture}/before`)),
    after: withCrLf(bare(`${shape.fixture}/after`)),
  },
])

function staged(outcome: Staged | Conflict): Staged {
  if (outcome.kind === 'conflict') throw new Error('a conflict where none was expected')
  return outcome
}

describe.each(shapes)('a credential made like another: $name', ({ before, after, path, store }) => {
  let folder: TemporaryFolder
  let place: PlaceRef
  let like: PlaceRef
  const tree: Tree = withKeys(before, keys)
  beforeEach(() => {
    folder = temporaryFolder(tree)
    const at = { kind: 'file', path: join(folder.path, path) } as const
    place = { id: 'p2', consumer: 'jenkins-home', at, address: `${store}/bb-git` }
    like = { id: 'p1', consumer: 'jenkins-home', at, address: `${store}/bb` }
  })
  afterEach(() => folder.remove())
  const create = async () => jenkinsHomeConnector.stageCreate?.(place, like, next, context) ?? Promise.reject()
  const digestNow = async () => {
    const state = await jenkinsHomeConnector.read(place, context)
    if (state.kind === 'absent') throw new Error('the place is absent')
    return state.digest
  }

  test('staging writes nothing; committing adds one element behind the other and nothing else', async () => {
    const step = staged(await create())
    expect(readTree(folder.path)).toEqual(tree)
    expect(step.backup).toHaveLength(0)
    expect(await step.commit()).toEqual({ kind: 'changed', now: step.to })
    expect(readTree(folder.path)).toEqual(withKeys(after, keys))
    expect(await digestNow()).toBe(step.to)
  })

  test('restoring the empty backup takes out exactly what was put in', async () => {
    await staged(await create()).commit()
    const undo = staged(await jenkinsHomeConnector.stageRestore(place, await digestNow(), new Uint8Array(), context))
    expect(undo.to).toBe('absent')
    expect(await undo.commit()).toEqual({ kind: 'changed', now: 'absent' })
    expect(readTree(folder.path)).toEqual(tree)
    expect(await jenkinsHomeConnector.read(place, context)).toEqual({ kind: 'absent' })
  })

  test('made twice at the same time, the second is a conflict', async () => {
    const [first, second] = [staged(await create()), staged(await create())]
    await first.commit()
    expect(await second.commit()).toEqual({ kind: 'conflict', found: first.to })
    expect(await create()).toEqual({ kind: 'conflict', found: first.to })
    expect(readTree(folder.path)).toEqual(withKeys(after, keys))
  })

  test('what is made can be replaced and put back like any other', async () => {
    await staged(await create()).commit()
    const made = await digestNow()
    const replaced = staged(
      await jenkinsHomeConnector.stageReplace(
        place,
        made,
        { username: 'keep', secret: { set: context.seal(values.OLD) } },
        context,
      ),
    )
    await replaced.commit()
    const undo = await jenkinsHomeConnector.stageRestore(place, await digestNow(), replaced.backup, context)
    await staged(undo).commit()
    expect(readTree(folder.path)).toEqual(withKeys(after, keys))
  })

  test('someone else who writes elsewhere in the file in the meantime is not overwritten', async () => {
    const step = staged(await create())
    const file = join(folder.path, path)
    writeFileSync(file, `${readFileSync(file, 'latin1')}<!-- else -->`, 'latin1')
    await step.commit()
    expect(readFileSync(file, 'latin1')).toBe(`${after.get(path)?.toString('latin1')}<!-- else -->`)
  })
})

describe('what no credential can be made from', () => {
  const tree = withKeys(bare('create-system/before'), keys)
  const xml = tree.get('credentials.xml')?.toString('latin1') ?? ''
  const attempt = async (address: string, change: CredentialChange = next, text = xml, likeAddress = 'system/_/bb') => {
    const files = new Map([...tree, ['credentials.xml', Buffer.from(text, 'latin1')]])
    const folder = temporaryFolder(files)
    const at = { kind: 'file', path: join(folder.path, 'credentials.xml') } as const
    const place = { id: 'p2', consumer: 'jenkins-home', at, address }
    const like = { id: 'p1', consumer: 'jenkins-home', at, address: likeAddress }
    try {
      const outcome = await jenkinsHomeConnector.stageCreate?.(place, like, change, context)
      return outcome?.kind === 'staged' ? 'staged' : outcome
    } catch (error) {
      return error
    } finally {
      expect(readTree(folder.path)).toEqual(files)
      folder.remove()
    }
  }

  test('an id that a key for SSH has already is a conflict: Jenkins tells credentials apart by the id alone', async () => {
    expect(await attempt('system/_/ssh')).toMatchObject({ kind: 'conflict', found: expect.stringMatching(/^hmac:/) })
  })

  test('an id that another domain of the store has already is a conflict', async () => {
    const second = xml.replace(/<entry>[\s\S]*<\/entry>/, (entry) => {
      const named = entry.replace('<specifications/>', '<name>other</name>').replace('<id>bb</id>', '<id>taken</id>')
      return `${entry}\n    ${named}`
    })
    expect(await attempt('system/_/taken', next, second)).toMatchObject({ kind: 'conflict' })
    expect(await attempt('system/_/free', next, second)).toBe('staged')
  })

  test('a credential that is not there cannot be copied', async () => {
    expect(await attempt('system/_/new', next, xml, 'system/_/gone')).toMatchObject({ code: 'R204' })
  })

  test('another store or domain is no place for it', async () => {
    expect(await attempt('system/other/new')).toMatchObject({ code: 'R204' })
    expect(await attempt('folder/team/_/new')).toMatchObject({ code: 'R204' })
  })

  test('a file that points at credentials by their position is left alone: one more would move them', async () => {
    const pointing = xml.replace('</domainCredentialsMap>', (end) => {
      const path =
        '../domainCredentialsMap/entry/list/com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl[2]'
      return `${end}<last reference="${path}"/>`
    })
    expect(await attempt('system/_/new', next, pointing)).toMatchObject({ code: 'R204' })
  })

  test('a username that the version of the XML cannot hold is refused', async () => {
    const change = { ...next, username: { set: 'a\u0001b' } }
    expect(await attempt('system/_/new', change, xml.replace("version='1.1'", "version='1.0'"))).toMatchObject({
      code: 'R204',
    })
  })

  test('with the secret kept, its ciphertext is copied as it is', async () => {
    expect(await attempt('system/_/new', { ...next, secret: 'keep' })).toBe('staged')
  })
})
