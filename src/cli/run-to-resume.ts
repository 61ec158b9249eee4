import { controllerFlag, type Keyturn, type RunState, refusalToGoOn } from '../index.ts'
import { Failure } from '../model/failure.ts'

type Runs = Pick<Keyturn, 'runNames' | 'run' | 'loadPlan'>

/**
 * The newest run that did not come to its end, or the one that is named: by itself, by the id of its plan, or by the file of that. Throws
 * `Failure` R315 for one that cannot go on, R311 where there is none, R312 where the only one that could be meant is damaged.
 */
export async function runToResume(name: string | undefined, keyturn: Runs): Promise<RunState> {
  const names = (await keyturn.runNames()).toReversed()
  if (name !== undefined && names.includes(name)) return ableToGoOn(await keyturn.run(name))
  const plan = name === undefined ? undefined : await planCalled(name, keyturn)
  let ended: RunState | undefined
  let damage: Failure | undefined
  for (const candidate of names) {
    const run = await readOrDamage(candidate, keyturn)
    if (run instanceof Failure) damage ??= run
    else if (plan !== undefined && run.plan.id !== plan) continue
    else if (canGoOn(run)) return ableToGoOn(run)
    else ended ??= run
  }
  if (name !== undefined && ended !== undefined) return ableToGoOn(ended)
  throw damage ?? none(name)
}

function canGoOn({ outcome, forgotten }: RunState): boolean {
  return (outcome === 'open' || outcome === 'stopped') && forgotten === undefined
}

/** What was applied to its end needs no resuming, whatever the library would do with it. */
function ableToGoOn(run: RunState): RunState {
  const refusal = refusalToGoOn(run) ?? (run.outcome === 'applied' ? alreadyApplied(run) : undefined)
  if (refusal !== undefined) throw refusal
  return run
}

function alreadyApplied({ run, plan }: RunState): Failure {
  return new Failure('R315', {
    at: `run ${run}`,
    because: 'it came to its end: every step was carried out',
    state: 'Nothing was changed by this command.',
    next: [`  keyturn verify ${run}${controllerFlag(plan, { opens: true })}`],
  })
}

/** The id stays the name where there is no such file any more: the run has its own copy of the plan. */
async function planCalled(name: string, keyturn: Runs): Promise<string> {
  try {
    return (await keyturn.loadPlan(name)).id
  } catch (error) {
    if (error instanceof Failure) return name
    throw error
  }
}

/** A damaged run says nothing about the others, and stands in the way of none. */
async function readOrDamage(name: string, keyturn: Runs): Promise<RunState | Failure> {
  try {
    return await keyturn.run(name)
  } catch (error) {
    if (error instanceof Failure && error.code === 'R312') return error
    throw error
  }
}

function none(name: string | undefined): Failure {
  return new Failure('R311', {
    ...(name === undefined ? {} : { at: name }),
    because: name === undefined ? 'no run is open' : 'no run of this name, or of a plan of this name, is known here',
    state: 'Nothing was changed.',
    next: ['  keyturn status'],
  })
}
