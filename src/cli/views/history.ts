import { type AuditedRun, type RunState, type RunTally, type StepState, stepState, tally } from '../../index.ts'
import { KIND_WORDS, useWords } from '../../messages/kinds.ts'
import type { Actor } from '../../model/journal-entry.ts'
import type { Step } from '../../model/plan.ts'
import type { Fingerprint, SecretKind } from '../../model/secret.ts'
import { type DamagedRun, damageWord } from '../known-runs.ts'
import type { Paint } from '../output.ts'
import { csvText } from './csv.ts'
import { credentialWords, namedIds, whereWords } from './plan.ts'
import { columns, count, cutPlace, oneLine, wrap } from './text.ts'

const WIDTH = 78

export function runsDocument(runs: readonly RunState[], damaged: readonly DamagedRun[]): unknown {
  return { schema: 'keyturn/runs/1', runs: runs.map(summaryOf), damaged }
}

function summaryOf(state: RunState): object {
  return { ...headOf(state), ...countsOf(state) }
}

function headOf({ run, plan, startedAt, lastAt, outcome, actors, planDigest, forgotten }: RunState): object {
  return {
    run,
    plan: plan.id,
    startedAt,
    lastAt,
    outcome,
    by: actors.map(({ user, host }) => ({ user, host })),
    ...(planDigest === undefined ? {} : { planDigest }),
    ...(forgotten === undefined ? {} : { forgotten }),
  }
}

function countsOf(state: RunState): Pick<RunTally, 'places' | 'changed' | 'verified' | 'restored'> {
  const { places, changed, verified, restored } = tally(state)
  return { places, changed, verified, restored }
}

export function runsLines(runs: readonly RunState[], damaged: readonly DamagedRun[], paint: Paint): readonly string[] {
  if (runs.length + damaged.length === 0) return ['No run yet.']
  const rows = [
    ...runs.map((state) => {
      const { places, changed, verified, restored } = countsOf(state)
      const back = restored === 0 ? '' : `, ${restored} put back`
      const who = state.actors.length === 0 ? '' : `, by ${actorsOf(state)}`
      return {
        head: [
          state.run,
          minuteOf(state.startedAt),
          `${state.outcome === 'open' ? '! open' : state.outcome}${state.forgotten === undefined ? '' : ', forgotten'}`,
        ],
        words: `${changed} of ${places} changed, ${verified} verified${back}${who}`,
      }
    }),
    ...damaged.map((run) => ({ head: [run.run, '', damageWord(run)], words: run.because })),
  ]
  const heads = columns(
    rows.map(({ head }) => head),
    '  ',
  )
  return [
    count(rows.length, 'run'),
    ...rows.flatMap(({ words }, index) => [heads[index] ?? '', ...wrap(oneLine(words), WIDTH, '       ')]),
    ...(damaged.length === 0 ? [] : ['', paint.yellow('What is damaged, and how:'), '    keyturn audit']),
    ...(runs.length === 0 ? [] : ['', 'What one of them changed:', `    keyturn show ${runs.at(-1)?.run}`]),
  ]
}

function actorsOf({ actors }: RunState): string {
  return oneLine(actors.map(actorWords).join(', '))
}

function actorWords({ user, host }: Actor): string {
  return `${user}@${host}`
}

function minuteOf(time: string): string {
  return time === '' ? 'time not known' : `${time.slice(0, 16).replace('T', ' ')} UTC`
}

/** One step, as who asks for an account of it wants it. */
interface Change {
  readonly step: string
  readonly place: Step['place']
  readonly phase: StepState['phase']
  readonly changedAt?: string
  readonly by?: { readonly user: string; readonly host: string }
  readonly from: Held
  readonly to: Held & { readonly token?: string }
  readonly uses: Step['uses']
  readonly proof?: StepState['proof']
  readonly provedAt?: string
  readonly gaveUp?: StepState['gaveUp']
}

interface Held {
  readonly kind?: SecretKind
  readonly username?: string
  readonly fingerprint?: Fingerprint
  /** Ids of what it names, where it names credentials and holds none. */
  readonly credentials?: readonly string[]
}

/** Journal and plan together make the account. */
export const OTHER_PLAN =
  'plan.json is not the plan that this run began with, so what is said of its places may be untrue'

