import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Random, randomFrom, seedOf } from '../corpus/random.ts'
import {
  type CrashOutcome,
  type CrashPhase,
  closeWorld,
  crash,
  journalBoundaries,
  openWorld,
  type Repository,
  realCrash,
  recorded,
} from './crashes.ts'
import { closeJenkinsWorld, crashAtController, openJenkinsWorld } from './jenkins-crashes.ts'
import { type Options, readOptions } from './options.ts'
import { forgetSyncs } from './power-cut.ts'
import { sealQuickly } from './quick-identity.ts'
import { live } from './real-kill.ts'
import { inWords, summarise } from './summary.ts'

function isLate({ seconds }: Options): boolean {
  return performance.now() > 1000 * seconds
}

/** Crashes in one world: its run is recorded once, and looked at as it was at so many moments. */
const CRASHES_IN_ONE_WORLD = 20

/** One crash in twenty asks a controller; so many are left for the worlds of files. */
function controllerCrashes({ count, workers, every }: Options): number {
  return every ? 1 : Math.floor(count / 20 / workers)
}

function fileCrashes(options: Options): number {
  return (
    options.count - (options.forget || options.only !== undefined ? 0 : controllerCrashes(options) * options.workers)
  )
}

function worldsOf(options: Options): readonly number[] {
  const { only, share } = options
  if (only !== undefined) return [only]
  const all = Array.from({ length: Math.ceil(fileCrashes(options) / CRASHES_IN_ONE_WORLD) }, (_, index) => index)
  return share === undefined ? all : all.filter((index) => index % options.workers === share)
}

/** As many worlds of 1 to 2 places as of 100 to 200. */
function sizeOf([least, most]: Options['places'], random: Random): number {
  const scale = Math.log(most / least)
  return Math.min(most, Math.round(least * Math.exp((random.between(0, 1000) / 1000) * scale)))
}

async function crashWorld(index: number, options: Options, at: Repository, take: (outcome: CrashOutcome) => void) {
  const random = randomFrom(seedOf(`${options.seed} crashes ${index}`))
  // The first one has all of them.
  const size = index === 0 ? { places: options.places[1], oneOfEach: true } : { places: sizeOf(options.places, random) }
  const world = await openWorld(index, size, options.seed, at)
  const crashes = Math.min(CRASHES_IN_ONE_WORLD, fileCrashes(options) - index * CRASHES_IN_ONE_WORLD)
  for (let number = 0; number < crashes && !isLate(options); number++) {
    if (number === 0 && !options.forget) {
      take(await realCrash(world, random.pick(['apply', 'roll back'] as const), random))
      continue
    }
    const phase = random.pick(options.forget ? PHASES.slice(0, 2) : PHASES)
    const disk = await recorded(world, phase, random, options.forget)
    const boundaries = random.chance(30) ? journalBoundaries(disk) : []
    const before = boundaries.length > 0 ? random.pick(boundaries) : random.between(0, disk.operations.length)
    const one = { phase, before, kind: random.pick(KINDS) }
    take(await crash(world, disk, one, random))
  }
  closeWorld(world)
}

const PHASES: readonly CrashPhase[] = ['apply', 'roll back', 'apply', 'apply', 'apply', 'resume', 'roll back', 'forget']
const KINDS = ['kill', 'kill', 'any', 'any', 'in order', 'nothing'] as const

/** Before each operation of the disk, the process dies, and the power goes off; shared out by their numbers. */
async function crashEverywhere(options: Options, at: Repository, take: (outcome: CrashOutcome) => void) {
  const { seed, places, share = 0, workers } = options
  const random = randomFrom(seedOf(`${seed} everywhere`))
  const world = await openWorld(0, { places: places[1], start: -1 }, seed, at)
  for (const phase of ['apply', 'roll back', 'forget'] as const) {
    const disk = await recorded(world, phase, random)
    for (let before = 0; before <= disk.operations.length; before++) {
      if (before % workers !== share) continue
      for (const kind of ['kill', random.pick(KINDS.slice(2))] as const)
        take(await crash(world, disk, { phase, before, kind }, random))
    }
  }
  closeWorld(world)
}

