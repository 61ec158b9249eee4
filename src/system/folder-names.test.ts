import { mkdtempSync, rmSync } from 'node:fs'
import type * as promises from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { nodeFiles } from './node-files.ts'

/** Folders that belong to somebody else, those that this user may not open, and those that were opened, which is to sync them. */
const disk = vi.hoisted(() => ({
  foreign: new Set<string>(),
  closed: new Map<string, string>(),
  opened: [] as string[],
}))

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof promises>()
  return {
    ...real,
    stat: async (path: string) => {
      const found = await real.stat(path)
      if (disk.foreign.has(path)) found.uid += 1
      return found
    },
    open: async (path: string, ...how: [string]) => {
      const code = disk.closed.get(path)
      if (code !== undefined) throw Object.assign(new Error('refused'), { code })
      disk.opened.push(path)
      return real.open(path, ...how)
    },
  }
})

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyturn-folder-names-'))
  disk.opened.length = 0
  disk.foreign.clear()
  disk.closed.clear()
  disk.foreign.add(folder)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('the name of a new folder is synced also where it stands in a folder of somebody else, and no further', async () => {
  await nodeFiles().makeFolder(join(folder, 'state', 'runs'))
  expect(disk.opened).toEqual([join(folder, 'state'), folder])
})

it('is made all the same where that folder cannot be opened', async () => {
  disk.closed.set(folder, 'EACCES')
  await nodeFiles().makeFolder(join(folder, 'state'))
  expect(disk.opened).toEqual([])
})

it('is made in a folder of this user that it may not list, and refused on a disk that fails', async () => {
  disk.foreign.clear()
  disk.closed.set(folder, 'EACCES')
  await nodeFiles().makeFolder(join(folder, 'unlisted'))
  disk.closed.set(folder, 'EIO')
  await expect(nodeFiles().makeFolder(join(folder, 'state'))).rejects.toMatchObject({ code: 'R103' })
})
