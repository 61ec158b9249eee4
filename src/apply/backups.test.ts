import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { appPassword } from '../../test/support/synthetic-secrets.ts'
import { nodeFiles } from '../system/node-files.ts'
import { type BackupSealer, type Backups, openBackups } from './backups.ts'

let folder = ''
let opened = 0

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-backups-'))
  opened = 0
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const SEAL = 'sealed '
const sealer: BackupSealer = {
  sealBytes: async (clear) => Buffer.concat([Buffer.from(SEAL), clear]),
  openBytes: async (sealed) => {
    opened += 1
    if (!Buffer.from(sealed).toString().startsWith(SEAL)) throw new Error('it does not open')
    return sealed.slice(SEAL.length)
  },
}

/** As a command that begins finds them. */
const backups = (): Backups => openBackups(folder, [], nodeFiles(), sealer)
const old = (): Buffer => Buffer.from(appPassword())

describe('the backup of a step', () => {
  it('that was kept and not announced before a crash stays: it holds the bytes of before', async () => {
    const [first, second] = [old(), old()]
    await backups().keep('s1', first)
    const kept = await backups().keep('s1', second)
    expect(await backups().read(kept)).toEqual(first)
  })

  it('that a crash left half written is written anew', async () => {
    await writeFile(join(folder, 's1.age'), 'seal')
    const bytes = old()
    expect(await backups().read(await backups().keep('s1', bytes))).toEqual(bytes)
  })

  it('that is asked for anew takes the place of the one that is there', async () => {
    const [first, second] = [old(), old()]
    const before = await backups().keep('s1', first)
    const kept = await backups().keep('s1', second, true)
    expect(await backups().read(kept)).toEqual(second)
    expect(await backups().opens(before)).toBe(false)
  })

  it('is read again after it could not be read', async () => {
    const { keep, read } = backups()
    const bytes = [old(), old()]
    const [kept] = await Promise.all(bytes.map((each, index) => keep(`s${index}`, each)))
    const path = join(folder, 'several-1.ages')
    await rename(path, join(folder, 'away'))
    const again = kept ?? { backup: '' }
    await expect(read(again)).rejects.toMatchObject({ code: 'R101' })
    await rename(join(folder, 'away'), path)
    expect(await read(again)).toEqual(bytes[0])
  })
})

describe('backups that are kept at the same time', () => {
  const keepFive = async (steps: string): Promise<readonly Buffer[]> => {
    const bytes = Array.from({ length: 5 }, old)
    const { keep } = backups()
    await Promise.all(bytes.map((each, index) => keep(`${steps}${index}`, each)))
    return bytes
  }

  it('are one file, which is opened once for the steps that follow one another', async () => {
    const bytes = await keepFive('s')
    const { read } = backups()
    const found: Uint8Array[] = []
    for (const index of bytes.keys()) found.push(await read({ backup: `several-1.ages#s${index}` }))
    expect([found, opened]).toEqual([bytes, 1])
  })

  it('never go into a file that is there, for steps of it may be announced', async () => {
    await keepFive('s')
    const first = await readFile(join(folder, 'several-1.ages'))
    const bytes = await keepFive('t')
    expect(await readFile(join(folder, 'several-1.ages'))).toEqual(first)
    expect(await backups().read({ backup: 'several-2.ages#t4' })).toEqual(bytes[4])
  })

  it('are held in memory for a few files alone', async () => {
    for (const steps of ['s', 't', 'u', 'v', 'w']) await keepFive(steps)
    const { read } = backups()
    for (const [index, steps] of ['s', 't', 'u', 'v', 'w', 's'].entries())
      await read({ backup: `several-${(index % 5) + 1}.ages#${steps}0` })
    expect(opened).toBe(6)
  })

  it('give none to a step that has none there', async () => {
    await keepFive('s')
    await expect(backups().read({ backup: 'several-1.ages#t0' })).rejects.toMatchObject({
      code: 'R313',
      parts: { because: 'the file holds no backup of this step' },
    })
  })
})
