import { controllerFlag, controllersWithout, type Keyturn, type RunState } from '../../index.ts'
import { chosenRun } from '../chosen-run.ts'
import type { JenkinsOptions } from '../jenkins-logins.ts'
import { exampleOf } from '../named-repository.ts'
import { type GlobalOptions, openSession, outputOf } from '../session.ts'
import { verifyLines } from '../views/run.ts'
import { count } from '../views/text.ts'

export interface VerifyCommandOptions extends GlobalOptions, JenkinsOptions {
  readonly jobs: number
  readonly repository?: string
}

/** Absent: all that a place of this run can need was given. */
function withWhatItTakes({ run, plan }: RunState, { context }: Keyturn): string | undefined {
  const controller = controllerFlag(plan)
  const all = controllerFlag(plan, { opens: true })
  const lacksLogin = controllersWithout(context, plan).length > 0
  const lacksPassword = all !== controller && context.given === undefined
  return lacksLogin || lacksPassword ? `keyturn verify ${run}${all}` : undefined
}

/** 0: every place verified; 1: one was refused; 3: something could not be checked. */
export async function verifyCommand(name: string | undefined, options: VerifyCommandOptions): Promise<void> {
  const output = outputOf(options)
  const keyturn = await openSession(options)
  const run = await chosenRun(name, keyturn)
  const places = await keyturn.verify(run.run, {
    ...exampleOf(options, keyturn),
    jobs: options.jobs,
    onPlace: (done, of) => output.progress(`Asking ... ${done} of ${count(of, 'place')}`),
  })
  const document = places.map(({ step, proof }) => ({ place: step.place, uses: step.uses, ...proof }))
  output.result({ schema: 'keyturn/verify/1', run: run.run, places: document }, () =>
    verifyLines(places, run.plan.sources, output.paint, withWhatItTakes(run, keyturn)),
  )
  if (places.some(({ proof }) => proof.kind === 'refused')) process.exitCode = 1
  else if (places.length === 0 || places.some(({ proof }) => proof.kind !== 'verified')) process.exitCode = 3
}
