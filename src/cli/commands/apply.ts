import { controllerFlag, type Keyturn, type RunState } from '../../index.ts'
import { Failure } from '../../model/failure.ts'
import type { Plan } from '../../model/plan.ts'
import { askToGoOn, askYesNo, canAsk } from '../ask.ts'
import { requireLogin } from '../chosen-run.ts'
import type { JenkinsOptions } from '../jenkins-logins.ts'
import { optimiseLate } from '../late-optimisation.ts'
import type { Output } from '../output.ts'
import { runProgress } from '../run-progress.ts'
import { runToResume } from '../run-to-resume.ts'
import { type GlobalOptions, openSession, outputOf } from '../session.ts'
import { stopOnSignal } from '../stop-on-signal.ts'
import { applyLines, runDocument } from '../views/run.ts'
import { count, shellWord } from '../views/text.ts'

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
  optimiseLate()
  const keyturn = await openSession(options)
  const found = options.resume ? await runToResume(name, keyturn) : undefined
  const run = found?.run
  const plan = run?.plan ?? (await planToApply(name, options, keyturn))
  requireLogin(plan, keyturn, run === undefined ? newRun(plan, name) : goingOn(run))
  for (const { run: other, because, unreadable } of found?.damaged ?? []) {
    const words = unreadable ? 'cannot be read' : 'is damaged'
    output.note(`Run ${other} ${words} and was passed over: ${because} (keyturn audit)`)
  }
  if (run !== undefined) output.note(`Continuing run ${run.run}`)
  const request = requestOf(plan, run, options, keyturn, output)
  const outcome = run === undefined ? await keyturn.apply(plan, request) : await keyturn.resume(run.run, request)
  output.result({ schema: 'keyturn/run/1', ...(runDocument(outcome.state) as object) }, () =>
    applyLines(outcome, output.paint),
  )
  process.exitCode = outcome.exitCode
}

type Called = Parameters<typeof requireLogin>[2]

function newRun(plan: Plan, name: string | undefined): Called {
  return { at: `plan ${plan.id}`, command: (flag) => `keyturn apply ${shellWord(name ?? plan.id)}${flag}` }
}

function goingOn({ run }: RunState): Called {
  return { at: `run ${run}`, command: (flag) => `keyturn apply ${run} --resume${flag}` }
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
    next: [`  keyturn apply ${plan.id}${controllerFlag(plan, { opens: true })}`],
    exitCode: canAsk() ? 3 : 2,
  })
}

function requestOf(
  plan: Plan,
  run: RunState | undefined,
  options: ApplyCommandOptions,
  keyturn: Keyturn,
  output: Output,
): Parameters<Keyturn['apply']>[1] {
  const begun = run === undefined ? {} : { begun: run }
  const size = { of: plan.steps.length, manual: plan.manual.length, ...begun }
  return {
    signal: stopOnSignal(output),
    jobs: options.jobs,
    ...(options.batch === undefined ? {} : { batch: options.batch }),
    ...canaryOf(plan, options, output),
    onEvent: runProgress(output, keyturn.context.system.clock, size).onEvent,
  }
}

/** A canary that was asked for has to be verified; without a terminal to ask on, the run stops there otherwise. */
function canaryOf(
  plan: Plan,
  { canary, yes }: ApplyCommandOptions,
  output: Output,
): Pick<NonNullable<Parameters<Keyturn['apply']>[1]>, 'canary'> {
  const after = canary ?? (plan.steps.length > CANARY_ABOVE ? 1 : 0)
  if (after === 0) return {}
  const goOn = async (places: number, open: number): Promise<boolean | 'interrupted'> => {
    if (open === 0 || canary === undefined || yes) return true
    const whole = places === 1 ? 'The first place' : `${open} of the first ${places} places`
    const words = `${whole} could not be checked here.`
    if (canAsk()) return askToGoOn(`${words} Go on?`)
    output.note(`${words} Stopped.`)
    return false
  }
  return { canary: { after, goOn } }
}
