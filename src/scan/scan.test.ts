import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { appPassword } from '../../test/support/synthetic-secrets.ts'
import type { Consumer, Document } from '../model/consumer.ts'
import type { Inventory } from '../model/inventory.ts'
import type { MentioningDetection } from '../model/mention.ts'
import type { Context } from '../model/ports.ts'
import { Secret } from '../model/secret.ts'
import { nodeSystem } from '../system/node-system.ts'
import { scan } from './scan.ts'

/** A consumer whose files are called `*.cred` and hold one secret. */
const cred: Consumer = {
  id: 'cred',
  title: 'Test',
  detector: {
    matches: (path) => path.endsWith('.cred'),
    wanted: { names: [], suffixes: ['.cred'] },
    keywords: ['bitbucket'],
    detect: ({ path, bytes, seal }) => ({
      places: [
        {
          id: '',
          consumer: 'cred',
          at: { kind: 'file', path },
          address: 'one',
          host: 'bitbucket.org',
          secret: {
            kind: 'unknown',
            encoding: 'plain',
            span: [0, bytes.length],
            value: seal(Buffer.from(bytes).toString()),
          },
          uses: [],
        },
      ],
      demands: [],
      unread: [],
    }),
  },
}

const context: Context = {
  system: nodeSystem({ environment: {} }),
  seal: Secret.sealer(new Uint8Array(32)),
  digest: () => 'hmac:0',
  logins: [],
}
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-scan-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const pathsOf = ({ places }: Inventory): readonly string[] =>
  places.map(({ at }) => (at.kind === 'file' ? at.path : at.url))

