import { join } from 'node:path'
import { Failure } from '../../src/model/failure.ts'
import { type Random, randomFrom, seedOf } from '../corpus/random.ts'
import { unmount } from './disk-calls.ts'
import {
  type Contents,
  contentsOf,
  differences,
  forget,
  goBack,
  goOn,
  isForgotten,
  judgeCut,
  judgeEnd,
  judgeForgotten,
  type OpenedBackups,
  type Problems,
  startAgain,
} from './judge.ts'
import { type MadeWorld, makeWorld } from './made-world.ts'
import { type Manner, mannerFor } from './manner.ts'
import { type CutKind, cutPower } from './power-cut.ts'
import { sealQuickly } from './quick-identity.ts'
import { killRealProcess, type Life } from './real-kill.ts'
import { type DiskOperation, filesOf, type SimulatedDisk, type Tree } from './simulated-disk.ts'

/** `kill`: the process died and the machine went on; `real kill`: SIGKILL, a process of its own, the real disk. */
export type CrashKind = SimulatedKind | 'real kill'
export type SimulatedKind = 'kill' | CutKind

/** What was going on when it happened; `resume`: a second crash after a first one. */
export type CrashPhase = 'apply' | 'roll back' | 'resume' | 'forget'

export interface Crash {
  readonly kind: CrashKind
  readonly phase: CrashPhase
  /** Before which operation of the disk; of a real kill, after how many thousandths of the time. */
  readonly before: number
  readonly jobs: number
  /** Of a run that asks a running controller; requests and their answers then count as well. */
  readonly controller?: true
}

/** What came of one crash. */
export interface CrashOutcome extends Problems {
  readonly world: number
  readonly places: number
  readonly consumers: readonly string[]
  /** Credentials that were made, and things that were told to name them. */
  readonly splits: number
  /** Places that share their username with another. */
  readonly sharing: number
  readonly crash: Crash
  readonly converged: boolean
  readonly restored: boolean
}

