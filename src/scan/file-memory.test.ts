import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { appPassword } from '../../test/support/synthetic-secrets.ts'
import { consumers } from '../consumers/registry.ts'
import type { Inventory } from '../model/inventory.ts'
import type { Context } from '../model/ports.ts'
import { Secret } from '../model/secret.ts'
import { nodeSystem } from '../system/node-system.ts'
import { type FileMemory, fileMemory } from './file-memory.ts'
import { scan } from './scan.ts'
import { openScanCache } from './scan-cache.ts'

const context: Context = {
  system: nodeSystem({ environment: process.env }),
  seal: Secret.sealer(new Uint8Array(32)),
  digest: () => 'hmac:0',
  logins: [],
}
/** Long after every file was written. */
const LATER = BigInt(Date.now() + 3_600_000) * 1_000_000n
let folder = ''
let asked: { path: string; isKnown: boolean }[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyturn-memory-'))
  asked = []
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)

/** A scan that remembers, and what it asked its memory. */
async function scanned(startedNs = LATER): Promise<Inventory> {
  const cache = await openScanCache(context.system.files, `${folder}.cache/scan`, 'v1')
  const memory = fileMemory(cache, startedNs)
  const isKnown: FileMemory['isKnown'] = (path) => {
    asked.push({ path, isKnown: memory.isKnown(path) })
    return asked.at(-1)?.isKnown === true
  }
  const inventory = await scan({ roots: [folder], memory: { ...memory, isKnown } }, consumers, context)
  await cache.save()
  return inventory
}

const read = (): readonly string[] =>
  asked.splice(0).flatMap(({ path, isKnown }) => (isKnown ? [] : [path.slice(folder.length + 1)]))

describe('a scan that remembers files', () => {
  afterEach(() => rmSync(`${folder}.cache`, { recursive: true, force: true }))

  it('reads again only what held something, and finds the same', async () => {
    write('a.txt', 'nothing')
    write('b.env', `BITBUCKET_TOKEN=${appPassword()}\n`)
    write('c.md', 'see https://bitbucket.org/acme/app')
    const first = await scanned()
    expect(read()).toEqual(['a.txt', 'b.env', 'c.md'])
    const second = await scanned()
    expect(read()).toEqual(['b.env', 'c.md'])
    expect(second).toEqual(first)
    expect(second).toMatchObject({ filesSeen: 3, places: [expect.objectContaining({ line: 1 })] })
  })

  it('reads what was changed, though its size and its time are the old ones', async () => {
    write('a.txt', 'x'.repeat(60))
    utimesSync(join(folder, 'a.txt'), 1_700_000_000, 1_700_000_000)
    await scanned()
    read()
    write('a.txt', `BB_TOKEN=${appPassword()}`.padEnd(60))
    utimesSync(join(folder, 'a.txt'), 1_700_000_000, 1_700_000_000)
    expect((await scanned()).places).toHaveLength(1)
    expect(read()).toEqual(['a.txt'])
  })

  it('does not remember a file that was written while the scan began', async () => {
    write('a.txt', 'nothing')
    const now = BigInt(Date.now()) * 1_000_000n
    await scanned(now)
    await scanned(now)
    expect(read()).toEqual(['a.txt', 'a.txt'])
  })

  it('opens files that are wanted by their names without asking', async () => {
    write('.netrc', `machine bitbucket.org login alice password ${appPassword()}\n`)
    await scanned()
    expect((await scanned()).places).toHaveLength(1)
    expect(read()).toEqual([])
  })
})
