import { type RunState, stepState } from '../../index.ts'
import type { Plan, Retirement } from '../../model/plan.ts'
import { ofStepsLeft } from '../../model/steps-left.ts'
import type { Paint } from '../output.ts'
import { count, oneLine, wrap } from './text.ts'

const FEW = 8
const INDENT = '         '
/** What keyturn cannot know, and a revoked secret shows at once. */
const SCANNED_ALONE = 'Only what was scanned is known here: look first for others that use it.'

/** At the very end: secrets that still open something. */
export function retireLines({ retire = [] }: Plan, paint: Paint, all: boolean): readonly string[] {
  const few = all ? retire.length : FEW
  return revokeLines(
    retire,
    { heading: 'At the end, when every place is verified:', few, rest: '--all shows them' },
    paint,
  )
}

/** The same after a run, as far as its places are proved. */
export function revocableLines(state: RunState, paint: Paint): readonly string[] {
  const steps = state.plan.steps.filter(({ id }) => {
    const { phase, proof } = stepState(state, id)
    return phase === 'done' && proof?.outcome === 'verified'
  })
  const { retire = [] } = ofStepsLeft({ ...state.plan, steps })
  const heading = 'What was replaced still opens something:'
  return revokeLines(retire, { heading, few: FEW, rest: 'the plan names them' }, paint)
}

function revokeLines(
  retire: readonly Retirement[],
  { heading, few, rest }: { readonly heading: string; readonly few: number; readonly rest: string },
  paint: Paint,
): readonly string[] {
  if (retire.length === 0) return []
  const hidden = retire.length - few
  return [
    '',
    heading,
    ...retire.slice(0, few).flatMap((one) => secretLines(one, paint)),
    ...(hidden > 0 ? [`     ... ${count(hidden, 'more secret')} (${rest})`] : []),
    ...wrap(SCANNED_ALONE, 80, '     '),
  ]
}

function secretLines({ fingerprint, owner, places, still, wayOut }: Retirement, paint: Paint): readonly string[] {
  const ofOwner = owner === undefined ? '' : ` of ${oneLine(owner)}`
  const waits = still.length === 0 ? '' : `Not yet: ${count(still.length, 'place holds', 'places hold')} it still. `
  return [
    `  ${paint.red('-')}  revoke   ${fingerprint}${ofOwner}, replaced in ${count(places.length, 'place')}`,
    ...wrap(`${waits}${wayOut}`, 78, INDENT),
  ]
}
