import { createHash } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fileState } from '../system/file-identity.ts'
import { nodeFiles } from '../system/node-files.ts'
import { type FileIdentity, isSettled, openScanCache } from './scan-cache.ts'

let folder = ''
let path = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-cache-'))
  path = join(folder, 'state', 'scan-cache')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const open = (detectors = '1', most?: number) => openScanCache(nodeFiles(), path, detectors, most)
const oid = (number: number): Buffer => createHash('sha1').update(String(number)).digest()
const file: FileIdentity = { path: '/a', size: 1n, mtimeNs: 5n, ctimeNs: 6n, inode: 7n, device: 8n }
const LATER = 10_000_000_000n

describe('the cache', () => {
  it('keeps what was added, and nothing else', async () => {
    const first = await open()
    expect([first.origin, first.hasBlob(oid(1), 0)]).toEqual(['new', false])
    first.addBlob(oid(1), 0)
    first.addFile(file, LATER)
    first.addPack('pack-x', ['aa'])
    expect(await first.save()).toBe(true)
    const second = await open()
    expect([second.origin, second.size, second.hasBlob(oid(1), 0), second.hasBlob(oid(2), 0)]).toEqual([
      'loaded',
      2,
      true,
      false,
    ])
    expect([second.readAgain('pack-x'), second.readAgain('pack-y')]).toEqual([['aa'], undefined])
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('keeps where blobs stand for the last state of a repository only', async () => {
    const origin = (id: string) => ({ oid: id, heldBy: 'ref', paths: ['.env'], commits: [] }) as const
    const first = await open()
    first.keepOrigins('a 1', [origin('01')])
    first.keepOrigins('b 1', [origin('02')])
    await first.save()
    const second = await open()
    expect([...second.origins('a 1').values()]).toEqual([origin('01')])
    second.keepOrigins('a 2', [origin('03')])
    await second.save()
    const third = await open()
    expect(['a 1', 'a 2', 'b 1'].map((state) => [...third.origins(state).keys()])).toEqual([[], ['03'], ['02']])
  })

  it('knows a file only in the very state in which it was read', async () => {
    const cache = await open()
    cache.addFile(file, LATER)
    expect(cache.hasFile(file)).toBe(true)
    for (const change of [
      { path: '/b' },
      { size: 2n },
      { mtimeNs: 6n },
      { ctimeNs: 7n },
      { inode: 8n },
      { device: 9n },
    ])
      expect([change, cache.hasFile({ ...file, ...change })]).toEqual([change, false])
  })

  it('leaves out a file that changed shortly before the scan, or in the future', async () => {
    const cache = await open()
    for (const [mtimeNs, settled] of [
      [LATER - 2_000_000_001n, true],
      [LATER - 2_000_000_000n, false],
      [LATER, false],
      [LATER + 1n, false],
    ] as const) {
      expect([isSettled({ ...file, mtimeNs }, LATER), isSettled({ ...file, ctimeNs: mtimeNs }, LATER)]).toEqual([
        settled,
        settled,
      ])
      cache.addFile({ ...file, mtimeNs }, LATER)
      expect(cache.hasFile({ ...file, mtimeNs })).toBe(settled)
    }
  })

  it('is void for other detectors', async () => {
    const first = await open('1')
    first.addBlob(oid(1), 0)
    await first.save()
    const other = await open('2')
    expect([other.origin, other.hasBlob(oid(1), 0)]).toEqual(['other version', false])
  })

  it('is void when any byte of it is damaged or missing', async () => {
    const first = await open()
    first.addBlob(oid(1), 0)
    first.addPack('p', [])
    await first.save()
    const good = readFileSync(path)
    for (let at = 0; at < good.length; at++) {
      writeFileSync(
        path,
        good.map((byte, index) => (index === at ? byte ^ 1 : byte)),
      )
      const { origin, hasBlob } = await open()
      expect([at, origin, hasBlob(oid(1), 0)]).toEqual([at, 'damaged', false])
    }
    for (let length = 0; length < good.length; length++) {
      writeFileSync(path, good.subarray(0, length))
      expect([length, (await open()).origin]).toEqual([length, 'damaged'])
    }
    const repaired = await open()
    repaired.addBlob(oid(2), 0)
    await repaired.save()
    expect((await open()).hasBlob(oid(2), 0)).toBe(true)
  })

  it('keeps what two processes add one after the other, and stays whole when they save at once', async () => {
    const [one, two] = [await open(), await open()]
    one.addBlob(oid(1), 0)
    two.addBlob(oid(2), 0)
    two.addPack('p', [])
    await one.save()
    await two.save()
    const both = await open()
    expect([both.hasBlob(oid(1), 0), both.hasBlob(oid(2), 0), both.readAgain('p')]).toEqual([true, true, []])
    one.addBlob(oid(3), 0)
    two.addBlob(oid(4), 0)
    await Promise.all([one.save(), two.save()])
    expect((await open()).origin).toBe('loaded')
  })

  it('never outgrows its bound; what is no longer asked for goes first', async () => {
    const first = await open('1', 1000)
    for (let number = 0; number < 1000; number++) first.addBlob(oid(number), 0)
    await first.save()
    const second = await open('1', 1000)
    for (let number = 0; number < 400; number++) expect(second.hasBlob(oid(number), 0)).toBe(true)
    for (let number = 1000; number < 1500; number++) second.addBlob(oid(number), 0)
    await second.save()
    const third = await open('1', 1000)
    const held = (number: number): boolean => third.hasBlob(oid(number), 0)
    expect(Array.from({ length: 400 }, (_, number) => number).every(held)).toBe(true)
    expect(Array.from({ length: 500 }, (_, number) => 1000 + number).every(held)).toBe(true)
    expect(third.size).toBeLessThanOrEqual(1000)
  })

  it('costs time only when it cannot be written', async () => {
    writeFileSync(join(folder, 'state'), 'a file where the folder should be')
    const cache = await open()
    cache.addBlob(oid(1), 0)
    expect(await cache.save()).toBe(false)
  })

  it('holds a million entries in little time and memory', async () => {
    const cache = await open()
    const bytes = Buffer.alloc(20)
    const key = (number: number): Buffer => {
      bytes.writeUInt32LE(Math.imul(number, 0x9e3779b1) >>> 0, 0)
      bytes.writeUInt32LE(Math.imul(number, 0x85ebca6b) >>> 0, 4)
      bytes.writeUInt32LE(number, 8)
      return bytes
    }
    for (let number = 1; number <= 1_000_000; number++) cache.addBlob(key(number), 0)
    await cache.save()
    expect(statSync(path).size).toBeLessThan(17_000_000)
    // Its own time: others may be using the machine.
    const start = process.cpuUsage()
    const loaded = await open()
    expect([loaded.size, loaded.hasBlob(key(999_999), 0), loaded.hasBlob(key(1_000_001), 0)]).toEqual([
      1_000_000,
      true,
      false,
    ])
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(800)
  }, 30_000)
})

describe('the state of a file', () => {
  it('changes with its content, and is none of a file that is gone', () => {
    writeFileSync(join(folder, 'a'), 'one')
    const before = fileState(join(folder, 'a'))
    writeFileSync(join(folder, 'a'), 'three')
    expect(before).toMatchObject({ size: 3n })
    expect(fileState(join(folder, 'a'))).not.toEqual(before)
    expect(fileState(join(folder, 'none'))).toBeUndefined()
  })
})
