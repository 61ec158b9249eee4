import {
  type Asking,
  controllerFlag,
  controllersWithout,
  type Keyturn,
  type RunState,
  type VerifiedPlace,
} from '../../index.ts'
import { itemOfUse } from '../../model/builds-allowed.ts'
import { type AskingOptions, askingOf } from '../asking.ts'
import { chosenRun } from '../chosen-run.ts'
import type { JenkinsOptions } from '../jenkins-logins.ts'
import { optimiseLate } from '../late-optimisation.ts'
import { type GlobalOptions, openSession, outputOf } from '../session.ts'
import { verifyLines } from '../views/run.ts'
import { count, shellWord } from '../views/text.ts'

export interface VerifyCommandOptions extends GlobalOptions, JenkinsOptions, AskingOptions {
  readonly jobs: number
}

/** How to prove what could not be checked. */
function hintsFor(
  places: readonly VerifiedPlace[],
  run: RunState,
  keyturn: Keyturn,
  { builds }: Asking,
): readonly string[] {
  const again = withWhatItTakes(run, keyturn)
  if (again !== undefined) return ['To ask again about what could not be checked, with what it takes:', `    ${again}`]
  const open = places.filter(
    ({ step, proof }) =>
      proof.kind === 'not verifiable here' && proof.lost !== true && step.place.consumer === 'jenkins',
  )
  const by = open.flatMap(({ step }) => step.uses.map((use) => use.by)).find((one) => itemOfUse(one) !== undefined)
  if (builds !== undefined || by === undefined) return []
  const job = shellWord(`${itemOfUse(by)}${by.endsWith(' (Branch Source)') ? '/BRANCH' : ''}`)
  return [
    'What no question shows, a build does; it does all that its job does:',
    `    keyturn verify ${run.run}${controllerFlag(run.plan)} --build ${job}`,
  ]
}

/** Absent: all that a place of this run can need was given. */
function withWhatItTakes({ run, plan }: RunState, { context }: Keyturn): string | undefined {
  const controller = controllerFlag(plan)
  const all = controllerFlag(plan, { opens: true })
  const lacksLogin = controllersWithout(context, plan).length > 0
  const lacksPassword = all !== controller && context.given === undefined
  return lacksLogin || lacksPassword ? `keyturn verify ${run}${all}` : undefined
}

/** 0: every place verified; 1: one was refused; 3: something could not be checked; 130: a signal came before all was asked. */
export async function verifyCommand(name: string | undefined, options: VerifyCommandOptions): Promise<void> {
  const output = outputOf(options)
  optimiseLate()
  const keyturn = await openSession(options)
  const run = await chosenRun(name, keyturn)
  const asking = askingOf(options, run, keyturn, output)
  const signal = asking.builds?.signal
  const places = await keyturn.verify(run.run, {
    ...asking,
    jobs: options.jobs,
    ...(signal === undefined ? {} : { signal }),
    onPlace: (done, of) => output.progress(`Asking ... ${done} of ${count(of, 'place')}`),
  })
  const document = places.map(({ step, proof }) => ({ place: step.place, uses: step.uses, ...proof }))
  output.result({ schema: 'keyturn/verify/1', run: run.run, places: document }, () =>
    verifyLines(places, run.plan.sources, output.paint, hintsFor(places, run, keyturn, asking)),
  )
  if (places.some(({ proof }) => proof.kind === 'refused')) process.exitCode = 1
  else if (signal?.aborted === true) process.exitCode = 130
  else if (places.length === 0 || places.some(({ proof }) => proof.kind !== 'verified')) process.exitCode = 3
}
