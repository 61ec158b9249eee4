import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { appPassword } from '../../test/support/synthetic-secrets.ts'
import { consumers } from '../consumers/registry.ts'
import type { Context } from '../model/ports.ts'
import { Secret } from '../model/secret.ts'
import { nodeSystem } from '../system/node-system.ts'
import { scan } from './scan.ts'

const context: Context = {
  system: nodeSystem({ environment: process.env }),
  seal: Secret.sealer(new Uint8Array(32)),
  digest: () => 'hmac:0',
  logins: [],
}
let folder = ''
let app = ''

function git(...args: readonly string[]): string {
  const settings = ['user.name=a', 'user.email=a@example.org', 'protocol.file.allow=always'].flatMap((one) => [
    '-c',
    one,
  ])
  return execFileSync('git', [...settings, ...args], { cwd: folder, encoding: 'utf8', stdio: 'pipe' }).trim()
}

/** A repository whose history alone holds a secret. */
function repositoryAt(path: string, ...options: readonly string[]): string {
  git('init', '-q', '-b', 'main', ...options, path)
  const file = join(path, '.netrc')
  writeFileSync(file, `machine bitbucket.org login alice password ${appPassword()}\n`)
  git('-C', path, 'add', '.')
  git('-C', path, 'commit', '-q', '-m', 'in')
  unlinkSync(file)
  writeFileSync(join(path, 'other'), '')
  git('-C', path, 'add', '-A')
  git('-C', path, 'commit', '-q', '-m', 'out')
  return path
}

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'keyturn-repositories-')))
  app = repositoryAt(join(folder, 'app'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** How many places were found in history, and what was not read. */
async function scanned(...roots: readonly string[]): Promise<readonly [number, ...(readonly string[])[]]> {
  const { places, unread } = await scan({ roots, history: true, archives: true }, consumers, context)
  const told = unread.map(({ at, detail }) => [at, detail].map((text) => text.replaceAll(folder, '')))
  return [places.filter(({ buried }) => buried?.kind === 'history').length, ...told]
}

const outside = (why: string): string =>
  `its history was not read: ${why}, outside of the scanned folders; scan that folder too`

describe('the history of a worktree', () => {
  it('is that of its repository, which is not read when it lies outside of the scanned folders', async () => {
    git('-C', app, 'worktree', 'add', '-q', join(folder, 'tree'))
    expect(await scanned(join(folder, 'tree'))).toEqual([0, ['/tree/.git', outside('its repository is /app/.git')]])
    expect(await scanned(app, join(folder, 'tree'))).toEqual([1])
    expect(await scanned(folder)).toEqual([1])
  })

  it('is told when its repository is gone', async () => {
    git('-C', app, 'worktree', 'add', '-q', join(folder, 'tree'))
    renameSync(app, join(folder, 'moved'))
    const dead = ['/tree/.git', 'its history: it leads to no repository']
    expect(await scanned(join(folder, 'tree'))).toEqual([0, dead])
  })
})

describe('the history of a submodule', () => {
  it('is found in the repository around it, and is outside of the submodule alone', async () => {
    const outer = repositoryAt(join(folder, 'outer'))
    git('-C', outer, 'submodule', '--quiet', 'add', app, 'lib')
    git('-C', outer, 'commit', '-q', '-m', 'lib')
    expect(await scanned(outer)).toEqual([2])
    const [found, told, ...others] = await scanned(join(outer, 'lib'))
    expect([found, told, others]).toEqual([
      0,
      ['/outer/lib/.git', outside('its repository is /outer/.git/modules/lib')],
      [],
    ])
  })
})

describe('a folder inside a working folder', () => {
  it('has a history that lies above it, and this is said once', async () => {
    mkdirSync(join(app, 'a'))
    mkdirSync(join(app, 'b'))
    const above = ['/app', outside('a scanned folder lies in it')]
    expect(await scanned(join(app, 'a'), join(app, 'b'))).toEqual([0, above])
    expect(await scanned(join(app, 'a'), app)).toEqual([1])
  })
})

describe('borrowed objects', () => {
  it('are read inside the scanned folders, and said to be elsewhere otherwise', async () => {
    git('clone', '-q', '--shared', app, join(folder, 'shared'))
    const [found, ...told] = await scanned(join(folder, 'shared'))
    expect([found, told]).toEqual([0, [['/shared/.git', outside('it borrows objects from /app/.git/objects')]]])
    expect(await scanned(folder)).toEqual([2])
  })

  it('are not followed through links either, nor through a folder that the repository says is its own', async () => {
    const objects = join(app, '.git', 'objects')
    mkdirSync(join(folder, 'in'))
    for (const [name, link] of [
      ['linked', 'objects'],
      ['common', 'commondir'],
    ] as const) {
      const copy = join(folder, 'in', name)
      git('init', '-q', copy)
      writeFileSync(join(copy, '.git', 'HEAD'), 'ref: refs/heads/main\n')
      if (link === 'commondir') writeFileSync(join(copy, '.git', 'commondir'), `${app}/.git\n`)
      else {
        rmSync(join(copy, '.git', 'objects'), { recursive: true })
        symlinkSync(objects, join(copy, '.git', 'objects'))
      }
    }
    const [found, ...told] = await scanned(join(folder, 'in'))
    expect(found).toBe(0)
    expect(told).toEqual(
      expect.arrayContaining([
        ['/in/common/.git', outside('its objects are in /app/.git')],
        ['/in/linked/.git', outside('its objects are in /in/linked/.git/objects')],
      ]),
    )
  })
})

describe('repositories of every kind', () => {
  it.each([
    ['bare', ['clone', '-q', '--bare'], []],
    ['with a multi-pack-index', ['clone', '-q', '--bare'], ['multi-pack-index', 'write']],
    ['packed with bitmaps and a commit graph', ['clone', '-q'], ['repack', '-adbq']],
  ] as const)('are searched: %s', async (_, clone, after) => {
    const copy = join(folder, 'copy')
    git(...clone, app, copy)
    if (after.length > 0) {
      git('-C', copy, 'repack', '-q', '-d')
      git('-C', copy, ...after)
    }
    expect(await scanned(copy)).toEqual([1])
  })

  it('are searched when their ids are SHA-256', async () => {
    expect(await scanned(repositoryAt(join(folder, 'wide'), '--object-format=sha256'))).toEqual([1])
  })

  it('say what is not on this disk: shallow ones, and partial ones whose blobs were never fetched', async () => {
    git('-C', app, 'config', 'uploadpack.allowFilter', 'true')
    git('clone', '-q', '--depth=1', `file://${app}`, join(folder, 'shallow'))
    git('clone', '-q', '--bare', '--filter=blob:none', `file://${app}`, join(folder, 'partial'))
    expect(await scanned(join(folder, 'shallow'))).toEqual([
      0,
      ['/shallow/.git', 'the history before the oldest commits here is not searched'],
    ])
    rmSync(app, { recursive: true })
    const [found, ...told] = await scanned(join(folder, 'partial'))
    expect([found, told]).toEqual([0, [['/partial', 'blobs that were never fetched are not searched']]])
  })
})