/** One share of the crashes asks a running controller. */
async function crashController(options: Options, at: Repository, count: number, take: (outcome: CrashOutcome) => void) {
  const { seed, share = 0, workers, every, step } = options
  const random = randomFrom(seedOf(`${seed} controller ${share}`))
  sealQuickly(true)
  const world = await openJenkinsWorld(share, seed, at)
  const upTo = (most: number, phase: 'apply' | 'roll back') =>
    Array.from({ length: most + 1 }, (_, before) => ({ phase, before }))
  const all = [...upTo(world.boundaries, 'apply'), ...upTo(world.backBoundaries, 'roll back')]
  const chosen = every
    ? all.filter((_, number) => number % (step * workers) === share + workers * (seedOf(seed) % step))
    : Array.from({ length: count }, () => random.pick(all))
  for (const one of chosen)
    if (!isLate(options)) take(await crashAtController(world, { ...one, kind: random.pick(KINDS) }, random))
  await closeJenkinsWorld(world)
}

async function playHere(options: Options, take: (outcome: CrashOutcome) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-crash-'))
  try {
    const at = { folder, repository: options.repository }
    const controllers = options.only === undefined && !options.forget ? controllerCrashes(options) : 0
    if (controllers > 0) await crashController(options, at, controllers, take)
    if (options.every) await crashEverywhere(options, at, take)
    else for (const index of worldsOf(options)) if (!isLate(options)) await crashWorld(index, options, at, take)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** One process for each share; each tells its outcomes line by line. */
async function playInWorkers({ workers }: Options, take: (outcome: CrashOutcome) => void): Promise<void> {
  const shares = Array.from({ length: workers }, (_, share) => share)
  await Promise.all(shares.map((share) => playInWorker(['--workers', `${workers}`, '--share', `${share}`], take)))
}

function playInWorker(more: readonly string[], take: (outcome: CrashOutcome) => void): Promise<void> {
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1), ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const stop = (): void => void child.kill()
  process.once('exit', stop)
  createInterface({ input: child.stdout }).on('line', (line) => take(JSON.parse(line) as CrashOutcome))
  return new Promise((done, failed) => {
    child.on('error', failed)
    child.on('close', (code) => (code === 0 ? done() : failed(new Error(`a worker ended with ${code}`))))
  })
}

async function main(args: readonly string[]): Promise<void> {
  const life = args.indexOf('--life')
  if (life >= 0) return live(args[life + 1] === 'apply' ? 'apply' : 'roll back', args[args.indexOf('--home') + 1] ?? '')
  const options = readOptions(args)
  const since = performance.now()
  if (options.forget) forgetSyncs()
  if (options.share !== undefined)
    return playHere(options, (outcome) => void process.stdout.write(`${JSON.stringify(outcome)}\n`))
  const outcomes: CrashOutcome[] = []
  const take = (outcome: CrashOutcome): void => {
    outcomes.push(outcome)
    if (process.stderr.isTTY && !options.json) process.stderr.write(`\r${bar(outcomes.length, options.count)}`)
    if (outcome.diverged.length + outcome.lost.length > 0) process.stderr.write(`${shown(outcome)}\n`)
  }
  const alone = options.only !== undefined || options.workers < 2
  await (alone ? playHere(options, take) : playInWorkers(options, take))
  if (process.stderr.isTTY && !options.json) process.stderr.write('\n')
  const summary = await summarise(outcomes, since)
  process.stdout.write(options.json ? `${JSON.stringify(summary)}\n` : inWords(summary))
  process.exitCode = summary.diverged + summary.lost > 0 ? 1 : 0
}

function bar(done: number, of: number): string {
  const filled = Math.round((30 * done) / of)
  return `Crashes [${'#'.repeat(filled)}${'.'.repeat(30 - filled)}] ${done} of ${of}`
}

function shown({ world, places, crash: { kind, phase, before, jobs }, diverged, lost }: CrashOutcome): string {
  return [
    `world ${world}, ${places} places, ${jobs} at a time, ${kind} at ${before} of ${phase}:`,
    ...lost.slice(0, 3),
    ...diverged.slice(0, 3),
  ].join('\n  ')
}

// So that the workers end with it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
await main(process.argv.slice(2))
