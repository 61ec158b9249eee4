import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Keyturn, stepState } from '../../src/index.ts'
import { FAILURE_HEADLINES } from '../../src/messages/failures.ts'
import { Failure } from '../../src/model/failure.ts'
import { randomFrom } from '../corpus/random.ts'
import { type Contents, contentsOf, goBack, goOn, judgeCut, judgeEnd, startAgain } from '../crash/judge.ts'
import { consumersUnderTest } from '../crash/library.ts'
import { type MadeWorld, makeWorld } from '../crash/made-world.ts'
import type { DiskCall, SimulatedDisk, Tree } from '../crash/simulated-disk.ts'

vi.mock('node:fs/promises', () => import('../crash/disk-calls.ts'))
vi.mock('../../src/system/read-regular.ts', () => import('../crash/disk-calls.ts'))

const REPOSITORY = resolve(import.meta.dirname, '..', '..')
let world: MadeWorld
let original: Contents
let applied: { readonly tree: Tree; readonly contents: Contents }
let folder = ''

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keyturn-faults-'))
  world = await makeWorld({ root: join(folder, 'w'), repository: REPOSITORY, places: 4, random: randomFrom(7) })
  original = contentsOf(world, world.start)
  const { disk, keyturn } = await startAgain(world, world.start)
  await goOn(keyturn, world)
  applied = { tree: disk.tree, contents: contentsOf(world, disk.tree) }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What a disk refuses, and the code of the error that a person sees. */
const FAULTS: Readonly<Record<string, { readonly calls: readonly DiskCall[]; readonly codes: readonly string[] }>> = {
  ENOSPC: { calls: ['make', 'write'], codes: ['R105'] },
  EDQUOT: { calls: ['make', 'write'], codes: ['R105'] },
  EACCES: { calls: ['make', 'rename', 'remove'], codes: ['R103'] },
  EROFS: { calls: ['make', 'write', 'rename', 'remove'], codes: ['R103'] },
  EIO: { calls: ['read', 'make', 'write', 'sync', 'rename'], codes: ['R102', 'R103'] },
}

interface Moment {
  readonly name: string
  /** Where the disk is broken from then on: keyturn's own folder, or those of the consumers. */
  readonly area: 'keyturn' | 'home'
  /** Told each call and what the journal holds by then. */
  readonly isIt: (call: DiskCall, path: string, text: string, journal: string) => boolean
  readonly phase: 'apply' | 'roll back'
}

const says = (kind: string) => (_call: DiskCall, path: string, text: string) =>
  path.endsWith('/journal') && text.includes(`"kind":"${kind}"`)
const afterLine =
  (kind: string, ...calls: readonly DiskCall[]) =>
  (call: DiskCall, path: string, _text: string, journal: string) =>
    calls.includes(call) && path.startsWith(`${world.root}/home/`) && journal.includes(`"kind":"${kind}"`)

const MOMENTS: readonly Moment[] = [
  { name: 'before the lock', area: 'keyturn', phase: 'apply', isIt: (_, path) => /\.lock\.keyturn/.test(path) },
  { name: 'while the run is made', area: 'keyturn', phase: 'apply', isIt: (_, path) => /\.plan\.json\./.test(path) },
  { name: 'before the first stage', area: 'home', phase: 'apply', isIt: afterLine('began', 'read', 'make') },
  { name: 'at the backup', area: 'keyturn', phase: 'apply', isIt: (_, path) => /\/backups\/\.s3/.test(path) },
  { name: 'at the intent', area: 'keyturn', phase: 'apply', isIt: says('intends') },
  { name: 'at the commit', area: 'home', phase: 'apply', isIt: afterLine('did', 'make', 'write') },
  { name: 'at the rename', area: 'home', phase: 'apply', isIt: afterLine('did', 'rename') },
  { name: 'at the record', area: 'keyturn', phase: 'apply', isIt: says('did') },
  { name: 'at the proof', area: 'keyturn', phase: 'apply', isIt: says('verified') },
  { name: 'at the end', area: 'keyturn', phase: 'apply', isIt: says('ended') },
  { name: 'at the intent to put back', area: 'keyturn', phase: 'roll back', isIt: says('intends undo') },
  { name: 'while a place is put back', area: 'home', phase: 'roll back', isIt: afterLine('undid', 'make', 'write') },
  { name: 'at the record of a place put back', area: 'keyturn', phase: 'roll back', isIt: says('undid') },
]

