import type { ErrorCode } from '../model/failure.ts'
import type { Actor, BackupRef, EndedAs, JournalEntry } from '../model/journal-entry.ts'
import type { Digest, Plan, Standing, StepId } from '../model/plan.ts'
import type { SecretKind } from '../model/secret.ts'
import type { KeptBackup } from './backups.ts'

export type Phase = 'not started' | 'announced' | 'done' | 'undo announced' | 'undone'

export interface StepState {
  readonly phase: Phase
  /** Digest before the step, from the announcement. */
  readonly from?: Standing
  readonly to?: Standing | 'unpredictable'
  readonly backup?: BackupRef
  /** SHA-256 (hex) of the file of the backup. */
  readonly sealed?: string
  /** Digest of what else its entry of a list held when it was changed first. */
  readonly entry?: Digest
  /** Digest that the last finished act left. */
  readonly now?: Standing
  readonly undo?: { readonly from: Standing; readonly to: Standing | 'unpredictable' }
  readonly proof?: { readonly outcome: 'verified' | 'not verifiable here'; readonly detail: string }
  readonly gaveUp?: { readonly code: ErrorCode; readonly because: string }
  /** Somebody else's change was met there, and is not taken for ours afterwards, whatever the next attempt fails with. */
  readonly isTheirs?: true
  /** ISO times of the last finished act, and of the proof. Absent in runs of versions that did not keep them. */
  readonly changedAt?: string
  readonly provedAt?: string
  /** Who let the last finished act happen. */
  readonly by?: Actor
}

export interface RunState {
  readonly run: string
  readonly plan: Plan
  readonly startedAt: string
  /** Of the last entry, as far as entries say when they were written. */
  readonly lastAt: string
  /** `open`: it did not come to an end; a crash, a failure, or it is still going. */
  readonly outcome: EndedAs | 'open'
  readonly steps: ReadonlyMap<StepId, StepState>
  /** Who began it and who went on with it, in order, without repetition. */
  readonly actors: readonly Actor[]
  /** SHA-256 (hex) of the plan that it began with. */
  readonly planDigest?: string
  /** Tells the key of the installation that began it from another one. */
  readonly key?: Digest
  /** `plan` is not the one that it began with, so what it says of places may be untrue. */
  readonly otherPlan?: true
  /** Kinds of the tokens that its steps put, by their name in the vault. */
  readonly tokenKinds?: Readonly<Record<string, SecretKind>>
  /** `finished`: the backups are gone; otherwise some of them may be. */
  readonly forgotten?: { readonly at: string; readonly finished: boolean; readonly forced: boolean }
}

const NOT_STARTED: StepState = { phase: 'not started' }

/** Everything but the map of the steps, which grows in place so that each entry costs the same. */
type RunFacts = Omit<RunState, 'steps' | 'run' | 'plan' | 'otherPlan'>

/** A run that is being read or carried out. */
export interface RunFold {
  add(entry: JournalEntry): void
  /** A view: its steps go on with the run. */
  state(): RunState
}

/** A run is a fold over its journal. `planDigest`: of the bytes that `plan` was read from. */
export function beginFold(run: string, plan: Plan, planDigest?: string): RunFold {
  const steps = new Map<StepId, StepState>(plan.steps.map((step) => [step.id, NOT_STARTED]))
  let facts: RunFacts = { startedAt: '', lastAt: '', outcome: 'open', actors: [] }
  let actor: Actor | undefined
  return {
    add: (entry) => {
      if ('by' in entry) actor = entry.by
      if ('step' in entry) steps.set(entry.step, stepAfter(steps.get(entry.step) ?? NOT_STARTED, entry, actor))
      if (!('step' in entry) || facts.outcome !== 'open') facts = factsAfter(facts, entry)
      else if (entry.at !== undefined && entry.at !== facts.lastAt) facts = { ...facts, lastAt: entry.at }
    },
    state: () => {
      const isOther = planDigest !== undefined && facts.planDigest !== undefined && facts.planDigest !== planDigest
      return { run, plan, steps, ...facts, ...(isOther ? { otherPlan: true } : {}) }
    },
  }
}

