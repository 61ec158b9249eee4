import { type Keyturn, type RunOutcome, type RunState, type StepState, stepState } from '../../index.ts'
import { Failure } from '../../model/failure.ts'
import type { Plan, StepId } from '../../model/plan.ts'
import { askYesNo, canAsk } from '../ask.ts'
import type { Output } from '../output.ts'
import { runProgress } from '../run-progress.ts'
import { type GlobalOptions, type JenkinsOptions, openSession, outputOf } from '../session.ts'
import { stopOnSignal } from '../stop-on-signal.ts'
import { applyEndLines, placeLines, runDocument } from '../views/run.ts'
import { count } from '../views/text.ts'

export interface ApplyCommandOptions extends GlobalOptions, JenkinsOptions {
  readonly yes?: boolean
  readonly canary?: number
  readonly batch?: number
  readonly jobs: number
  readonly resume?: boolean
}

/** Above so many steps one goes ahead of the others unless something else was asked for. */
const CANARY_ABOVE = 10

export async function applyCommand(name: string | undefined, options: ApplyCommandOptions): Promise<void> {
  const output = outputOf(options)
  const keyturn = await openSession(options)
  const run = options.resume ? await runToResume(name, keyturn) : undefined
  const plan = run?.plan ?? (await planToApply(name, options, keyturn))
  if (run !== undefined) output.note(`Continuing run ${run.run}`)
  const teller = placeTeller(plan, run, output)
  const { outcome } = await carryOut(plan, run, teller, options, keyturn, output)
  teller.rest(outcome.state)
  output.result({ schema: 'keyturn/run/1', ...(runDocument(outcome.state) as object) }, () =>
    applyEndLines(outcome, output.paint),
  )
  process.exitCode = outcome.exitCode
}

async function planToApply(name: string | undefined, options: ApplyCommandOptions, keyturn: Keyturn): Promise<Plan> {
  const plan = await keyturn.loadPlan(name)
  if (plan.steps.length === 0)
    throw new Failure('R111', {
      at: `plan ${plan.id}`,
      because: 'it has no step to carry out',
      state: 'Nothing was changed.',
    })
  const waits = plan.steps.some((step) => step.to.request !== undefined)
  if (!waits && name === undefined) await requireConsent(plan, options)
  return plan
}

/** A plan that is named was reviewed; the newest one may not be the one that was read. */
async function requireConsent(plan: Plan, options: ApplyCommandOptions): Promise<void> {
  if (options.yes) return
  const places = count(plan.steps.length, 'place')
  if (await askYesNo(`Change ${places} as plan ${plan.id} says?`)) return
  throw new Failure('R112', {
    at: `plan ${plan.id}`,
    because: canAsk() ? 'the answer was no' : 'there is no terminal to ask on',
    state: 'Nothing was changed.',
    next: [`  keyturn apply ${plan.id}`],
    exitCode: canAsk() ? 3 : 2,
  })
}

/** The newest run that did not come to its end, or the one that is named by itself or by its plan. */
async function runToResume(name: string | undefined, keyturn: Keyturn): Promise<RunState> {
  for (const candidate of (await keyturn.runNames()).toReversed()) {
    if (name?.startsWith('r') && candidate !== name) continue
    const run = await keyturn.run(candidate)
    const isMeant = name === undefined || run.run === name || run.plan.id === name
    if (isMeant && (run.outcome === 'open' || run.outcome === 'stopped')) return run
  }
  throw new Failure('R311', {
    ...(name === undefined ? {} : { at: name }),
    because: 'no run is open',
    state: 'Nothing was changed.',
    next: ['  keyturn status'],
  })
}

/** What is finished is told even when the run fails. */
async function carryOut(
  plan: Plan,
  run: RunState | undefined,
  teller: PlaceTeller,
  options: ApplyCommandOptions,
  keyturn: Keyturn,
  output: Output,
): Promise<{ readonly outcome: RunOutcome }> {
  const progress = runProgress(output, keyturn.context.system.clock, {
    of: plan.steps.length,
    ...sizeBefore(plan, run),
  })
  const request: Parameters<Keyturn['apply']>[1] = {
    signal: stopOnSignal(output),
    jobs: options.jobs,
    ...(options.batch === undefined ? {} : { batch: options.batch }),
    ...canaryOf(plan, options, output),
    onEvent: (event) => {
      if (event.kind === 'proved')
        teller.proved(event.step, { phase: 'done', proof: { outcome: event.outcome, detail: event.detail } })
      progress.onEvent(event)
    },
  }
  try {
    return { outcome: run === undefined ? await keyturn.apply(plan, request) : await keyturn.resume(run.run, request) }
  } catch (error) {
    teller.rest()
    throw error
  }
}

function sizeBefore(plan: Plan, run: RunState | undefined): { before: number; verified: number; manual: number } {
  const states = run === undefined ? [] : [...run.steps.values()].filter(({ phase }) => phase === 'done')
  const verified = states.filter(({ proof }) => proof?.outcome === 'verified').length
  return { before: states.length, verified, manual: plan.manual.length }
}

/** A canary that was asked for has to be verified; without a terminal to ask on, the run stops there otherwise. */
function canaryOf(
  plan: Plan,
  { canary, yes }: ApplyCommandOptions,
  output: Output,
): Pick<NonNullable<Parameters<Keyturn['apply']>[1]>, 'canary'> {
  const after = canary ?? (plan.steps.length > CANARY_ABOVE ? 1 : 0)
  if (after === 0) return {}
  const goOn = async (proved: number, open: number): Promise<boolean> => {
    if (open === 0 || canary === undefined || yes) return true
    const words = `${open} of the first ${count(proved, 'place')} could not be checked here.`
    if (canAsk()) return askYesNo(`${words} Go on?`)
    output.note(`${words} Stopped; "keyturn apply --resume" goes on.`)
    return false
  }
  return { canary: { after, goOn } }
}

/** Tells of finished places in the order of the plan, whatever came to its end first. */
interface PlaceTeller {
  proved(step: StepId, state: StepState): void
  /** Of all others: of every one, when the run has ended; otherwise of what is finished. */
  rest(state?: RunState): void
}

function placeTeller(plan: Plan, run: RunState | undefined, output: Output): PlaceTeller {
  const finished = new Map<StepId, StepState>()
  for (const [id, state] of run?.steps ?? [])
    if (state.phase === 'done' && state.proof !== undefined) finished.set(id, state)
  let next = 0
  const tell = (index: number, state: StepState): void => {
    const step = plan.steps[index]
    if (step !== undefined) output.tell(placeLines(step, state, plan.sources, output.paint))
  }
  const advance = (): void => {
    for (; next < plan.steps.length; next++) {
      const state = finished.get(plan.steps[next]?.id ?? '')
      if (state === undefined) return
      tell(next, state)
    }
  }
  return {
    proved: (step, state) => {
      finished.set(step, state)
      advance()
    },
    rest: (ended) => {
      for (; next < plan.steps.length; next++) {
        const id = plan.steps[next]?.id ?? ''
        const state = ended === undefined ? finished.get(id) : stepState(ended, id)
        if (state !== undefined) tell(next, state)
      }
    },
  }
}
