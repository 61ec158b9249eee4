import { Failure } from '../model/failure.ts'
import type { Step } from '../model/plan.ts'
import { controllerFlag } from './command-words.ts'
import { StepStopped } from './perform-step.ts'
import type { RunFolder } from './run-folder.ts'
import { stepState, tally } from './run-state.ts'

/** What a run ends with when steps of it failed: the first one, with what the run as a whole has done. */
export function failureOfRun(
  errors: readonly unknown[],
  steps: readonly (Step | undefined)[],
  run: RunFolder,
): unknown {
  const defect = errors.find((error) => !(error instanceof StepStopped) && !(error instanceof Failure))
  if (defect !== undefined) return defect
  const [first] = errors
  if (first instanceof StepStopped) return withState(first.failure, first.step, run, errors.length - 1, first.unchanged)
  return first instanceof Failure ? withState(first, steps[0], run, errors.length - 1, false) : first
}

function withState(
  { code, parts }: Failure,
  step: Step | undefined,
  run: RunFolder,
  others: number,
  unchanged: boolean,
): Failure {
  const more = others === 0 ? '' : ` ${others} more ${others === 1 ? 'step' : 'steps'} failed at the same time.`
  const known = unchanged ? 'unchanged' : code === 'R206' ? 'refused' : undefined
  return new Failure(code, {
    ...parts,
    at: parts.at ?? step?.place.address ?? `run ${run.run}`,
    state: `${stateWords(run, step, known)}${more}`,
    next: [...(parts.next ?? []), ...nextWords(run)],
  })
}

/**
 * Outside of the steps it is keyturn's own disk that fails, which knows nothing of the run: what the run has changed until then, and both
 * ways on, are said here.
 */
export async function inRun<Result>(
  run: RunFolder,
  doing: 'apply' | 'rollback',
  act: () => Promise<Result>,
): Promise<Result> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const { code, parts } = error
    throw new Failure(code, {
      ...parts,
      state: doing === 'apply' ? progressWords(run) : backWords(run),
      next: [...(parts.next ?? []), ...(doing === 'apply' ? nextWords(run) : againWords(run))],
    })
  }
}

const PLACE_WORDS = {
  done: 'This place holds the new credential; its proof could not be noted.',
  overwritten: 'This place was changed, and holds what another program wrote there since.',
  refused: 'This place holds the new credential, which was refused.',
  announced: 'Whether this place was changed is read again when the run continues or is put back.',
  unchanged: 'This place is unchanged.',
}

/** What has and has not been changed: the first question of whoever reads an error. */
function stateWords(run: RunFolder, step: Step | undefined, known?: keyof typeof PLACE_WORDS): string {
  const here = step === undefined ? undefined : stepState(run.state(), step.id)
  const overwritten = here?.phase === 'done' && here.isTheirs ? 'overwritten' : undefined
  const place =
    known ?? overwritten ?? (here?.phase === 'done' || here?.phase === 'announced' ? here.phase : 'unchanged')
  return `${progressWords(run, step)} ${PLACE_WORDS[place]}`
}

/** `but`: the step of which the next sentence tells. */
function progressWords(run: RunFolder, but?: Step): string {
  const { places, verified, unverifiable, unproved, announced } = tally(run.state(), but?.id)
  const held = unverifiable + unproved
  return [
    `${verified} of ${places} places use their new credential and were proved.`,
    ...(held === 0
      ? []
      : [`${held} more ${held === 1 ? 'holds' : 'hold'} it and ${held === 1 ? 'is' : 'are'} not proved.`]),
    ...(announced === 0
      ? []
      : [`Of ${announced} more it is not known whether ${announced === 1 ? 'it was' : 'they were'} changed.`]),
  ].join(' ')
}

function backWords(run: RunFolder): string {
  const { changed, announced, restored } = tally(run.state())
  return `${restored} of ${changed + announced + restored} changed places hold their old bytes again. The others are read again before they are put back.`
}

function againWords(run: RunFolder): readonly string[] {
  return ['Then put the rest back:', `  keyturn rollback ${run.run}${controllerFlag(run.plan)}`]
}

function nextWords(run: RunFolder): readonly string[] {
  const { changed, announced } = tally(run.state())
  return [
    'Remove the cause, then continue with this step:',
    `  keyturn apply ${run.run} --resume${controllerFlag(run.plan, { opens: true })}`,
    ...(changed + announced === 0
      ? []
      : ['or put the places back:', `  keyturn rollback ${run.run}${controllerFlag(run.plan)}`]),
  ]
}
