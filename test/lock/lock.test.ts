import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { takeLock } from '../../src/apply/lock.ts'
import { Failure } from '../../src/model/failure.ts'
import type { System } from '../../src/model/ports.ts'
import { nodeSystem } from '../../src/system/node-system.ts'

const base = mkdtempSync(join(tmpdir(), 'keyturn-lock-'))
const contender = join(base, 'contender.mjs')
const system = nodeSystem({ environment: {} })
/** Above every process number of Linux. */
const NOBODY = 2 ** 30
let folder = ''
let state = ''
let number = 0

beforeAll(() =>
  build({
    entryPoints: [join(import.meta.dirname, 'contender.ts')],
    outfile: contender,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
  }),
)
beforeEach(async () => {
  number += 1
  folder = join(base, String(number))
  state = join(folder, 'state')
  await system.files.makeFolder(state)
})
afterAll(() => rmSync(base, { recursive: true, force: true }))

const lock = (): string => join(state, 'lock')
const files = (): readonly string[] => readdirSync(state).filter((name) => !name.startsWith('.'))

/** The disk, of which some acts are others. */
function withFiles(given: Partial<System['files']>): System {
  return { ...system, files: { ...system.files, ...given } }
}

function leave(holder: object): void {
  writeFileSync(lock(), JSON.stringify(holder))
}

function refusal(): Promise<unknown> {
  return takeLock(state, system).then(
    () => 'taken',
    (error: unknown) => (error instanceof Failure ? { code: error.code, ...error.parts } : error),
  )
}

/** The signal that ended it, or its exit code. */
function contend(turns: number, killed = 0): Promise<string | number | null> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [contender, folder, String(turns), String(killed)], {
      env: { PATH: process.env['PATH'] ?? '' },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    child.on('error', failed)
    child.on('close', (code, signal) => done(signal ?? code))
  })
}

describe('the lock', () => {
  it('says who holds it, where and since when, while that process runs', async () => {
    const release = await takeLock(state, system)
    const { user, host, folder: cwd, ownId } = system.processes
    expect(JSON.parse(readFileSync(lock(), 'utf8'))).toMatchObject({ process: ownId, host, user, folder: cwd })
    expect(await refusal()).toMatchObject({
      code: 'R207',
      because: expect.stringMatching(
        new RegExp(`^process ${ownId} of ${user} in ${cwd} holds it since \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC$`),
      ),
      state: 'This command changed nothing.',
      exitCode: 4,
    })
    await release()
    expect(files()).toEqual([])
  })

  it('of another host is never taken over', async () => {
    leave({ process: NOBODY, host: 'elsewhere', since: '2026-11-23T09:00:00.000Z' })
    expect(await refusal()).toMatchObject({
      because: `process ${NOBODY} on elsewhere holds it since 2026-11-23 09:00 UTC`,
      next: [expect.stringContaining('cannot be seen from here'), `  rm ${lock()}`],
    })
  })

  it.each([
    ['whose process is gone', JSON.stringify({ process: NOBODY, host: hostname(), since: '2026-11-23T09:00:00.000Z' })],
    ['that nobody can read', '\0\0\0\0'],
    ['that is empty', ''],
    ['that names nobody', 'null'],
    ['that names no process', JSON.stringify({ host: hostname(), since: '2026-11-23T09:00:00.000Z' })],
    ['that names no host', JSON.stringify({ process: process.pid, since: '2026-11-23T09:00:00.000Z' })],
    ['that names no time', JSON.stringify({ process: process.pid, host: hostname() })],
  ])('%s is taken over, and given back without a trace', async (_, content) => {
    writeFileSync(lock(), content)
    const release = await takeLock(state, system)
    expect(await refusal()).toMatchObject({ code: 'R207' })
    await release()
    expect(files()).toEqual([])
  })

  it('clears up what a crash left of it; what another command is writing beside it stays, until it is an hour old', async () => {
    const written = ['.lock.keyturn-0123456789ab', '.vault.age.keyturn-0123456789ab', '.vault.age.keyturn-ba9876543210']
    const heir = `.lock.after-${'a'.repeat(24)}.keyturn-0123456789ab`
    for (const name of [...written, heir]) writeFileSync(join(state, name), 'x')
    const old = new Date(Date.now() - 2 * 60 * 60 * 1000)
    utimesSync(join(state, '.vault.age.keyturn-ba9876543210'), old, old)
    await (await takeLock(state, system))()
    expect(readdirSync(state)).toEqual(['.vault.age.keyturn-0123456789ab'])
  })

  it('is given back when what a crash left beside it cannot be removed', async () => {
    const left = join(state, '.vault.age.keyturn-0123456789ab')
    writeFileSync(left, 'x')
    const old = new Date(Date.now() - 2 * 60 * 60 * 1000)
    utimesSync(left, old, old)
    const refused = new Failure('R102', { at: left, because: 'it may not be removed' })
    const remove: System['files']['remove'] = (path) =>
      path === left ? Promise.reject(refused) : system.files.remove(path)
    await expect(takeLock(state, withFiles({ remove }))).rejects.toBe(refused)
    expect(files()).toEqual([])
  })

  it('that was made although the disk failed holds nobody up in this process', async () => {
    const refused = new Failure('R105', { at: lock(), because: 'an error of the device' })
    const create: System['files']['create'] = async (path, bytes) => {
      await system.files.create(path, bytes)
      throw refused
    }
    await expect(takeLock(state, withFiles({ create }))).rejects.toBe(refused)
    await (await takeLock(state, system))()
    expect(files()).toEqual([])
  })

  it('that is gone when it is looked at is tried for again, and not for ever', async () => {
    let refusals = 1
    const create: System['files']['create'] = async (path, bytes) => {
      refusals -= 1
      return refusals < 0 && system.files.create(path, bytes)
    }
    await (await takeLock(state, withFiles({ create })))()
    refusals = Number.POSITIVE_INFINITY
    await expect(takeLock(state, withFiles({ create }))).rejects.toMatchObject({
      code: 'R207',
      parts: { because: 'other commands took it and gave it back all the while', exitCode: 4 },
    })
  })

  it('whose heir is gone, too, is taken over from the heir', async () => {
    leave({ process: NOBODY, host: hostname(), since: '2026-11-23T09:00:00.000Z' })
    expect(await contend(1, 1)).toBe('SIGKILL')
    expect(files()).toHaveLength(2)
    const release = await takeLock(state, system)
    expect(files()).toHaveLength(3)
    await release()
    expect(files()).toEqual([])
  })
})

