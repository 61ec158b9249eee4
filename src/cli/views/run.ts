import {
  controllerFlag,
  type RollbackOutcome,
  type RunOutcome,
  type RunState,
  type StepState,
  stepState,
  type VerifiedPlace,
} from '../../index.ts'
import { useWords } from '../../messages/kinds.ts'
import type { Step } from '../../model/plan.ts'
import type { Paint } from '../output.ts'
import { whereWords } from './plan.ts'
import { count, cut, oneLine, wrap } from './text.ts'

const DETAIL_WIDTH = 78

/** The end of `apply`: every place with its proof. */
export function applyLines({ state, exitCode }: RunOutcome, paint: Paint): readonly string[] {
  const states = state.plan.steps.map((step) => stepState(state, step.id))
  const proved = states.filter(({ proof }) => proof?.outcome === 'verified').length
  const open = states.filter(({ proof }) => proof?.outcome === 'not verifiable here').length
  return [
    ...state.plan.steps.flatMap((step) => placeLines(step, stepState(state, step.id), state.plan.sources, paint)),
    '',
    paint.bold(
      `${count(proved, 'place')} of ${state.plan.steps.length} changed and proved${open === 0 ? '' : `, ${open} changed and not proved here`}`,
    ),
    `Run ${state.run} ${state.outcome === 'stopped' ? 'was stopped; the rest is unchanged.' : 'is complete.'}`,
    ...(state.outcome === 'stopped' ? [`    keyturn apply --resume${controllerFlag(state.plan)}`] : []),
    ...(exitCode === 3 && open > 0
      ? ['Ask again for what could not be checked:', `    keyturn verify${controllerFlag(state.plan)}`]
      : []),
    'To put the old bytes back:',
    `    keyturn rollback ${state.run}${controllerFlag(state.plan)}`,
  ]
}

/** One place with its proof. */
function placeLines(
  step: Step,
  { phase, proof }: StepState,
  sources: readonly string[],
  paint: Paint,
): readonly string[] {
  const where = cut(whereWords(step.place, sources), DETAIL_WIDTH - 5)
  if (phase !== 'done') return [`  ${paint.dim('.')}  ${where}`, '       unchanged']
  if (proof?.outcome === 'verified')
    return [`  ${paint.green('~')}  ${where}`, ...wrap(`proved: ${usesWords(step)}`, DETAIL_WIDTH, '       ')]
  const words = `changed; could not be checked: ${oneLine(proof?.detail ?? 'it was not asked')}`
  return [`  ${paint.yellow('?')}  ${where}`, ...wrap(words, DETAIL_WIDTH, '       ')]
}

function usesWords({ uses }: Step): string {
  return [...new Set(uses.map(useWords))].join(', ')
}

export function verifyLines(
  places: readonly VerifiedPlace[],
  sources: readonly string[],
  paint: Paint,
): readonly string[] {
  const words = { verified: 'verified', 'not verifiable here': 'could not be checked', refused: 'refused' }
  const symbol = { verified: paint.green('='), 'not verifiable here': paint.yellow('?'), refused: paint.red('!') }
  const verified = places.filter(({ proof }) => proof.kind === 'verified').length
  return [
    ...places.flatMap(({ step, proof }) => [
      `  ${symbol[proof.kind]}  ${cut(whereWords(step.place, sources), 52)}  ${words[proof.kind]}`,
      ...wrap(oneLine(proof.detail), DETAIL_WIDTH, '       ').map((line) => paint.dim(line)),
    ]),
    '',
    places.length === 0
      ? 'This run has changed no place.'
      : paint.bold(`${verified} of ${count(places.length, 'place')} verified`),
  ]
}

export function rollbackLines({ state, restored, left }: RollbackOutcome, paint: Paint): readonly string[] {
  const dead = restored.filter(isRefused).length
  return [
    ...restored.map((step) => `  ${paint.cyan('~')}  ${whereWords(step.place, state.plan.sources)}`),
    ...left.flatMap(({ step, because }) => [
      `  ${paint.yellow('!')}  ${whereWords(step.place, state.plan.sources)}`,
      ...wrap(because, DETAIL_WIDTH, '       '),
    ]),
    ...(restored.length + left.length === 0 ? [] : ['']),
    paint.bold(
      left.length === 0
        ? `${count(restored.length, 'place')} put back`
        : `${count(restored.length, 'place')} put back, ${left.length} left as found`,
    ),
    ...(dead > 0 ? ['The bytes are the old ones. Bitbucket does not accept app passwords again.'] : []),
    ...new Set(
      restored.filter((step) => !isRefused(step)).flatMap(({ caveat }) => (caveat === undefined ? [] : [caveat])),
    ),
  ]
}

/** The old bytes are there, and Bitbucket does not take what they hold: app passwords ended on 2026-07-28 (CHANGE-3222). */
export function isRefused({ from }: Step): boolean {
  return from.kind === 'app-password'
}

export function runDocument(state: RunState): unknown {
  return {
    run: state.run,
    plan: state.plan.id,
    startedAt: state.startedAt,
    lastAt: state.lastAt,
    outcome: state.outcome,
    steps: state.plan.steps.map((step) => ({ id: step.id, place: step.place, ...stepState(state, step.id) })),
  }
}