/** From the moment on, the area refuses those calls. Gives whether the moment came. */
function breakAt(disk: SimulatedDisk, { area, isIt }: Moment, code: string): () => boolean {
  let broken = false
  let journal = ''
  const calls: readonly DiskCall[] = FAULTS[code]?.calls ?? []
  disk.fault = (call, path, bytes) => {
    const text = bytes === undefined ? '' : Buffer.from(bytes).toString('latin1')
    broken ||= isIt(call, path, text, journal)
    if (path.endsWith('/journal')) journal += text
    const concerned = path.startsWith(`${world.root}/${area}/`) && calls.includes(call)
    return broken && concerned ? code : undefined
  }
  return () => broken
}

async function failureOf(act: () => Promise<unknown>): Promise<Failure | undefined> {
  try {
    await act()
    return undefined
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

/** What `keyturn status` says of a step is what the place holds. */
async function expectKnownState(keyturn: Keyturn): Promise<void> {
  const run = (await keyturn.runs()).at(-1)
  if (run === undefined) return
  for (const step of world.plan.steps) {
    const consumer = (await consumersUnderTest()).find(({ id }) => id === step.place.consumer)
    const found = await consumer?.connector?.read(step.place, keyturn.context)
    const isOld = found?.kind === 'present' && found.digest === step.from.digest
    const { phase } = stepState(run, step.id)
    if (phase === 'not started' || phase === 'undone') expect([step.id, phase, isOld]).toEqual([step.id, phase, true])
    if (phase === 'done') expect([step.id, phase, isOld]).toEqual([step.id, phase, false])
  }
}

const CASES = MOMENTS.flatMap((moment) => Object.keys(FAULTS).map((code) => ({ moment, name: moment.name, code })))

describe('a disk that refuses', () => {
  it.each(CASES)(
    '$code $name: an error in five parts, a known state, and both ways on once it is mended',
    async (one) => {
      const { moment, code } = one
      const { disk, keyturn } = await startAgain(world, moment.phase === 'apply' ? world.start : applied.tree)
      const came = breakAt(disk, moment, code)
      let left: readonly { readonly because: string }[] = []
      const failure = await failureOf(async () => {
        if (moment.phase === 'apply') await keyturn.apply(world.plan)
        else left = (await keyturn.rollback((await keyturn.runs()).at(-1)?.run ?? '')).left
      })
      disk.fault = () => undefined
      if (came() && moment.phase === 'roll back' && failure === undefined) expect(left.length).toBeGreaterThan(0)
      else if (came()) expectFiveParts(failure, FAULTS[code]?.codes ?? [])
      else expect(failure).toBeUndefined()
      const tree = new Map(disk.tree)
      await expectKnownState((await startAgain(world, tree)).keyturn)
      expect(await judgeCut(world, tree, new Map())).toEqual({ diverged: [], lost: [] })
      if (moment.phase === 'apply') await expectForwards(tree)
      await expectBackwards(tree)
    },
  )
})

function expectFiveParts(failure: Failure | undefined, codes: readonly string[]): void {
  expect(codes).toContain(failure?.code)
  expect(FAILURE_HEADLINES[failure?.code ?? 'R900']).toBeTruthy()
  expect(failure?.parts).toMatchObject({
    at: expect.stringMatching(/./),
    because: expect.stringMatching(/./),
    state: expect.stringMatching(/\.$/),
    next: expect.arrayContaining([expect.stringMatching(/./)]),
  })
}

async function expectForwards(tree: Tree): Promise<void> {
  const { disk, keyturn } = await startAgain(world, tree)
  await goOn(keyturn, world)
  expect(judgeEnd(world, disk.tree, applied.contents, 'resumed')).toEqual([])
}

async function expectBackwards(tree: Tree): Promise<void> {
  const { disk, keyturn } = await startAgain(world, tree)
  const went = await goBack(keyturn)
  expect(went ? judgeEnd(world, disk.tree, original, 'put back') : []).toEqual([])
  expect(contentsOf(world, disk.tree)).toEqual(original)
}
