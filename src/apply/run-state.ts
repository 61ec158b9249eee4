import type { ErrorCode } from '../model/failure.ts'
import type { BackupRef, JournalEntry } from '../model/journal-entry.ts'
import type { Plan, Standing, StepId } from '../model/plan.ts'

export type Phase = 'not started' | 'announced' | 'done' | 'undo announced' | 'undone'

export interface StepState {
  readonly phase: Phase
  /** Digest before the step, from the announcement. */
  readonly from?: Standing
  readonly to?: Standing | 'unpredictable'
  readonly backup?: BackupRef
  /** Digest that the last finished act left. */
  readonly now?: Standing
  readonly undo?: { readonly from: Standing; readonly to: Standing | 'unpredictable' }
  readonly proof?: { readonly outcome: 'verified' | 'not verifiable here'; readonly detail: string }
  readonly gaveUp?: { readonly code: ErrorCode; readonly because: string }
}

export interface RunState {
  readonly run: string
  readonly plan: Plan
  readonly startedAt: string
  /** `open`: it did not come to an end; a crash, or it is still going. */
  readonly outcome: 'applied' | 'rolled back' | 'stopped' | 'open'
  readonly steps: ReadonlyMap<StepId, StepState>
}

const NOT_STARTED: StepState = { phase: 'not started' }

/** A run is a fold over its journal. */
export function foldRun(run: string, plan: Plan, entries: readonly JournalEntry[]): RunState {
  const steps = new Map<StepId, StepState>(plan.steps.map((step) => [step.id, NOT_STARTED]))
  let outcome: RunState['outcome'] = 'open'
  let startedAt = ''
  for (const entry of entries) {
    if (entry.kind === 'began') startedAt = entry.at
    outcome = entry.kind === 'ended' ? entry.outcome : 'open'
    if ('step' in entry) steps.set(entry.step, stepAfter(steps.get(entry.step) ?? NOT_STARTED, entry))
  }
  return { run, plan, startedAt, outcome, steps }
}

type StepEntry = Extract<JournalEntry, { readonly step: StepId }>

function stepAfter({ gaveUp: _earlier, ...state }: StepState, entry: StepEntry): StepState {
  switch (entry.kind) {
    case 'intends':
      return { ...state, phase: 'announced', from: state.from ?? entry.from, to: entry.to, backup: entry.backup }
    case 'did':
      return { ...state, phase: 'done', now: entry.now }
    case 'verified':
      return { ...state, proof: { outcome: entry.outcome, detail: entry.detail } }
    case 'intends undo':
      return { ...state, phase: 'undo announced', undo: { from: entry.from, to: entry.to } }
    case 'undid':
      return { ...state, phase: 'undone', now: entry.now }
    case 'gave up':
      return { ...state, gaveUp: { code: entry.code, because: entry.because } }
  }
}

export function stepState(state: RunState, step: StepId): StepState {
  return state.steps.get(step) ?? NOT_STARTED
}
