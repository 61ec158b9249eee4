import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { type RepairOutcome, repairAll, summariseRepairs } from './repair-run.ts'
import { type Outcome, runWorld, summarise } from './run-worlds.ts'
import { openTown } from './town.ts'

interface Options {
  readonly count: number
  readonly seed: string
  readonly only: number | undefined
  readonly json: boolean
  readonly show: boolean
  readonly workers: number
  /** Of a worker: which share of the indexes. */
  readonly share: number | undefined
  readonly command: string
  readonly repair: boolean
}

function readOptions(args: readonly string[]): Options {
  const value = (name: string): string | undefined => {
    const at = args.indexOf(`--${name}`)
    return at < 0 ? undefined : args[at + 1]
  }
  const number = (name: string, otherwise: number): number => {
    const given = value(name)
    if (given === undefined) return otherwise
    if (!/^\d+$/.test(given)) throw new Error(`--${name} takes a number, not ${given}`)
    return Number(given)
  }
  const only = value('only')
  const share = value('share')
  const count = number('count', 500)
  return {
    count,
    seed: value('seed') ?? 'keyturn',
    only: only === undefined ? undefined : number('only', 0),
    json: args.includes('--json'),
    show: args.includes('--show'),
    workers: number('workers', count > 20 ? 2 : 1),
    share: share === undefined ? undefined : number('share', 0),
    command: value('keyturn') ?? '',
    repair: args.includes('--repair'),
  }
}

function indexesOf({ count, only, share, workers }: Options): readonly number[] {
  if (only !== undefined) return [only]
  const all = Array.from({ length: count }, (_, index) => index)
  return share === undefined ? all : all.filter((index) => index % workers === share)
}

async function playHere(options: Options, take: (outcome: Outcome) => void): Promise<void> {
  const town = await openTown(options.seed, options.command)
  try {
    for (const index of indexesOf(options)) take(await runWorld(options.seed, index, town))
  } finally {
    await town.stop()
  }
}

/** One process for each share; each tells its worlds line by line. */
async function playInWorkers(
  { count, seed, workers, command }: Options,
  take: (outcome: Outcome) => void,
): Promise<void> {
  const script = process.argv[1] ?? ''
  const shares = Array.from({ length: workers }, (_, share) => share)
  await Promise.all(
    shares.map((share) => {
      const args = [
        script,
        '--count',
        `${count}`,
        '--seed',
        seed,
        '--workers',
        `${workers}`,
        '--share',
        `${share}`,
        '--keyturn',
        command,
      ]
      return playInWorker(args, take)
    }),
  )
}

function playInWorker(args: readonly string[], take: (outcome: Outcome) => void): Promise<void> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const stop = () => child.kill()
  process.once('exit', stop)
  createInterface({ input: child.stdout }).on('line', (line) => take(JSON.parse(line) as Outcome))
  return new Promise((done, failed) => {
    child.on('error', failed)
    child.on('close', (code) => (code === 0 ? done() : failed(new Error(`a worker ended with ${code}`))))
  })
}

/** Each world is repaired as printed, on the command line. */
async function repairWorlds(options: Options): Promise<void> {
  const town = await openTown(options.seed, options.command)
  const outcomes: RepairOutcome[] = []
  try {
    await repairAll(options.seed, indexesOf(options), town, (outcome) => {
      outcomes.push(outcome)
      if (process.stderr.isTTY) process.stderr.write(`\rWorlds repaired: ${outcomes.length}`)
    })
  } finally {
    await town.stop()
  }
  const summary = summariseRepairs(options.seed, outcomes)
  process.stdout.write(`${JSON.stringify(summary, undefined, 2)}\n`)
  process.exitCode = summary.stuck > 0 ? 1 : 0
}

async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args)
  if (options.share !== undefined)
    return playHere(
      options,
      (outcome) =>
        void process.stdout.write(`${JSON.stringify({ ...outcome, witness: '', requests: [], screen: '' })}\n`),
    )
  if (options.repair) return repairWorlds(options)
  const outcomes: Outcome[] = []
  const take = (outcome: Outcome): void => {
    outcomes.push(outcome)
    progress(outcomes.length, options)
    if (options.show) process.stderr.write(shown(outcome))
  }
  const alone = options.only !== undefined || options.workers < 2
  await (alone ? playHere(options, take) : playInWorkers(options, take))
  if (process.stderr.isTTY) process.stderr.write('\n')
  const summary = summarise(options.seed, outcomes)
  process.stdout.write(options.json ? `${JSON.stringify(summary, undefined, 2)}\n` : tableOf(summary))
  process.exitCode = summary.wrong + summary.alarms > 0 ? 1 : 0
}

function progress(done: number, { count, only, show }: Options): void {
  if (process.stderr.isTTY && !show && only === undefined) process.stderr.write(`\rWorlds: ${done} of ${count}`)
}

function shown({
  index,
  verdict,
  planted,
  said,
  because,
  alarm,
  untold,
  world,
  screen,
  witness,
  requests,
}: Outcome): string {
  const lines = [
    `World ${index}: ${verdict}${because === undefined ? '' : ` (${because})`}${alarm === undefined ? '' : `; ${alarm}`}`,
    `would be right: ${planted.join(' ')}${untold === undefined ? '' : `, or unknown: ${untold}`}; said: ${said.join(' ')}`,
    JSON.stringify(world, undefined, 1),
    screen,
    '--- what the command said',
    witness,
    '--- what came over the wire',
    ...requests,
  ]
  return `${lines.join('\n')}\n\n`
}

function tableOf({ worlds, right, unknown, wrong, alarms, faults, wrongs }: ReturnType<typeof summarise>): string {
  const head = `${worlds} worlds: ${right} right, ${unknown} unknown, ${wrong} wrong, ${alarms} alarms\n`
  const rows = Object.entries(faults).map(
    ([code, each]) =>
      `${code}  ${[each.planted, each.named, each.other, each.unknown, each.wrong].map((n) => String(n).padStart(5)).join(' ')}`,
  )
  const bad = wrongs.map(
    ({ index, planted, said, because }) => `world ${index}: ${planted.join(' ')} said ${said.join(' ')}: ${because}`,
  )
  return `${[head, 'fault planted named other unknown wrong', ...rows, '', ...bad].join('\n')}\n`
}

// So that the workers end with it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
await main(process.argv.slice(2))
