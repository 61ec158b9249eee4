import type { Keyturn, RunOutcome } from '../../index.ts'
import { Failure } from '../../model/failure.ts'
import type { Plan } from '../../model/plan.ts'
import { askYesNo, canAsk } from '../ask.ts'
import type { Output } from '../output.ts'
import { type GlobalOptions, type JenkinsOptions, openSession, outputOf } from '../session.ts'
import { whereWords } from '../views/plan.ts'
import { applyLines, runDocument } from '../views/run.ts'
import { count } from '../views/text.ts'

export interface ApplyCommandOptions extends GlobalOptions, JenkinsOptions {
  readonly yes?: boolean
  readonly canary?: number
  readonly resume?: boolean
}

export async function applyCommand(name: string | undefined, options: ApplyCommandOptions): Promise<void> {
  const output = outputOf(options)
  const keyturn = await openSession(options)
  const outcome = options.resume
    ? await resume(options, keyturn, output)
    : await applyNew(name, options, keyturn, output)
  output.result({ schema: 'keyturn/run/1', ...(runDocument(outcome.state) as object) }, () =>
    applyLines(outcome, output.paint),
  )
  process.exitCode = outcome.exitCode
}

async function applyNew(
  name: string | undefined,
  options: ApplyCommandOptions,
  keyturn: Keyturn,
  output: Output,
): Promise<RunOutcome> {
  const plan = await keyturn.loadPlan(name)
  if (plan.steps.length === 0)
    throw new Failure('R111', {
      at: `plan ${plan.id}`,
      because: 'it has no step to carry out',
      state: 'Nothing was changed.',
    })
  const waits = plan.steps.some((step) => step.to.request !== undefined)
  if (!waits && name === undefined) await requireConsent(plan, options)
  return keyturn.apply(plan, hooks(plan, options, output))
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

async function resume(options: ApplyCommandOptions, keyturn: Keyturn, output: Output): Promise<RunOutcome> {
  const open = (await keyturn.runs()).filter(({ outcome }) => outcome === 'open' || outcome === 'stopped').at(-1)
  if (open === undefined)
    throw new Failure('R311', { because: 'no run is open', state: 'Nothing was changed.', next: ['  keyturn status'] })
  output.note(`Continuing run ${open.run}`)
  return keyturn.resume(open.run, hooks(open.plan, options, output))
}

function hooks(plan: Plan, options: ApplyCommandOptions, output: Output): Parameters<Keyturn['apply']>[1] {
  const byId = new Map(plan.steps.map((step) => [step.id, step]))
  return {
    signal: finishStepOnSignal(output),
    ...(options.canary === undefined
      ? {}
      : { canary: { after: options.canary, goOn: (proved) => askYesNo(`${count(proved, 'place')} proved. Go on?`) } }),
    onEvent: (event) => {
      const step = byId.get(event.step)
      if (event.kind === 'step' && step !== undefined)
        output.progress(`${event.number} of ${event.of}  ${whereWords(step.place, plan.sources)}`)
    },
  }
}

/** The first signal finishes the current step; the second one ends the process, and the journal knows where it stood. */
function finishStepOnSignal(output: Output): AbortSignal {
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      output.note('Stopping after this step. A second signal stops at once.')
      stop.abort()
    })
  }
  return stop.signal
}
