import { Failure } from '../../model/failure.ts'
import { askYesNo, canAsk } from '../ask.ts'
import { chosenRun, requireLogin } from '../chosen-run.ts'
import { type GlobalOptions, type JenkinsOptions, openSession, outputOf } from '../session.ts'
import { rollbackLines } from '../views/run.ts'

export interface RollbackOptions extends GlobalOptions, JenkinsOptions {
  readonly place?: string
  readonly yes?: boolean
}

export async function rollbackCommand(name: string | undefined, options: RollbackOptions): Promise<void> {
  const output = outputOf(options)
  const keyturn = await openSession(options)
  const run = await chosenRun(name, keyturn)
  if (!options.yes && name === undefined && canAsk() && !(await askYesNo(`Put back what run ${run.run} changed?`))) {
    throw new Failure('R112', {
      at: `run ${run.run}`,
      because: 'the answer was no',
      state: 'Nothing was changed.',
      exitCode: 3,
    })
  }
  requireLogin(run, keyturn)
  const outcome = await keyturn.rollback(run.run, options.place)
  const { restored, left } = outcome
  output.result(
    {
      schema: 'keyturn/rollback/1',
      run: run.run,
      restored: restored.map(({ place }) => place),
      left: left.map(({ step, because }) => ({ place: step.place, because })),
    },
    () => rollbackLines(outcome, output.paint),
  )
  process.exitCode = outcome.exitCode
}
