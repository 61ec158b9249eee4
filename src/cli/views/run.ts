import {
  controllerFlag,
  type RollbackOutcome,
  type RunOutcome,
  type RunState,
  type RunTally,
  type StepState,
  stepState,
  tally,
  type VerifiedPlace,
} from '../../index.ts'
import { useWords } from '../../messages/kinds.ts'
import type { Plan, Step } from '../../model/plan.ts'
import { isAboutNothingNamed } from '../../model/use.ts'
import type { Paint } from '../output.ts'
import { whereWords } from './plan.ts'
import { revocableLines } from './retire.ts'
import { count, cutPlace, oneLine, wrap } from './text.ts'

const DETAIL_WIDTH = 78

/** The end of `apply`: every place with its proof. */
export function applyLines({ state, exitCode }: RunOutcome, paint: Paint): readonly string[] {
  const flags = controllerFlag(state.plan, { opens: true })
  const { shown, hidden: untouched } = fewUntouched(state.plan.steps, (step) => isUntouched(stepState(state, step.id)))
  return [
    ...shortened(shown, (step) => isProved(stepState(state, step.id)), {
      linesOf: (step) => placeLines(step, stepState(state, step.id), state.plan.sources, paint),
      rest: (hidden) => `     ... ${count(hidden, 'more place')}, proved (keyturn show ${state.run})`,
    }),
    ...moreLine(untouched, `unchanged (keyturn show ${state.run})`),
    '',
    ...wrap(tallyWords(tally(state)), 80).map((line) => paint.bold(line)),
    `Run ${state.run} ${state.outcome === 'stopped' ? 'was stopped; the rest is unchanged.' : 'is complete.'}`,
    ...(state.outcome === 'stopped' ? [`    keyturn apply ${state.run} --resume${flags}`] : []),
    ...(exitCode === 3 && tally(state).unverifiable > 0
      ? ['Ask again for what could not be checked:', `    keyturn verify ${state.run}${flags}${repositoryFlag(state)}`]
      : []),
    'To put the old bytes back:',
    `    keyturn rollback ${state.run}${controllerFlag(state.plan)}`,
    ...revocableLines(state, paint),
  ]
}

/** What went well is shown as far as it helps to see it; everything else is shown. */
const MOST_FINE = 40

function shortened<One>(
  ones: readonly One[],
  isFine: (one: One) => boolean,
  { linesOf, rest }: { readonly linesOf: (one: One) => readonly string[]; readonly rest: (hidden: number) => string },
): readonly string[] {
  const fine = ones.filter(isFine)
  const shownOnes = new Set(fine.slice(0, MOST_FINE))
  const lines = ones.flatMap((one) => (shownOnes.has(one) || !isFine(one) ? linesOf(one) : []))
  return fine.length > shownOnes.size ? [...lines, rest(fine.length - shownOnes.size)] : lines
}

/** What was not reached is many places when a run is stopped early; of them the number tells most. */
const MOST_UNTOUCHED = 10

function fewUntouched<One>(
  ones: readonly One[],
  isOne: (one: One) => boolean,
): { readonly shown: readonly One[]; readonly hidden: number } {
  const untouched = ones.filter(isOne)
  const left = new Set(untouched.slice(MOST_UNTOUCHED))
  return { shown: ones.filter((one) => !left.has(one)), hidden: left.size }
}

function moreLine(hidden: number, words: string): readonly string[] {
  return hidden === 0 ? [] : [`     ... ${count(hidden, 'more place')}, ${words}`]
}

function isUntouched({ phase }: StepState): boolean {
  return openWords(phase, undefined) === 'unchanged'
}

function isProved({ phase, proof }: StepState): boolean {
  return phase === 'done' && proof?.outcome === 'verified'
}

/** Asked again as before, the answer would be the same. */
function repositoryFlag(state: RunState): string {
  const isBlind = state.plan.steps.some(
    (step) => stepState(state, step.id).proof?.outcome === 'not verifiable here' && step.uses.some(isAboutNothingNamed),
  )
  return isBlind ? ' --repository WORKSPACE/NAME' : ''
}

function tallyWords({ places, verified, unverifiable, unproved, announced }: RunTally): string {
  return [
    `${count(verified, 'place')} of ${places} changed and proved`,
    ...(unverifiable === 0 ? [] : [`${unverifiable} changed and not proved here`]),
    ...(unproved === 0 ? [] : [`${unproved} changed and not proved yet`]),
    ...(announced === 0 ? [] : [`${announced} announced`]),
  ].join(', ')
}

/** One place with its proof. */
function placeLines(step: Step, state: StepState, sources: readonly string[], paint: Paint): readonly string[] {
  const where = cutPlace(whereWords(step.place, sources), DETAIL_WIDTH - 5)
  if (isProved(state))
    return [`  ${paint.green('~')}  ${where}`, ...wrap(`proved: ${usesWords(step)}`, DETAIL_WIDTH, '       ')]
  const words = openWords(state.phase, state.proof?.detail)
  const symbol = words === 'unchanged' ? paint.dim('.') : paint.yellow('?')
  return [`  ${symbol}  ${where}`, ...wrap(words, DETAIL_WIDTH, '       ')]
}

