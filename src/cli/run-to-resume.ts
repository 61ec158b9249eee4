import { type Keyturn, type RunState, whyNotOn } from '../index.ts'
import { Failure } from '../model/failure.ts'
import { type DamagedRun, damageOf } from './known-runs.ts'

export interface RunToResume {
  readonly run: RunState
  /** Runs that were passed over, because nobody can tell whether they are meant. */
  readonly damaged: readonly DamagedRun[]
}

/**
 * The newest run that can go on, or the one that is named by itself, by the id of its plan or by the file of its plan. Throws R315, R316 or
 * R317 when what is named has come to its end, R312 when the journal of that very run is damaged, R311 when there is none.
 */
export async function runToResume(name: string | undefined, keyturn: Keyturn): Promise<RunToResume> {
  const names = (await keyturn.runNames()).toReversed()
  if (name !== undefined && names.includes(name)) return { run: going(await keyturn.run(name)), damaged: [] }
  const plan = name === undefined ? undefined : await planIdOf(name, keyturn)
  const damaged: DamagedRun[] = []
  let ended: Failure | undefined
  for (const candidate of names) {
    const run = await keyturn.run(candidate).catch((error: unknown) => damageOf(candidate, error))
    if ('because' in run) damaged.push(run)
    else if (plan === undefined || run.plan.id === plan) {
      const why = whyNotOn(run)
      if (why === undefined && isUnfinished(run)) return { run, damaged }
      if (name !== undefined || run.outcome === 'open') ended ??= why
    }
  }
  if (ended !== undefined) throw ended
  throw noRun(name, damaged)
}

function going(run: RunState): RunState {
  const why = whyNotOn(run)
  if (why !== undefined) throw why
  return run
}

function isUnfinished({ outcome }: RunState): boolean {
  return outcome === 'open' || outcome === 'stopped'
}

/** What is no file is taken for the id of a plan, which a run may have after the plan itself was removed. */
async function planIdOf(name: string, keyturn: Keyturn): Promise<string> {
  const isFile = (await keyturn.context.system.files.entry(name))?.kind === 'file'
  return isFile ? (await keyturn.loadPlan(name)).id : name
}

function noRun(name: string | undefined, damaged: readonly DamagedRun[]): Failure {
  const none = name === undefined ? 'no run is open' : 'no run of this name, or of this plan, is known here'
  const [first, ...others] = damaged
  const more = others.length === 0 ? '' : ` and of ${others.length} more`
  const words = first?.unreadable ? 'cannot be read' : 'is damaged'
  return new Failure('R311', {
    ...(name === undefined ? {} : { at: name }),
    because: first === undefined ? none : `${none}; the journal of ${first.run}${more} ${words}, so nobody can tell`,
    state: 'Nothing was changed.',
    next: [first === undefined ? '  keyturn status' : '  keyturn audit'],
  })
}
