import { Failure } from '../model/failure.ts'
import type { Plan, Step } from '../model/plan.ts'
import { type ApplyDeps, connectorOf } from './deps.ts'
import { lanesOf, runLanes } from './lanes.ts'
import type { RunState } from './run-state.ts'

export function requireTokens(plan: Plan): void {
  const waiting = plan.steps.filter((step) => step.to.request !== undefined)
  if (waiting.length === 0) return
  throw new Failure('R203', {
    at: `plan ${plan.id}`,
    because: `${waiting.length === 1 ? '1 step waits' : `${waiting.length} steps wait`} for a token that a person has to create`,
    state: 'Nothing was changed.',
    next: [
      'Create the tokens that the plan names, keep each in the vault, and plan again:',
      '  keyturn token add NAME --email ADDRESS --username NAME',
      `  keyturn plan ${sourceWords(plan)}`,
    ],
    exitCode: 3,
  })
}

/** Every place is read before the first act: a plan that does not fit the world any more is refused whole. */
export async function requireFresh(
  plan: Plan,
  deps: ApplyDeps,
  realPath: (path: string) => string,
  jobs: number,
): Promise<void> {
  const errors: unknown[] = []
  let read = 0
  const look = async (step: Step): Promise<void> => {
    const problem = await staleness(step, plan, deps).catch((error: unknown) => error)
    if (problem !== undefined) errors.push(problem)
    read += 1
    deps.onEvent?.({ kind: 'read', number: read, of: plan.steps.length })
  }
  const lanes = lanesOf(plan.steps, ({ place }) => place.at, realPath)
  await runLanes(lanes, look, { jobs, isStopped: () => errors.length > 0 })
  if (errors.length > 0) throw errors[0]
}

async function staleness(step: Step, plan: Plan, deps: ApplyDeps): Promise<Failure | undefined> {
  const found = await connectorOf(deps, step.place.consumer).read(step.place, deps.context)
  if ((found.kind === 'present' ? found.digest : 'absent') === step.from.digest) return undefined
  return new Failure('R201', {
    at: `${step.place.at.kind === 'file' ? step.place.at.path : step.place.at.url} ${step.place.address}`,
    because:
      found.kind === 'absent'
        ? 'the place was not found there any more; the file may be damaged'
        : `the place was changed after the plan was made (${plan.createdAt.slice(0, 16).replace('T', ' ')} UTC)`,
    state: 'Nothing was changed.',
    next: [`  keyturn plan ${sourceWords(plan)}`],
    exitCode: 4,
  })
}

/** An open run is continued or put back before another one begins, so that every place has one history. */
export async function refuseOtherRuns(plan: Plan, deps: ApplyDeps): Promise<void> {
  const mine = new Set(plan.steps.map(placeKey))
  for (const name of await deps.runs.names()) {
    const state = await readOrPass(name, mine, deps)
    if (state === undefined) continue
    if (state.plan.id === plan.id && state.outcome === 'applied') throw alreadyApplied(plan, name)
    if (state.outcome !== 'open') continue
    const changed = [...state.steps.values()].some(({ phase }) => phase !== 'not started' && phase !== 'undone')
    if (!changed || !state.plan.steps.some((step) => mine.has(placeKey(step)))) continue
    throw new Failure('R310', {
      at: `run ${name}`,
      because: 'its journal has no end, and it changes places of this plan',
      state: 'This command changed nothing.',
      next: ['  keyturn apply --resume', 'or', `  keyturn rollback ${name}`],
    })
  }
}

/** A run whose journal is damaged stands in the way of its own places only. */
async function readOrPass(name: string, mine: ReadonlySet<string>, deps: ApplyDeps): Promise<RunState | undefined> {
  try {
    return await deps.runs.read(name)
  } catch (error) {
    const plan = error instanceof Failure && error.code === 'R312' ? await planOf(name, deps) : undefined
    if (plan === undefined || plan.steps.some((step) => mine.has(placeKey(step)))) throw error
    return undefined
  }
}

async function planOf(name: string, deps: ApplyDeps): Promise<Plan | undefined> {
  return deps.runs.plan(name).catch((error: unknown) => {
    if (error instanceof Failure) return undefined
    throw error
  })
}

function placeKey({ place }: Step): string {
  const at = place.at.kind === 'file' ? place.at.path : place.at.url
  return JSON.stringify([place.consumer, place.address, place.at.kind, at])
}

/** What the plan was made from, as it was named on the command line. */
function sourceWords(plan: Plan): string {
  const word = (source: string): string =>
    /^[\w@%+=:,./~-]+$/.test(source) ? source : `'${source.replaceAll("'", `'\\''`)}'`
  return plan.sources.map((source) => (/^https?:/.test(source) ? `--jenkins ${source}` : word(source))).join(' ')
}

/** Without git nothing could be proved, so nothing is changed. Throws R107. */
export async function requireGit(plan: Plan, { context }: ApplyDeps): Promise<void> {
  const asksGit = plan.steps.some(
    (step) => step.place.at.kind === 'file' && step.uses.some((use) => use.operation.startsWith('git-')),
  )
  const { processes } = context.system
  if (asksGit) await processes.run({ command: 'git', args: ['--version'], environment: processes.environment() })
}

function alreadyApplied(plan: Plan, run: string): Failure {
  return new Failure('R201', {
    at: `plan ${plan.id}`,
    because: `it was carried out as run ${run}`,
    state: 'This command changed nothing.',
    next: [`  keyturn verify ${run}`],
    exitCode: 4,
  })
}