describe('of two that find a lock whose process is gone', () => {
  /** The system, in which something happens right before an heir is written. */
  const interrupted = (before: () => Promise<void>): System => {
    let isFirst = true
    const create: System['files']['create'] = async (path, bytes) => {
      if (isFirst && path.includes('.after-')) {
        isFirst = false
        await before()
      }
      return system.files.create(path, bytes)
    }
    return withFiles({ create })
  }

  it('the one that comes second is refused, although it had read the lock before', async () => {
    leave({ process: NOBODY, host: hostname(), since: '2026-11-23T09:00:00.000Z' })
    const slow = interrupted(async () => void (await takeLock(state, system)))
    await expect(takeLock(state, slow)).rejects.toMatchObject({
      code: 'R207',
      parts: { because: expect.stringMatching(new RegExp(`^process ${process.pid} `)) },
    })
  })

  it('the one that comes when the first has given it back takes a new one', async () => {
    leave({ process: NOBODY, host: hostname(), since: '2026-11-23T09:00:00.000Z' })
    const slow = interrupted(async () => (await takeLock(state, system))())
    const release = await takeLock(state, slow)
    expect(files()).toEqual(['lock'])
    expect(await refusal()).toMatchObject({ code: 'R207' })
    await release()
    expect(files()).toEqual([])
  })
})

describe('processes that want it at once', () => {
  it('have it one after the other, although some are killed while they have it', { timeout: 120_000 }, async () => {
    leave({ process: NOBODY, host: hostname(), since: '2026-11-23T09:00:00.000Z' })
    const ends = await Promise.all([contend(6), contend(6), contend(6), contend(6, 2), contend(6, 1)])
    expect(ends).toEqual([0, 0, 0, 'SIGKILL', 'SIGKILL'])
    const log = readFileSync(join(folder, 'log'), 'utf8').trimEnd().split('\n')
    expect(log.filter((line) => !line.startsWith('turn'))).toEqual([])
    expect(log).toHaveLength(6 * 3 + 2 + 1)
    // The last one to have had it may be one that was killed.
    await (await takeLock(state, system))()
    expect(files()).toEqual([])
  })
})
