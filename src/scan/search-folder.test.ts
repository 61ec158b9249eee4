import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiToken, appPassword } from '../../test/support/synthetic-secrets.ts'
import { consumers } from '../consumers/registry.ts'
import type { Consumer } from '../model/consumer.ts'
import type { Inventory } from '../model/inventory.ts'
import type { Context } from '../model/ports.ts'
import { Secret } from '../model/secret.ts'
import { nodeSystem } from '../system/node-system.ts'
import { scan } from './scan.ts'
import type { Helpers } from './search-folder.ts'

const context: Context = {
  system: nodeSystem({ environment: {} }),
  seal: Secret.sealer(new Uint8Array(32)),
  digest: () => 'hmac:0',
  logins: [],
}
let folder = ''
let entry: URL

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-search-'))
  const outfile = join(folder, 'search-worker.mjs')
  const entryPoints = [join(import.meta.dirname, '..', 'library', 'search-worker.ts')]
  await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'warning' })
  entry = pathToFileURL(outfile)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Everything that a person is shown; how many files were looked at more closely differs. */
function shownOf({ places, unanswered, unread, filesSeen }: Inventory): unknown {
  return JSON.parse(JSON.stringify({ places, unanswered, unread, filesSeen }))
}

async function fast(root: string, helpers: Helpers = {}): Promise<Inventory> {
  return scan({ roots: [root], helpers }, consumers, context)
}

/** Every file is opened and given to every detector, because all their names are wanted. */
async function slow(root: string): Promise<Inventory> {
  // With types, because without them links are followed, and one of them leads to where it stands.
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const everything: Consumer = {
    id: 'everything',
    title: 'Everything',
    detector: {
      matches: () => false,
      wanted: { names: entries.map(({ name }) => name), suffixes: [] },
      keywords: [],
      detect: () => ({ places: [], demands: [], unread: [] }),
    },
  }
  return scan({ roots: [root] }, [...consumers, everything], context)
}

const oldPassword = 'x7Kd0PqLw3Zr9TnBv5Ya'

const NAMES = [
  '.netrc',
  '_netrc',
  '.gitconfig',
  'config',
  '.git-credentials',
  'credentials',
  'credentials.xml',
  'config.xml',
  '.env',
  'a.yml',
  'deploy.sh',
  'notes.txt',
  'settings.json',
  'BitBucket-askpass',
] as const

const TEXTS: readonly (() => string)[] = [
  () => `machine bitbucket.org login alice password ${oldPassword}\n`,
  () => `default login alice password ${oldPassword}\n`,
  () => `default login alice password ${appPassword()}\n`,
  () => 'machine "unfinished\n',
  () => `https://alice:${oldPassword}@bitbucket.org/team/app\n`,
  () => `https://alice:${oldPassword}@example.org/team/app\n`,
  () => '[core]\n\trepositoryformatversion = 0\n[include]\n\tpath = /somewhere/else\n',
  () => '[remote "origin"]\n\turl = https://alice@BitBucket.org/team/app.git\n[broken\n',
  () => `[core]\n\trepositoryformatversion = 0\n[http]\n\textraHeader = Authorization: Bearer ${apiToken()}\n`,
  () => `BB_TOKEN=${oldPassword}\nBITBUCKET_USERNAME=alice\n`,
  () => `BITBUCKET_APP_PASSWORD=${appPassword()}\n`,
  () => `curl -u alice:${appPassword()} https://api.bitbucket.org/2.0/user\n`,
  () => `auth: ${Buffer.from(`alice:${appPassword()}`).toString('base64')}\n`,
  () => `data: ${Buffer.from(`machine bitbucket.org login a password ${oldPassword}\n`).toString('base64')}\n`,
  () => `{"token": "${apiToken()}"}\n`,
  () => `TOKEN=${Buffer.from(`BITBUCKET_TOKEN=${appPassword()}`, 'utf16le').toString('latin1')}\n`,
  () => '<?xml version="1.1"?><project><broken></project>',
  () => `#!/bin/sh\necho ${oldPassword}\n`,
  () => 'nothing to see\n',
  () => '',
]

const FOLDERS = ['', 'git', '.git', 'home/jobs/build', 'deep/er'] as const

const someFiles = fc.array(
  fc.record({
    folder: fc.constantFrom(...FOLDERS),
    name: fc.constantFrom(...NAMES),
    texts: fc.array(fc.constantFrom(...TEXTS), { minLength: 1, maxLength: 3 }),
  }),
  { minLength: 1, maxLength: 12 },
)

async function treeOf(files: readonly { folder: string; name: string; text: string }[]): Promise<string> {
  const root = await mkdtemp(join(folder, 'tree-'))
  for (const { folder: inner, name, text } of files) {
    await mkdir(join(root, inner), { recursive: true })
    await writeFile(join(root, inner, name), text)
  }
  return root
}

describe('files that the prefilter or a name lets through', () => {
  it('give the inventory that opening every file gives', async () => {
    await fc.assert(
      fc.asyncProperty(someFiles, async (files) => {
        const root = await treeOf(
          files.map(({ texts, ...file }) => ({ ...file, text: texts.map((text) => text()).join('') })),
        )
        await symlink(root, join(root, 'link-to-all'))
        await symlink(join(root, 'deep'), join(root, 'other'))
        expect(shownOf(await fast(root))).toEqual(shownOf(await slow(root)))
        await rm(root, { recursive: true })
      }),
      { numRuns: 150 },
    )
  }, 60_000)

  it.each([1, 2])(
    'are the same, in the same order, with %i threads',
    async (threads) => {
      const texts = TEXTS.map((text) => text())
      const root = await treeOf(
        Array.from({ length: 2000 }, (_, index) => ({
          folder: `${index % 40}/${FOLDERS[index % FOLDERS.length]}`,
          name: `${index % 7 === 0 ? '' : index}${NAMES[index % NAMES.length]}`,
          text: index % 9 === 0 ? (texts[index % texts.length] ?? '') : `text ${index}\n`,
        })),
      )
      const [alone, helped] = [await fast(root), await fast(root, { entry, threads })]
      expect(alone.places.length).toBeGreaterThan(50)
      expect(shownOf(helped)).toEqual(shownOf(alone))
      expect(helped.filesRead).toBe(alone.filesRead)
    },
    60_000,
  )

  it('are those whose names say Bitbucket, in either case and whatever stands in them', async () => {
    const root = await treeOf([
      { folder: 'storage/content/keys/ops', name: 'my-BitBucket.password', text: `${oldPassword}\n` },
      { folder: 'storage/content/keys/ops', name: 'other.password', text: `${oldPassword}\n` },
      { folder: 'storage/content/keys/bitbucket', name: 'other.password', text: `${oldPassword}\n` },
    ])
    const { places, filesRead } = await fast(root)
    expect(places.map(({ consumer, at }) => [consumer, at.kind === 'file' ? basename(at.path) : ''])).toEqual([
      ['rundeck', 'my-BitBucket.password'],
    ])
    expect(filesRead).toBe(1)
  })

  it('are few: what holds nothing about Bitbucket is no candidate', async () => {
    const root = await treeOf([
      { folder: '', name: 'notes.txt', text: 'nothing\n' },
      { folder: '', name: '.env', text: 'GITHUB_TOKEN=x\n' },
      { folder: '', name: '.netrc', text: 'machine example.org login a password b\n' },
    ])
    const { filesSeen, filesRead } = await fast(root)
    expect([filesSeen, filesRead]).toEqual([3, 1])
  })
})
