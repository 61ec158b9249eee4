import { join } from 'node:path'
import { type Random, randomFrom, seedOf } from '../corpus/random.ts'
import { unmount } from './disk-calls.ts'
import {
  type Contents,
  contentsOf,
  differences,
  goBack,
  goOn,
  judgeCut,
  judgeEnd,
  type OpenedBackups,
  type Problems,
  startAgain,
} from './judge.ts'
import { type MadeWorld, makeWorld } from './made-world.ts'
import { type CutKind, cutPower } from './power-cut.ts'
import { killRealProcess, type Life } from './real-kill.ts'
import type { DiskOperation, SimulatedDisk, Tree } from './simulated-disk.ts'

/** `kill`: the process died and the machine went on; `real kill`: SIGKILL, a process of its own, the real disk. */
export type CrashKind = SimulatedKind | 'real kill'
export type SimulatedKind = 'kill' | CutKind

/** What was going on when it happened; `resume`: a second crash after a first one. */
export type CrashPhase = 'apply' | 'roll back' | 'resume'

export interface Crash {
  readonly kind: CrashKind
  readonly phase: CrashPhase
  /** Before which operation of the disk; of a real kill, after how many thousandths of the time. */
  readonly before: number
  /** Of a run that asks a running controller; requests and their answers then count as well. */
  readonly controller?: true
}

/** What came of one crash. */
export interface CrashOutcome extends Problems {
  readonly world: number
  readonly places: number
  readonly consumers: readonly string[]
  readonly crash: Crash
  readonly converged: boolean
  readonly restored: boolean
}

/** A world whose undisturbed run is known. */
export interface KnownWorld extends MadeWorld {
  readonly index: number
  readonly applied: { readonly disk: SimulatedDisk; readonly contents: Contents }
  readonly original: Contents
  readonly opened: OpenedBackups
}

export interface Repository {
  /** Root of this repository, for the fixtures. */
  readonly repository: string
  /** A folder on the real disk; worlds are mounted below it. */
  readonly folder: string
}

export async function openWorld(index: number, places: number, seed: string, at: Repository): Promise<KnownWorld> {
  const random = randomFrom(seedOf(`${seed} world ${index}`))
  const world = await makeWorld({ root: join(at.folder, `w${index}`), repository: at.repository, places, random })
  const { disk, keyturn } = await startAgain(world, world.start)
  await goOn(keyturn, world)
  const contents = contentsOf(world, disk.tree)
  const original = contentsOf(world, world.start)
  return { ...world, index, applied: { disk, contents }, original, opened: new Map() }
}

export function closeWorld({ root }: KnownWorld): void {
  unmount(root)
}

/** A disk on which the work of a phase was recorded from beginning to end. */
export async function recorded(world: KnownWorld, phase: CrashPhase, random: Random): Promise<SimulatedDisk> {
  if (phase === 'apply') return world.applied.disk
  const first = world.applied.disk
  const from =
    phase === 'roll back' ? first.tree : diskAfter(first, random.between(0, first.operations.length), 'any', random)
  const { disk, keyturn } = await startAgain(world, from)
  await (phase === 'roll back' ? goBack(keyturn) : goOn(keyturn, world))
  return disk
}

function diskAfter(disk: SimulatedDisk, before: number, kind: SimulatedKind, random: Random): Tree {
  return kind === 'kill' ? disk.at(before) : cutPower(disk, before, kind, random)
}

/** Right before and right after each write of a journal. */
export function journalBoundaries(disk: SimulatedDisk): readonly number[] {
  const journals = new Set(
    disk.operations.flatMap((operation) => ('inode' in operation && isJournal(operation) ? [operation.inode] : [])),
  )
  return disk.operations.flatMap((operation, number) =>
    (operation.kind === 'write' || operation.kind === 'sync') && journals.has(operation.inode)
      ? [number, number + 1]
      : [],
  )
}

function isJournal(operation: DiskOperation): boolean {
  return operation.kind === 'enter' && operation.name === 'journal'
}

/** One crash, and both ways on from it: forward to the end and from there back, and back at once. */
export async function crash(
  world: KnownWorld,
  disk: SimulatedDisk,
  one: Crash & { readonly kind: SimulatedKind },
  random: Random,
): Promise<CrashOutcome> {
  const tree = diskAfter(disk, one.before, one.kind, random)
  return judge(world, tree, one)
}

/** SIGKILL to a process of its own on the real disk. */
export async function realCrash(world: KnownWorld, phase: Life, random: Random): Promise<CrashOutcome> {
  const start = phase === 'apply' ? world.start : world.applied.disk.tree
  const { tree, after } = await killRealProcess(world, start, phase, random)
  return judge(world, tree, { kind: 'real kill', phase, before: Math.round(1000 * after) })
}

async function judge(world: KnownWorld, tree: Tree, one: Crash): Promise<CrashOutcome> {
  const problems = await judgeCut(world, tree, world.opened)
  // A run that is being put back cannot be continued forward.
  const forward = one.phase === 'roll back' ? [] : await forwards(world, tree)
  const back = await backwards(world, tree)
  const diverged = [...problems.diverged, ...forward, ...back]
  return {
    world: world.index,
    places: world.places.length,
    consumers: [...new Set(world.places.map(({ place }) => place.consumer))],
    crash: one,
    converged: forward.length === 0,
    restored: back.length === 0,
    diverged,
    lost: problems.lost,
  }
}

async function forwards(world: KnownWorld, tree: Tree): Promise<readonly string[]> {
  const { disk, keyturn } = await startAgain(world, tree)
  return attempt('resume', async () => {
    await goOn(keyturn, world)
    return judgeEnd(world, disk.tree, world.applied.contents, 'after resume')
  })
}

async function backwards(world: KnownWorld, tree: Tree): Promise<readonly string[]> {
  const { disk, keyturn } = await startAgain(world, tree)
  return attempt('roll back', async () => {
    const went = await goBack(keyturn)
    return (went ? judgeEnd : differences)(world, disk.tree, world.original, 'after rollback')
  })
}

async function attempt(what: string, act: () => Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await act()
  } catch (error) {
    return [`${what} failed: ${error instanceof Error ? error.message : String(error)}`]
  }
}
