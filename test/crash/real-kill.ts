import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Plan } from '../../src/model/plan.ts'
import type { Random } from '../corpus/random.ts'
import { unmount } from './disk-calls.ts'
import { treeOf } from './disk-of-files.ts'
import { goBack } from './judge.ts'
import { openLibrary } from './library.ts'
import type { MadeWorld } from './made-world.ts'
import { applyOptions, type Manner } from './manner.ts'
import { filesOf, type Tree } from './simulated-disk.ts'

export type Life = 'apply' | 'roll back'

/** What a process of its own does on the real disk: `main.ts --life apply --home FOLDER`. */
export async function live(life: Life, root: string): Promise<void> {
  const { plan, manner }: Task = JSON.parse(readFileSync(join(root, TASK), 'utf8'))
  const keyturn = await openLibrary(root)
  await keyturn.tokens() // so that nothing is loaded after the start
  process.stdout.write('started\n')
  await (life === 'apply' ? keyturn.apply(plan, applyOptions(manner)) : goBack(keyturn, manner))
}

interface Task {
  readonly plan: Plan
  readonly manner: Manner
}

const TASK = 'plan-to-apply.json'

type KillableWorld = Pick<MadeWorld, 'root' | 'plan'> & { readonly manner: Manner }

export interface Killed {
  readonly tree: Tree
  /** Share of the time that an undisturbed run takes after which the process was killed. */
  readonly after: number
}

/**
 * Lays the tree out on the real disk, starts a process there and kills it at a random instant of the time that an undisturbed one took.
 * A process that was faster is started anew.
 */
export async function killRealProcess(world: KillableWorld, start: Tree, life: Life, random: Random): Promise<Killed> {
  unmount(world.root)
  const milliseconds = await undisturbed(world, start, life)
  for (let attempt = 0; attempt < 20; attempt++) {
    const after = random.between(0, 1000) / 1000
    const killed = await killedAfter(world, start, life, after * milliseconds)
    const tree = treeOf(readBack(world.root))
    rmSync(world.root, { recursive: true, force: true })
    if (killed) return { tree, after }
  }
  throw new Error('the process was never killed in time')
}

function layOut(world: KillableWorld, tree: Tree): void {
  rmSync(world.root, { recursive: true, force: true })
  for (const [path, { bytes, mode }] of filesOf(tree)) {
    mkdirSync(dirname(join(world.root, path)), { recursive: true, mode: 0o700 })
    writeFileSync(join(world.root, path), bytes, { mode })
  }
  const task: Task = { plan: world.plan, manner: world.manner }
  writeFileSync(join(world.root, TASK), JSON.stringify(task))
}

function readBack(root: string): ReadonlyMap<string, Buffer> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = entries.map((entry) => join(entry.parentPath, entry.name))
  return new Map(
    paths.map((path) => [relative(root, path), readFileSync(path)] as const).filter(([path]) => path !== TASK),
  )
}

function begin(
  world: KillableWorld,
  start: Tree,
  life: Life,
): { readonly child: ChildProcess; readonly started: Promise<void> } {
  layOut(world, start)
  const script = process.argv[1] ?? ''
  const child = spawn(process.execPath, [script, '--life', life, '--home', world.root], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const started = new Promise<void>((done, failed) => {
    child.stdout?.once('data', () => done())
    child.once('error', failed)
    child.once('close', () => done())
  })
  return { child, started }
}

function ended(child: ChildProcess): Promise<NodeJS.Signals | number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.signalCode ?? child.exitCode)
  return new Promise((done) => child.once('close', (code, signal) => done(signal ?? code)))
}

async function undisturbed(world: KillableWorld, start: Tree, life: Life): Promise<number> {
  const { child, started } = begin(world, start, life)
  await started
  const from = performance.now()
  if ((await ended(child)) !== 0) throw new Error(`a process that was not killed could not ${life}`)
  return performance.now() - from
}

async function killedAfter(world: KillableWorld, start: Tree, life: Life, milliseconds: number): Promise<boolean> {
  const { child, started } = begin(world, start, life)
  await started
  await sleep(milliseconds)
  child.kill('SIGKILL')
  return (await ended(child)) === 'SIGKILL'
}
