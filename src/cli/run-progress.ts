import type { ApplyEvent, RunState } from '../index.ts'
import type { StepId } from '../model/plan.ts'
import type { Clock } from '../model/ports.ts'
import type { Output } from './output.ts'
import { count } from './views/text.ts'

const BAR_WIDTH = 20
const REDRAW_MS = 50

export interface Progress {
  readonly onEvent: (event: ApplyEvent) => void
}

export interface RunSize {
  /** Places that this command is about. */
  readonly of: number
  /** What earlier commands left of the run. */
  readonly begun?: RunState
  /** Places of the plan that a person has to change. */
  readonly manual?: number
}

/** Steps, each in as many of these as it has been through; a run that goes on proves again what was changed and not proved. */
interface Seen {
  readonly changed: Set<StepId>
  readonly verified: Set<StepId>
  readonly open: Set<StepId>
  readonly failed: Set<StepId>
  readonly restored: Set<StepId>
}

/** What a run has done so far, in one line that is drawn again and again. */
export function runProgress(
  output: Pick<Output, 'progress'>,
  clock: Clock,
  { of, begun, manual = 0 }: RunSize,
): Progress {
  const seen = seenBefore(begun)
  let drawnAt = 0
  const draw = (line: () => string, isLast: boolean): void => {
    const now = clock.now().getTime()
    if (!isLast && now - drawnAt < REDRAW_MS) return
    drawnAt = now
    output.progress(line())
  }
  return {
    onEvent: (event) => {
      if (event.kind === 'read') {
        draw(() => `Reading ... ${event.number} of ${count(event.of, 'place')}`, event.number === event.of)
        return
      }
      note(event, seen)
      if (seen.restored.size > 0)
        draw(() => `${barOf(seen.restored.size, of)} ${seen.restored.size} of ${of} put back`, false)
      else draw(() => changeWords(seen, of, manual), false)
    },
  }
}

function seenBefore(begun: RunState | undefined): Seen {
  const seen: Seen = {
    changed: new Set(),
    verified: new Set(),
    open: new Set(),
    failed: new Set(),
    restored: new Set(),
  }
  for (const [id, { phase, proof }] of begun?.steps ?? []) {
    if (phase !== 'done') continue
    seen.changed.add(id)
    if (proof !== undefined) seen[proof.outcome === 'verified' ? 'verified' : 'open'].add(id)
  }
  return seen
}

function note(event: Exclude<ApplyEvent, { readonly kind: 'read' }>, seen: Seen): void {
  if (event.kind === 'step') return
  if (event.kind === 'proved') seen[event.outcome === 'verified' ? 'verified' : 'open'].add(event.step)
  else seen[event.kind].add(event.step)
}

function changeWords({ changed, verified, open, failed }: Seen, of: number, manual: number): string {
  const waiting = open.size + failed.size + manual
  const bar = barOf(verified.size + open.size, of)
  return `${bar} ${changed.size} of ${of} changed, ${verified.size} verified, ${waiting} waiting for a person`
}

function barOf(done: number, of: number): string {
  const filled = of === 0 ? BAR_WIDTH : Math.min(BAR_WIDTH, Math.floor((done / of) * BAR_WIDTH))
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}]`
}
