import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Folders, foldersOf, openContext } from './installation.ts'
import { nodeSystem } from './node-system.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-installation-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const system = nodeSystem({ environment: {} })
const folders = (): Folders => ({ config: join(folder, 'config'), state: join(folder, 'state'), cache: folder })
const key = (): string => join(folder, 'config', 'fingerprint.key')

it.each(['config', 'state'])('%s on a disk that is not there is no empty folder', async (name) => {
  const link = join(folder, name)
  await symlink(join(folder, 'elsewhere', name), link)
  await expect(openContext(system, folders())).rejects.toMatchObject({ code: 'R101', parts: { at: link } })
  await mkdir(join(folder, 'elsewhere', name), { recursive: true })
  await openContext(system, folders())
})

describe('the folders of an installation', () => {
  const below = (path: string): Folders => ({
    config: join(path, '.config', 'keyturn'),
    state: join(path, '.local', 'state', 'keyturn'),
    cache: join(path, '.cache', 'keyturn'),
  })

  it('are never below the working folder: what is relative counts as not set', () => {
    const relative = { XDG_CONFIG_HOME: 'config', XDG_STATE_HOME: './state', XDG_CACHE_HOME: '' }
    expect(foldersOf({ HOME: '/home/alice', ...relative })).toEqual(below('/home/alice'))
    expect(foldersOf({ HOME: '/home/alice', XDG_STATE_HOME: '/srv/state' }).state).toBe('/srv/state/keyturn')
    for (const HOME of ['alice', '.'])
      expect(() => foldersOf({ HOME })).toThrow(
        expect.objectContaining({ code: 'R112', parts: expect.objectContaining({ at: 'HOME' }) }),
      )
  })
})

describe('the key of an installation', () => {
  it('is made on first use, and stays', async () => {
    await openContext(system, folders())
    const made = await readFile(key())
    await openContext(system, folders())
    expect([made.length, await readFile(key())]).toEqual([32, made])
  })

  it('is not made anew beside runs, whose places would all look as if somebody else had changed them', async () => {
    await mkdir(join(folder, 'state', 'runs'), { recursive: true })
    await expect(openContext(system, folders())).rejects.toMatchObject({
      code: 'R104',
      parts: { at: key(), because: 'it is missing, and by it runs recognise their places' },
    })
    await expect(readFile(key())).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('of another length is damaged', async () => {
    await mkdir(join(folder, 'config'))
    await writeFile(key(), 'short')
    await expect(openContext(system, folders())).rejects.toMatchObject({ code: 'R104' })
  })
})
