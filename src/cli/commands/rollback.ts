import { controllerFlag, type RunState, tally } from '../../index.ts'
import { Failure } from '../../model/failure.ts'
import { askYesNo, canAsk } from '../ask.ts'
import { chosenRun, requireLogin } from '../chosen-run.ts'
import type { JenkinsOptions } from '../jenkins-logins.ts'
import { optimiseLate } from '../late-optimisation.ts'
import { runProgress } from '../run-progress.ts'
import { type GlobalOptions, openSession, outputOf } from '../session.ts'
import { stopOnSignal } from '../stop-on-signal.ts'
import { isRefused, rollbackLines } from '../views/run.ts'

export interface RollbackOptions extends GlobalOptions, JenkinsOptions {
  readonly place?: string
  readonly jobs: number
  readonly yes?: boolean
}

export async function rollbackCommand(name: string | undefined, options: RollbackOptions): Promise<void> {
  const output = outputOf(options)
  optimiseLate()
  const keyturn = await openSession(options)
  const run = await chosenRun(name, keyturn)
  if (name === undefined) await requireConsent(run, options)
  requireLogin(run.plan, keyturn, {
    at: `run ${run.run}`,
    command: (flag) => `keyturn rollback ${run.run}${flag}`,
  })
  const { onEvent } = runProgress(output, keyturn.context.system.clock, { of: placesToPutBack(run, options.place) })
  const outcome = await keyturn.rollback(run.run, {
    jobs: options.jobs,
    signal: stopOnSignal(output),
    onEvent,
    ...(options.place === undefined ? {} : { only: options.place }),
  })
  const { restored, left, remaining } = outcome
  output.result(
    {
      schema: 'keyturn/rollback/1',
      run: run.run,
      restored: restored.map(({ place }) => place),
      left: left.map(({ step, because, by, byHand }) => ({
        place: step.place,
        because,
        ...(by === undefined ? {} : { run: by }),
        ...(byHand === undefined ? {} : { byHand }),
      })),
      remaining: remaining.map(({ place }) => place),
      refused: restored.filter(isRefused).map(({ place }) => place),
    },
    () => rollbackLines(outcome, output.paint),
  )
  process.exitCode = outcome.exitCode
}

/** A run that is named is meant; the newest one may not be the one that somebody thinks of. */
async function requireConsent({ run, plan }: RunState, { yes }: RollbackOptions): Promise<void> {
  if (yes || (await askYesNo(`Put back what run ${run} changed?`))) return
  throw new Failure('R112', {
    at: `run ${run}`,
    because: canAsk() ? 'the answer was no' : 'there is no terminal to ask on',
    state: 'Nothing was changed.',
    next: [`  keyturn rollback ${run}${controllerFlag(plan)}`],
    exitCode: canAsk() ? 3 : 2,
  })
}

function placesToPutBack(run: RunState, place: string | undefined): number {
  const { changed, announced } = tally(run)
  return place === undefined ? changed + announced : 1
}