/** A world whose undisturbed run is known. */
export interface KnownWorld extends MadeWorld {
  readonly index: number
  readonly manner: Manner
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

/** In one world of so many, bytes are sealed by age itself. */
const REALLY_SEALED = 8

/** Worlds that follow each other begin with consumers that lie far apart. */
const STRIDE = 89

export interface WorldSize {
  readonly places: number
  /** A place of every consumer that there is, as far as there is room. */
  readonly oneOfEach?: boolean
  /** As in `WorldRequest`; absent: by the number of the world and the seed. */
  readonly start?: number
}

export async function openWorld(index: number, size: WorldSize, seed: string, at: Repository): Promise<KnownWorld> {
  const random = randomFrom(seedOf(`${seed} world ${index}`))
  sealQuickly(index % REALLY_SEALED !== REALLY_SEALED - 1)
  const start = (seedOf(seed) % 1000) + index * STRIDE
  const root = join(at.folder, `w${index}`)
  const world = await makeWorld({ root, repository: at.repository, random, start, ...size })
  const manner = mannerFor(world.plan.steps.length, random)
  const { disk, keyturn } = await startAgain(world, world.start)
  await goOn(keyturn, world, manner)
  const contents = contentsOf(world, disk.tree)
  const original = contentsOf(world, world.start)
  return { ...world, index, manner, applied: { disk, contents }, original, opened: new Map() }
}

export function closeWorld({ root }: KnownWorld): void {
  unmount(root)
}

/**
 * A disk on which the work of a phase was recorded from beginning to end. `isWhole`: it begins where the run had ended, for of what a crash left
 * on a disk that keeps nothing there may be no way on.
 */
export async function recorded(
  world: KnownWorld,
  phase: CrashPhase,
  random: Random,
  isWhole = false,
): Promise<SimulatedDisk> {
  if (phase === 'apply') return world.applied.disk
  const first = world.applied.disk
  const isPartial = phase === 'resume' || (phase === 'roll back' && random.chance(50) && !isWhole)
  const from = isPartial ? diskAfter(first, random.between(0, first.operations.length), 'any', random) : first.tree
  const { disk, keyturn } = await startAgain(world, from)
  if (phase === 'roll back') await goBack(keyturn, world.manner)
  else if (phase === 'forget') await forget(keyturn)
  else await goOn(keyturn, world, world.manner)
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
  one: Pick<Crash, 'phase' | 'before'> & { readonly kind: SimulatedKind },
  random: Random,
): Promise<CrashOutcome> {
  const tree = diskAfter(disk, one.before, one.kind, random)
  return judge(world, tree, { ...one, jobs: world.manner.jobs }, random)
}

/** SIGKILL to a process of its own on the real disk. */
export async function realCrash(world: KnownWorld, phase: Life, random: Random): Promise<CrashOutcome> {
  const start = phase === 'apply' ? world.start : world.applied.disk.tree
  const { tree, after } = await killRealProcess(world, start, phase, random)
  const { jobs } = world.manner
  return judge(world, tree, { kind: 'real kill', phase, before: Math.round(1000 * after), jobs }, random)
}

async function judge(world: KnownWorld, tree: Tree, one: Crash, random: Random): Promise<CrashOutcome> {
  const problems = await judgeCut(world, tree, world.opened)
  const manner = mannerFor(world.plan.steps.length, random)
  const ways = { apply: forwards, resume: forwards, forget: forgets, 'roll back': nowhere }
  const forward = await ways[one.phase](world, tree, manner)
  const isGone = one.phase === 'forget' && isForgotten(filesOf(tree))
  const back = await (isGone ? stays : backwards)(world, tree, manner)
  const diverged = [...problems.diverged, ...forward, ...back]
  return {
    world: world.index,
    places: world.plan.steps.length,
    consumers: [...new Set(world.places.map(({ place }) => place.consumer))],
    splits: world.plan.steps.filter(({ to }) => to.create !== undefined || to.reference !== undefined).length,
    sharing: world.places.filter(({ place }) => place.with !== undefined).length,
    crash: one,
    converged: forward.length === 0,
    restored: back.length === 0,
    diverged,
    lost: problems.lost,
  }
}

type Way = (world: KnownWorld, tree: Tree, manner: Manner) => Promise<readonly string[]>

/** A run that is being put back cannot be continued forward. */
const nowhere: Way = async () => []

async function forwards(world: KnownWorld, tree: Tree, manner: Manner): Promise<readonly string[]> {
  const { disk, keyturn } = await startAgain(world, tree)
  return attempt('resume', async () => {
    await goOn(keyturn, world, manner)
    return judgeEnd(world, disk.tree, world.applied.contents, 'after resume')
  })
}

async function forgets(world: KnownWorld, tree: Tree): Promise<readonly string[]> {
  const { disk, keyturn } = await startAgain(world, tree)
  return attempt('forget', async () => {
    await forget(keyturn)
    return judgeForgotten(world, disk.tree, world.applied.contents, 'after forget')
  })
}

async function backwards(world: KnownWorld, tree: Tree, manner: Manner): Promise<readonly string[]> {
  const { disk, keyturn } = await startAgain(world, tree)
  return attempt('roll back', async () => {
    const went = await goBack(keyturn, manner)
    return (went ? judgeEnd : differences)(world, disk.tree, world.original, 'after rollback')
  })
}

/** A run that is forgotten is not put back, not even in part. */
async function stays(world: KnownWorld, tree: Tree): Promise<readonly string[]> {
  const { disk, keyturn } = await startAgain(world, tree)
  const refused = await goBack(keyturn).then(
    () => ['a run that was forgotten was rolled back'],
    (error: unknown) => (error instanceof Failure && error.code === 'R313' ? [] : [`roll back failed: ${error}`]),
  )
  return [...refused, ...differences(world, disk.tree, world.applied.contents, 'after a refused rollback')]
}

async function attempt(what: string, act: () => Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await act()
  } catch (error) {
    return [`${what} failed: ${error instanceof Error ? error.message : String(error)}`]
  }
}
