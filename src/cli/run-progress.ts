import type { ApplyEvent } from '../index.ts'
import type { Clock } from '../model/ports.ts'
import type { Output } from './output.ts'
import { count } from './views/text.ts'

const BAR_WIDTH = 20
const REDRAW_MS = 50

export interface Progress {
  readonly onEvent: (event: ApplyEvent) => void
}

/** What a run has done so far, in one line that is drawn again and again; `before` says what was done before this command. */
export function runProgress(
  output: Pick<Output, 'progress'>,
  clock: Clock,
  { of, before = 0, verified = 0, manual = 0 }: RunSize,
): Progress {
  const seen = { changed: before, verified, open: before - verified, failed: 0, restored: 0 }
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
      if (event.kind === 'changed' || event.kind === 'restored' || event.kind === 'failed') seen[event.kind] += 1
      if (event.kind === 'proved') seen[event.outcome === 'verified' ? 'verified' : 'open'] += 1
      if (seen.restored > 0) draw(() => `${barOf(seen.restored, of)} ${seen.restored} of ${of} put back`, false)
      else draw(() => changeWords(seen, of, manual), false)
    },
  }
}

export interface RunSize {
  readonly of: number
  /** Changed by earlier commands, and how many of them were verified. */
  readonly before?: number
  readonly verified?: number
  /** Places of the plan that a person has to change. */
  readonly manual?: number
}

function changeWords(
  seen: { readonly changed: number; readonly verified: number; readonly open: number; readonly failed: number },
  of: number,
  manual: number,
): string {
  const waiting = seen.open + seen.failed + manual
  return `${barOf(seen.verified + seen.open, of)} ${seen.changed} of ${of} changed, ${seen.verified} verified, ${waiting} waiting for a person`
}

function barOf(done: number, of: number): string {
  const filled = of === 0 ? BAR_WIDTH : Math.floor((done / of) * BAR_WIDTH)
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}]`
}
