import { type RunState, tally } from '../../index.ts'
import { Failure } from '../../model/failure.ts'
import { askText } from '../ask.ts'
import { type AskingOptions, askingOf } from '../asking.ts'
import { chosenName } from '../chosen-run.ts'
import type { JenkinsOptions } from '../jenkins-logins.ts'
import { optimiseLate } from '../late-optimisation.ts'
import { type GlobalOptions, openSession, outputOf, readStdin } from '../session.ts'
import { count, wrap } from '../views/text.ts'

export interface ForgetCommandOptions extends GlobalOptions, JenkinsOptions, AskingOptions {
  readonly force?: boolean
}

export async function forgetCommand(name: string, options: ForgetCommandOptions): Promise<void> {
  const output = outputOf(options)
  optimiseLate()
  const keyturn = await openSession(options)
  const run = await chosenName(name, keyturn)
  if (options.force) await requireTyped(run)
  const { state, shredded } = await keyturn.forget(run, {
    ...askingOf(options, await keyturn.run(run), keyturn, output),
    force: options.force === true,
    onFile: (done, of) => output.progress(`Shredding ... ${done} of ${count(of, 'backup')}`),
  })
  const forced = state.forgotten?.forced === true
  output.result({ schema: 'keyturn/forget/1', run, shredded, forced }, () => [
    shredded === 0 ? `Run ${run} has no backup any more.` : `${count(shredded, 'backup')} of run ${run} shredded.`,
    `${standingWords(state)} Its journal stays, and tells so.`,
    '',
    ...wrap(WHAT_IT_MEANS, 80),
  ])
}

const WHAT_IT_MEANS =
  'What that means: the files of the backups were overwritten where they stood, then removed. A file system with a journal or copy-on-write, a snapshot, a backup of this machine and the spare blocks of an SSD may keep older copies. They were encrypted with the identity of keyturn, and are of no use without it.'

/** A run that was put back needs no way back. */
function standingWords(state: RunState): string {
  const { changed, announced, restored } = tally(state)
  return restored > 0 && changed + announced === 0
    ? 'Its places have their old bytes again.'
    : 'It cannot be put back any more.'
}

/** Typed on a terminal, or piped in: the name of the run, so that no habit and no script says yes by itself. */
async function requireTyped(run: string): Promise<void> {
  const typed = await askText(
    'This gives up the way back, whether its places are proved or not. To go on, type the name of the run:',
    readStdin,
  )
  if (typed === run) return
  throw new Failure('R112', {
    at: `run ${run}`,
    because: 'what was typed is not its name',
    state: 'Nothing was shredded.',
    exitCode: 3,
  })
}
