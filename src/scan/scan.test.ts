import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Consumer } from '../model/consumer.ts'
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