describe('scan', () => {
  it('reads hidden files too, and only files that a consumer wants and that mention Bitbucket', async () => {
    await mkdir(join(folder, '.hidden'))
    await writeFile(join(folder, '.hidden', '.a.cred'), 'bitbucket 1')
    await writeFile(join(folder, 'b.cred'), 'something else')
    await writeFile(join(folder, 'c.txt'), 'bitbucket 2')
    const inventory = await scan({ roots: [folder] }, [cred], context)
    expect(inventory.places.map((place) => place.at)).toEqual([
      { kind: 'file', path: join(folder, '.hidden', '.a.cred') },
    ])
    expect([inventory.filesSeen, inventory.filesRead]).toEqual([3, 2])
  })

  it('gives a place the same id wherever the folder lies, and overlapping roots one place', async () => {
    await writeFile(join(folder, 'a.cred'), 'bitbucket')
    await mkdir(join(folder, 'copy'))
    await writeFile(join(folder, 'copy', 'a.cred'), 'bitbucket other')
    const [first, second] = [
      await scan({ roots: [folder] }, [cred], context),
      await scan({ roots: [join(folder, 'copy')] }, [cred], context),
    ]
    expect(first.places.map((place) => place.id)[0]).toBe(second.places[0]?.id)
    expect((await scan({ roots: [folder, join(folder, 'copy')] }, [cred], context)).places).toHaveLength(2)
  })

  it('tells places of several roots apart', async () => {
    for (const name of ['one', 'two']) {
      await mkdir(join(folder, name))
      await writeFile(join(folder, name, 'a.cred'), `bitbucket ${name}`)
    }
    const inventory = await scan({ roots: [join(folder, 'one'), join(folder, 'two')] }, [cred], context)
    expect(new Set(inventory.places.map((place) => place.id)).size).toBe(2)
  })

  it('does not follow a link out of the root, and says so', async () => {
    await symlink('/etc/hostname', join(folder, 'x.cred'))
    const inventory = await scan({ roots: [folder] }, [cred], context)
    expect(inventory.unread).toEqual([
      { at: join(folder, 'x.cred'), reason: 'unreadable', detail: 'a symbolic link that leaves the scanned folder' },
    ])
  })

  it('reports a link to a folder outside, whatever its name, and a link that leads nowhere', async () => {
    await symlink('/etc', join(folder, 'dots'))
    await symlink('/etc/hostname', join(folder, 'notes.txt'))
    await symlink(join(folder, 'none'), join(folder, 'y.cred'))
    const inventory = await scan({ roots: [folder] }, [cred], context)
    expect(inventory.unread).toEqual([
      { at: join(folder, 'dots'), reason: 'unreadable', detail: 'a symbolic link that leaves the scanned folder' },
      { at: join(folder, 'y.cred'), reason: 'unreadable', detail: 'a symbolic link that leads nowhere' },
    ])
  })

  it('reads a link inside the root under its own name, where the name of its target tells nothing', async () => {
    await mkdir(join(folder, 'dot'))
    await writeFile(join(folder, 'dot', 'plain'), 'bitbucket')
    await symlink(join(folder, 'dot', 'plain'), join(folder, 'a.cred'))
    const inventory = await scan({ roots: [folder] }, [cred], context)
    expect(pathsOf(inventory)).toEqual([join(folder, 'a.cred')])
    expect(inventory.unread).toEqual([])
  })

  it('counts a file once when a link leads to it and both names are wanted', async () => {
    await writeFile(join(folder, 'b.cred'), 'bitbucket')
    await symlink(join(folder, 'b.cred'), join(folder, 'a.cred'))
    expect(pathsOf(await scan({ roots: [folder] }, [cred], context))).toEqual([join(folder, 'b.cred')])
  })

  it('reads a folder under the name of a link to it, and survives a link to a folder above', async () => {
    const inFolder: Consumer = {
      ...cred,
      ...(cred.detector && { detector: { ...cred.detector, matches: (path) => path.endsWith('/git/store') } }),
    }
    await mkdir(join(folder, 'dot'))
    await writeFile(join(folder, 'dot', 'store'), 'bitbucket')
    await symlink(join(folder, 'dot'), join(folder, 'git'))
    await symlink(folder, join(folder, 'dot', 'loop'))
    const inventory = await scan({ roots: [folder] }, [inFolder], context)
    expect(pathsOf(inventory)).toEqual([join(folder, 'git', 'store')])
    expect(inventory.unread).toEqual([])
  })

  it('reports a token that its file has and no reader understands, by line and without the token', async () => {
    const token = appPassword()
    await writeFile(join(folder, 'a.cred'), `# nothing\n${token}\n`)
    const inventory = await scan({ roots: [folder] }, [cred], context)
    expect(inventory.unread).toEqual([
      {
        at: join(folder, 'a.cred'),
        reason: 'malformed',
        detail: "a token of Bitbucket's shape that no reader of this file understands, line 2",
      },
    ])
    expect(JSON.stringify(inventory)).not.toContain(token)
  })

  it('says nothing about a token that is a place', async () => {
    await writeFile(join(folder, 'a.cred'), `bitbucket ${appPassword()}`)
    const inventory = await scan({ roots: [folder] }, [cred], context)
    expect([inventory.places.length, inventory.unread]).toEqual([1, []])
  })

  it('says that a file named by hand is of no known kind', async () => {
    const path = join(folder, 'notes.txt')
    await writeFile(path, 'bitbucket')
    expect((await scan({ roots: [path] }, [cred], context)).unread).toEqual([
      { at: path, reason: 'unreadable', detail: 'no file of this name is known to hold credentials' },
    ])
  })

  it('reads exactly the files of a list, and tells of one that is gone', async () => {
    for (const name of ['a.cred', 'b.cred', 'c.cred']) await writeFile(join(folder, name), `bitbucket ${name}`)
    const request = { roots: [], files: ['b.cred', 'gone.cred', join(folder, 'a.cred')], listedFrom: folder }
    const listed = await scan(request, [cred], context)
    expect(pathsOf(listed)).toEqual([join(folder, 'b.cred'), join(folder, 'a.cred')])
    expect(listed.sources).toEqual([folder])
    expect(listed.unread.map(({ at, reason }) => [at, reason])).toEqual([[join(folder, 'gone.cred'), 'unreadable']])
    const ids = new Set((await scan({ roots: [folder] }, [cred], context)).places.map(({ id }) => id))
    expect(listed.places.every(({ id }) => ids.has(id))).toBe(true)
  })

  describe('a file that another file names', () => {
    /** `*.list` names files, one a line. */
    const detect = ({ bytes }: Document): MentioningDetection => ({
      places: [],
      demands: [],
      unread: [],
      mentions: Buffer.from(bytes)
        .toString()
        .split('\n')
        .map((path) => ({ path, what: 'a listed file', consumer: path.endsWith('.list2') ? 'list' : 'cred', detect })),
    })
    const list: Consumer = {
      id: 'list',
      title: 'List',
      detector: {
        matches: (path) => path.endsWith('.list'),
        wanted: { names: [], suffixes: ['.list'] },
        keywords: [],
        detect,
      },
    }
    it('is read when it lies in the folders, also when it names files in turn and itself', async () => {
      const [first, second] = [join(folder, 'a.list'), join(folder, 'b.list2')]
      await writeFile(first, second)
      await writeFile(second, `${second}\n/somewhere/else`)
      const inventory = await scan({ roots: [folder] }, [cred, list], context)
      expect(inventory.filesRead).toBe(2)
      expect(inventory.unread).toEqual([
        {
          at: second,
          consumer: 'cred',
          reason: 'unreadable',
          detail: 'a listed file that is not in the scanned folders: /somewhere/else',
        },
      ])
    })

    it('is nothing when it lies in the folders and does not exist', async () => {
      await writeFile(join(folder, 'a.list'), join(folder, 'none'))
      expect((await scan({ roots: [folder] }, [list], context)).unread).toEqual([])
    })
  })

  it('does not enter the objects of a git folder', async () => {
    for (const name of ['objects', 'refs']) await mkdir(join(folder, name))
    await writeFile(join(folder, 'HEAD'), 'ref: refs/heads/main\n')
    await writeFile(join(folder, 'objects', 'x.cred'), 'bitbucket')
    expect((await scan({ roots: [folder] }, [cred], context)).places).toEqual([])
  })

  it('refuses a root that does not exist', async () => {
    await expect(scan({ roots: [join(folder, 'none')] }, [cred], context)).rejects.toMatchObject({ code: 'R101' })
  })
})