/** Of a place that is not proved. */
function openWords(phase: StepState['phase'], detail: string | undefined): string {
  if (phase === 'done')
    return detail === undefined ? 'changed; not proved yet' : `changed; could not be checked: ${oneLine(detail)}`
  return phase === 'announced' || phase === 'undo announced'
    ? 'announced; whether it was changed is read when the run goes on'
    : 'unchanged'
}

function usesWords({ uses }: Step): string {
  return [...new Set(uses.map(useWords))].join(', ')
}

/** `again`: the command that asks about what could not be checked, with what was missing. */
export function verifyLines(
  places: readonly VerifiedPlace[],
  sources: readonly string[],
  paint: Paint,
  hints: readonly string[] = [],
): readonly string[] {
  const words = { verified: 'verified', 'not verifiable here': 'could not be checked', refused: 'refused' }
  const symbol = { verified: paint.green('='), 'not verifiable here': paint.yellow('?'), refused: paint.red('!') }
  const verified = places.filter(({ proof }) => proof.kind === 'verified').length
  return [
    ...shortened(places, ({ proof }) => proof.kind === 'verified', {
      linesOf: ({ step, proof }) => [
        `  ${symbol[proof.kind]}  ${cutPlace(whereWords(step.place, sources), 52)}  ${words[proof.kind]}`,
        ...wrap(oneLine(proof.detail), DETAIL_WIDTH, '       ').map((line) => paint.dim(line)),
      ],
      rest: (hidden) => `     ... ${count(hidden, 'more place')}, verified (--json shows them)`,
    }),
    ...(places.length === 0
      ? ['No place holds a change of this run, so there is nothing to prove.']
      : ['', paint.bold(`${verified} of ${count(places.length, 'place')} verified`)]),
    ...(places.every(({ proof }) => proof.kind !== 'not verifiable here') ? [] : hints),
  ]
}

export function rollbackLines({ state, restored, left, remaining }: RollbackOutcome, paint: Paint): readonly string[] {
  const { run, plan } = state
  const dead = restored.filter(isRefused).length
  const { shown, hidden } = fewUntouched(remaining, () => true)
  return [
    ...shortened(restored, () => true, {
      linesOf: (step) => [`  ${paint.cyan('~')}  ${whereWords(step.place, plan.sources)}`],
      rest: (hidden) => `     ... ${count(hidden, 'more place')}, put back (keyturn show ${run})`,
    }),
    ...left.flatMap(({ step, because, byHand = [] }) => [
      `  ${paint.yellow('!')}  ${whereWords(step.place, plan.sources)}`,
      ...[because, ...byHand].flatMap((text) => wrap(text, DETAIL_WIDTH, '       ')),
    ]),
    ...shown.flatMap((step) => [
      `  ${paint.yellow('.')}  ${whereWords(step.place, plan.sources)}`,
      '       not put back yet',
    ]),
    ...moreLine(hidden, `not put back yet (keyturn show ${run})`),
    ...(restored.length + left.length + remaining.length === 0 ? [] : ['']),
    paint.bold(backWords(restored.length, left.length, remaining.length)),
    ...againLines(left, remaining.length, state),
    ...(dead > 0 ? ['The bytes are the old ones. Bitbucket does not accept app passwords again.'] : []),
    ...new Set(
      restored.filter((step) => !isRefused(step)).flatMap(({ caveat }) => (caveat === undefined ? [] : [caveat])),
    ),
  ]
}

function againLines(left: RollbackOutcome['left'], remaining: number, { run, plan }: RunState): readonly string[] {
  const again = `    keyturn rollback ${run}${controllerFlag(plan)}`
  const others = [...new Set(left.flatMap(({ by }) => by ?? []))].sort().reverse()
  if (others.length > 0) {
    const which = others.length === 1 ? 'a later run' : 'later runs, the last one first'
    return [`To put back ${which}, and then the rest:`, ...others.map((other) => laterLine(other, left, plan)), again]
  }
  if (remaining > 0) return ['It was stopped. To put the rest back:', again]
  if (left.length > 0 && left.every(({ foreign }) => foreign))
    return [
      'Look at what is left. Where it is to stay so, the way back can be given up:',
      `    keyturn forget ${run} --force`,
    ]
  if (left.every(({ foreign, byHand }) => foreign || byHand !== undefined)) return []
  return ['Remove what stands in the way, then put the rest back:', again]
}

/** Its plan is not at hand: it has at least the controllers of the places that it shares with this one. */
function laterLine(other: string, left: RollbackOutcome['left'], plan: Plan): string {
  const steps = left.filter(({ by }) => by === other).map(({ step }) => step)
  return `    keyturn rollback ${other}${controllerFlag({ ...plan, steps })}`
}

function backWords(restored: number, left: number, remaining: number): string {
  if (restored + left + remaining === 0) return 'Nothing had to be put back.'
  return [
    `${count(restored, 'place')} put back`,
    ...(left === 0 ? [] : [`${left} left as found`]),
    ...(remaining === 0 ? [] : [`${remaining} not put back yet`]),
  ].join(', ')
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