export function showDocument(state: RunState): unknown {
  const plan = state.otherPlan ? { otherPlan: true } : {}
  return { schema: 'keyturn/show/1', ...headOf(state), ...plan, ...countsOf(state), changes: changesOf(state) }
}

function changesOf(state: RunState): readonly Change[] {
  return state.plan.steps.map((step) => {
    const { phase, changedAt, by, proof, provedAt, gaveUp } = stepState(state, step.id)
    return {
      step: step.id,
      place: step.place,
      phase,
      ...(changedAt === undefined ? {} : { changedAt }),
      ...(by === undefined ? {} : { by: { user: by.user, host: by.host } }),
      from: heldBefore(step),
      to: heldAfter(step, state),
      uses: step.uses,
      ...(proof === undefined ? {} : { proof }),
      ...(provedAt === undefined ? {} : { provedAt }),
      ...(gaveUp === undefined ? {} : { gaveUp }),
    }
  })
}

function heldBefore({ from: { kind, username, fingerprint }, to: { reference } }: Step): Held {
  return {
    ...(reference === undefined ? {} : { credentials: namedIds(reference, 'from') }),
    ...(kind === undefined ? {} : { kind }),
    ...(username === undefined ? {} : { username }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
  }
}

/** A step that keeps the secret leaves its kind. */
function heldAfter(step: Step, { tokenKinds }: RunState): Change['to'] {
  const { username, token, fingerprint, reference } = step.to
  if (reference !== undefined) return { credentials: namedIds(reference, 'to') }
  const { username: before, ...secret } = heldBefore(step)
  const name = username === 'keep' ? before : username === 'remove' ? undefined : username.set
  const shownName = name === undefined ? {} : { username: name }
  if (token === undefined) return { ...secret, ...shownName }
  const kind = tokenKinds?.[token]
  return {
    ...(kind === undefined ? {} : { kind }),
    ...shownName,
    ...(fingerprint === undefined ? {} : { fingerprint }),
    token,
  }
}

export function showLines(state: RunState, paint: Paint): readonly string[] {
  const { places, changed, verified, restored } = countsOf(state)
  const { forgotten } = state
  return [
    paint.bold(`Run ${state.run} of plan ${state.plan.id}: ${state.outcome}`),
    `  began    ${minuteOf(state.startedAt)}`,
    ...(state.lastAt === '' ? [] : [`  last     ${minuteOf(state.lastAt)}`]),
    ...(state.actors.length === 0 ? [] : [`  by       ${actorsOf(state)}`]),
    `  places   ${changed} of ${places} changed, ${verified} verified${restored === 0 ? '' : `, ${restored} put back`}`,
    `  backups  ${forgotten === undefined ? 'kept' : `shredded ${minuteOf(forgotten.at)}${forgotten.finished ? '' : ', not to the end'}`}`,
    '',
    ...changesOf(state).flatMap((change) => changeLines(change, state, paint)),
  ]
}

const PHASE_WORDS: Readonly<Record<StepState['phase'], string>> = {
  'not started': 'not changed',
  announced: 'announced; whether it was changed is not known',
  done: 'changed',
  'undo announced': 'putting it back was announced; whether it was is not known',
  undone: 'put back',
}

/** What a place went from and to, where it does not hold the new one. */
const FROM_WORDS: Partial<Readonly<Record<StepState['phase'], string>>> = {
  'not started': 'planned: from',
  undone: 'before that it went from',
}

function changeLines(change: Change, { plan }: RunState, paint: Paint): readonly string[] {
  const { phase, proof, gaveUp, changedAt, by } = change
  const when = changedAt === undefined ? '' : ` ${minuteOf(changedAt)}`
  const who = by === undefined ? '' : ` by ${oneLine(`${by.user}@${by.host}`)}`
  const mark = phase === 'done' ? paint.green('~') : phase === 'undone' ? paint.cyan('~') : paint.yellow('.')
  return [
    `  ${mark}  ${change.place.id}  ${cutPlace(whereWords(change.place, plan.sources), WIDTH - 18)}`,
    `       ${PHASE_WORDS[phase]}${phase === 'done' || phase === 'undone' ? `${when}${who}` : ''}`,
    ...wrap(`${FROM_WORDS[phase] ?? 'from'} ${heldWords(change.from)} to ${heldWords(change.to)}`, WIDTH, '       '),
    ...(proof === undefined
      ? []
      : wrap(`${proofWords(proof.outcome, phase)}: ${oneLine(proof.detail)}`, WIDTH, '       ')),
    ...(gaveUp === undefined ? [] : wrap(`failed: ${gaveUp.code} ${oneLine(gaveUp.because)}`, WIDTH, '       ')),
  ]
}

/** What was put back was proved with the credential that is there no more. */
function proofWords(outcome: 'verified' | 'not verifiable here', phase: StepState['phase']): string {
  const words = outcome === 'verified' ? 'verified' : 'could not be checked'
  return phase === 'undone' ? `${words} before that` : words
}

function heldWords({ kind, username, fingerprint, credentials }: Held): string {
  if (credentials !== undefined) return oneLine(credentialWords(credentials))
  const kindWords = kind === 'unknown' ? 'a secret of unknown kind' : kind === undefined ? undefined : KIND_WORDS[kind]
  const secret = [kindWords, fingerprint].filter((word) => word !== undefined).join(' ')
  const words = [username, secret].filter((word) => word !== undefined && word !== '')
  return words.length === 0 ? 'nothing' : oneLine(words.join(', '))
}

const SHOW_COLUMNS = [
  'run',
  'plan',
  'step',
  'phase',
  'changedAt',
  'user',
  'host',
  'consumer',
  'path',
  'url',
  'address',
  'fromKind',
  'fromUsername',
  'fromFingerprint',
  'toKind',
  'toUsername',
  'toFingerprint',
  'token',
  'uses',
  'proof',
  'provedAt',
  'detail',
  'failed',
  'fromCredentials',
  'toCredentials',
] as const

/** One line per step. */
export function showCsv(state: RunState): string {
  const rows = changesOf(state).map((change) => ({
    run: state.run,
    plan: state.plan.id,
    step: change.step,
    phase: change.phase,
    changedAt: change.changedAt,
    user: change.by?.user,
    host: change.by?.host,
    consumer: change.place.consumer,
    path: change.place.at.kind === 'file' ? change.place.at.path : undefined,
    url: change.place.at.kind === 'url' ? change.place.at.url : undefined,
    address: change.place.address,
    fromKind: change.from.kind,
    fromUsername: change.from.username,
    fromFingerprint: change.from.fingerprint,
    toKind: change.to.kind,
    toUsername: change.to.username,
    toFingerprint: change.to.fingerprint,
    token: change.to.token,
    uses: [...new Set(change.uses.map(useWords))].join(', '),
    proof: change.proof?.outcome,
    provedAt: change.provedAt,
    detail: change.proof?.detail,
    failed: change.gaveUp?.code,
    fromCredentials: change.from.credentials?.join(', '),
    toCredentials: change.to.credentials?.join(', '),
  }))
  return csvText(SHOW_COLUMNS, rows)
}

export function auditDocument(audited: readonly AuditedRun[]): unknown {
  return {
    schema: 'keyturn/audit/1',
    runs: audited.map(({ run, verdict, lines, damage, notes }) => ({ run, verdict, lines, damage, notes })),
  }
}

export function auditLines(audited: readonly AuditedRun[], paint: Paint): readonly string[] {
  if (audited.length === 0) return ['No run yet.']
  const damaged = audited.filter(({ verdict }) => verdict === 'damaged').length
  return [
    ...audited.flatMap(({ run, verdict, lines, damage, notes }) => [
      `  ${verdict === 'OK' ? paint.green('=') : paint.red('!')}  ${run}  ${verdict}, ${count(lines, 'line')} follow one another`,
      ...damage.flatMap((words) => wrap(oneLine(words), WIDTH, '       ')),
      ...notes.flatMap((words) => wrap(oneLine(words), WIDTH, '       ').map((line) => paint.dim(line))),
    ]),
    '',
    paint.bold(
      damaged === 0 ? `${count(audited.length, 'run')}: OK` : `${damaged} of ${count(audited.length, 'run')} damaged`,
    ),
  ]
}
