import { controllerFlag, type RunState, tally } from '../../index.ts'
import { KIND_WORDS } from '../../messages/kinds.ts'
import type { Scope } from '../../model/answer.ts'
import { daysUntil, latestEnd, SOON_DAYS } from '../../model/ends-soon.ts'
import type { SecretKind } from '../../model/secret.ts'
import { type DamagedRun, damageWord } from '../known-runs.ts'
import type { Paint } from '../output.ts'
import { columns, count, oneLine } from './text.ts'

/** A token of the vault without its secret. */
export interface ShownToken {
  readonly name: string
  readonly kind: SecretKind
  readonly fingerprint: string
  readonly email?: string
  readonly username?: string
  readonly scopes: readonly Scope[] | 'not reported'
  readonly expiresAt?: string
  readonly addedAt: string
}

export function tokenLines(tokens: readonly ShownToken[], now: Date): readonly string[] {
  if (tokens.length === 0) return ['The vault is empty.', '    keyturn token add NAME --email ADDRESS']
  const rows = tokens.map((token) => [
    token.name,
    token.fingerprint,
    KIND_WORDS[token.kind],
    oneLine(token.username ?? token.email ?? ''),
    expiryWords(token, now),
  ])
  const renews = rows.some(([, , , , expiry]) => expiry?.startsWith(SOON) === true)
  return [count(tokens.length, 'token'), ...columns(rows, '  '), ...(renews ? RENEWING : [])]
}

const SOON = '! '
const RENEWING = ['', 'A plan replaces what ends soon wherever it stands:', '    keyturn plan PATH']

export function expiryWords(token: Pick<ShownToken, 'kind' | 'expiresAt' | 'addedAt'>, now: Date): string {
  const { expiresAt } = token
  if (expiresAt === undefined) return latestWords(latestEnd(token), now)
  const days = daysUntil(expiresAt, now)
  if (days < 0) return `ended ${expiresAt.slice(0, 10)}`
  return days <= SOON_DAYS ? `${SOON}ends in ${count(days, 'day')}` : `until ${expiresAt.slice(0, 10)}`
}

/** Its own day was not given, and it is not later. */
function latestWords(latest: string | undefined, now: Date): string {
  if (latest === undefined) return 'expiry not known'
  const days = daysUntil(latest, now)
  if (days < 0) return `ended by ${latest}`
  return `${days <= SOON_DAYS ? SOON : ''}ends by ${latest}`
}

export function runLines(runs: readonly RunState[], damaged: readonly DamagedRun[], paint: Paint): readonly string[] {
  if (runs.length + damaged.length === 0) return ['No run yet.']
  const rows = [
    ...runs.map((run) => [run.run, standing(run), placesWords(run)]),
    ...damaged.map((run) => [run.run, damageWord(run), run.because]),
  ]
  const open = runs.findLast((run, index) => canGoOn(run, index === runs.length - 1))
  return [
    count(rows.length, 'run'),
    ...columns(rows, '  '),
    ...(open === undefined ? [] : ['', ...waysOn(open, paint)]),
    ...(damaged.length === 0 ? [] : ['', paint.yellow('What is damaged, and how:'), '    keyturn audit']),
  ]
}

/** Who stopped a run and went on with another plan needs no word about it any more. */
function canGoOn({ outcome, forgotten }: RunState, isNewest: boolean): boolean {
  return forgotten === undefined && (outcome === 'open' || (outcome === 'stopped' && isNewest))
}

function waysOn(state: RunState, paint: Paint): readonly string[] {
  const { run, plan, outcome, steps } = state
  const { changed, announced } = tally(state)
  const goesBack = [...steps.values()].some(({ phase }) => phase === 'undo announced' || phase === 'undone')
  return [
    paint.yellow(
      outcome === 'open'
        ? `Run ${run} has no end: a command carries it out now, or it broke off.`
        : `Run ${run} was stopped.`,
    ),
    ...(outcome === 'open' ? ['Where it broke off:'] : []),
    ...(goesBack ? [] : [`    keyturn apply ${run} --resume${controllerFlag(plan, { opens: true })}`]),
    ...(changed + announced === 0
      ? []
      : [
          goesBack ? 'To put the rest back:' : 'or, to put its places back:',
          `    keyturn rollback ${run}${controllerFlag(plan)}`,
        ]),
  ]
}

function standing({ outcome }: RunState): string {
  return outcome === 'open' ? '! open' : outcome
}

function placesWords(state: RunState): string {
  const { changed, places, verified } = tally(state)
  return `${changed} of ${places} places changed, ${verified} proved`
}