function factsAfter(facts: RunFacts, entry: JournalEntry): RunFacts {
  const at = entry.at ?? facts.lastAt
  const later = { ...facts, lastAt: at }
  switch (entry.kind) {
    case 'began':
      return {
        ...later,
        startedAt: entry.at,
        outcome: 'open',
        actors: withActor(facts.actors, entry.by),
        ...(entry.planDigest === undefined ? {} : { planDigest: entry.planDigest }),
        ...(entry.key === undefined ? {} : { key: entry.key }),
        ...(entry.tokenKinds === undefined ? {} : { tokenKinds: entry.tokenKinds }),
      }
    case 'resumed':
      return { ...later, outcome: 'open', actors: withActor(facts.actors, entry.by) }
    case 'ended':
      return { ...later, outcome: entry.outcome }
    case 'forgets':
      return {
        ...later,
        // It can neither go on nor be put back, so it ends here, and bars its places no longer.
        outcome: facts.outcome === 'open' ? 'stopped' : facts.outcome,
        actors: withActor(facts.actors, entry.by),
        forgotten: { at, finished: false, forced: entry.forced },
      }
    case 'forgot':
      return { ...later, forgotten: { at, finished: true, forced: facts.forgotten?.forced ?? false } }
    case 'verified':
      // `forget` asks once more after the end, and opens nothing again.
      return later
    default:
      return { ...later, outcome: 'open' }
  }
}

function withActor(actors: readonly Actor[], by: Actor | undefined): readonly Actor[] {
  const isKnown = actors.some(({ user, host }) => user === by?.user && host === by?.host)
  return by === undefined || isKnown ? actors : [...actors, by]
}

type StepEntry = Extract<JournalEntry, { readonly step: StepId }>

/** A backup that was kept anew is another one. */
function announced(
  { sealed: _earlier, ...state }: StepState,
  entry: Extract<StepEntry, { kind: 'intends' }>,
): StepState {
  return {
    ...state,
    phase: 'announced',
    from: state.from ?? entry.from,
    to: entry.to,
    backup: entry.backup,
    ...(entry.sealed === undefined ? {} : { sealed: entry.sealed }),
    ...(state.entry !== undefined || entry.entry === undefined ? {} : { entry: entry.entry }),
  }
}

function stepAfter(
  { gaveUp: _earlier, isTheirs, ...state }: StepState,
  entry: StepEntry,
  by: Actor | undefined,
): StepState {
  const changed = { ...(entry.at === undefined ? {} : { changedAt: entry.at }), ...(by === undefined ? {} : { by }) }
  switch (entry.kind) {
    case 'intends':
      return announced(state, entry)
    case 'did':
      return { ...state, phase: 'done', now: entry.now, ...changed }
    case 'verified':
      return {
        ...state,
        proof: { outcome: entry.outcome, detail: entry.detail },
        ...(entry.at === undefined ? {} : { provedAt: entry.at }),
      }
    case 'intends undo':
      return { ...state, phase: 'undo announced', undo: { from: entry.from, to: entry.to } }
    case 'undid':
      return { ...state, phase: 'undone', now: entry.now, ...changed }
    case 'gave up':
      return {
        ...state,
        gaveUp: { code: entry.code, because: entry.because },
        ...(isTheirs || entry.code === 'R205' ? { isTheirs: true } : {}),
      }
  }
}

/** Where the places of a run stand; whoever says numbers of a run takes them from here. */
export interface RunTally {
  readonly places: number
  /** Hold the new credential: `verified`, `unverifiable` and `unproved` together. */
  readonly changed: number
  readonly verified: number
  /** Nothing here could tell whether it works. */
  readonly unverifiable: number
  /** Not asked yet, or refused. */
  readonly unproved: number
  /** Announced, to be changed or put back; whether it was is read when the run goes on. */
  readonly announced: number
  readonly restored: number
}

/** `but`: a step that is spoken of on its own. */
export function tally({ steps, plan }: RunState, but?: StepId): RunTally {
  const count = { changed: 0, verified: 0, unverifiable: 0, unproved: 0, announced: 0, restored: 0 }
  for (const [id, { phase, proof }] of steps) {
    if (id === but || phase === 'not started') continue
    if (phase === 'undone') count.restored += 1
    else if (phase !== 'done') count.announced += 1
    else {
      count.changed += 1
      count[proof === undefined ? 'unproved' : proof.outcome === 'verified' ? 'verified' : 'unverifiable'] += 1
    }
  }
  return { places: plan.steps.length, ...count }
}

/** Its places are being put back: it cannot be continued forward. */
export function isGoingBack({ steps }: RunState): boolean {
  return [...steps.values()].some(({ phase }) => phase === 'undo announced' || phase === 'undone')
}

export function stepState(state: RunState, step: StepId): StepState {
  return state.steps.get(step) ?? NOT_STARTED
}

/** The backup of a step as it was announced last. */
export function keptBackup({ backup, sealed }: StepState): KeptBackup | undefined {
  return backup === undefined ? undefined : { backup, ...(sealed === undefined ? {} : { sealed }) }
}
