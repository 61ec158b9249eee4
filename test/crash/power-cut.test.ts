import { describe, expect, it } from 'vitest'
import { randomFrom } from '../corpus/random.ts'
import { diskOf } from './disk-of-files.ts'
import { type CutKind, cutPower } from './power-cut.ts'
import { filesOf, ROOT_INODE, type SimulatedDisk } from './simulated-disk.ts'

const text = (words: string): Buffer => Buffer.from(words)

/** `a` is written anew beside itself and renamed over; nothing is synced unless `sync` names it. */
async function replaced(...sync: readonly ('file' | 'folder')[]): Promise<SimulatedDisk> {
  const disk = diskOf(new Map([['a', text('old')]]))
  const inode = disk.newInode()
  const made = { kind: 'file', bytes: Buffer.alloc(0), mode: 0o600 } as const
  await disk.do({ kind: 'enter', folder: ROOT_INODE, name: 'b', inode, made })
  await disk.do({ kind: 'write', inode, at: 0, bytes: text('new') })
  if (sync.includes('file')) await disk.do({ kind: 'sync', inode })
  await disk.do({ kind: 'rename', folder: ROOT_INODE, from: 'b', to: 'a', inode })
  if (sync.includes('folder')) await disk.do({ kind: 'sync', inode: ROOT_INODE })
  return disk
}

/** Everything that `a` was seen to hold after many power cuts at the end. */
function seen(disk: SimulatedDisk, kind: CutKind): ReadonlySet<string> {
  const held = Array.from({ length: 300 }, (_, seed) =>
    filesOf(cutPower(disk, disk.operations.length, kind, randomFrom(seed))).get('a'),
  )
  return new Set(held.map((file) => file?.bytes.toString('latin1') ?? '(gone)'))
}

describe('a power cut', () => {
  it.each(['any', 'in order', 'nothing'] as const)('leaves what was synced as it was: %s', async (kind) => {
    expect(seen(await replaced('file', 'folder'), kind)).toEqual(new Set(['new']))
  })

  it('may take a rename whose folder was not synced', async () => {
    expect(seen(await replaced('file'), 'any')).toEqual(new Set(['old', 'new']))
  })

  it('may leave a file without its bytes, or with a part of them, where it was renamed before it was synced', async () => {
    expect([...seen(await replaced('folder'), 'any')]).toEqual(
      expect.arrayContaining(['new', '', 'n', 'ne', '\0\0\0', '\0ew']),
    )
  })

  it('of a process alone takes nothing', async () => {
    const disk = await replaced()
    expect(filesOf(disk.at(disk.operations.length)).get('a')?.bytes.toString()).toBe('new')
    expect(filesOf(disk.at(2)).get('a')?.bytes.toString()).toBe('old')
  })
})
