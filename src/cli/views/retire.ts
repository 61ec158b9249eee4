import { type RunState, stepState } from '../../index.ts'
import type { Plan, Retirement } from '../../model/plan.ts'
import type { Fingerprint } from '../../model/secret.ts'
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
  const done = state.plan.steps.filter(({ id }) => stepState(state, id).phase === 'done')
  const steps = done.filter(({ id }) => stepState(state, id).proof?.outcome === 'verified')
  const { retire = [] } = ofStepsLeft({ ...state.plan, steps })
  const open = new Set(done.filter((step) => !steps.includes(step)).map(({ id }) => id))
  const unproved = new Map(
    state.plan.retire?.map((one) => [one.fingerprint, one.steps?.filter((id) => open.has(id)).length ?? 0]),
  )
  const heading = 'What was replaced still opens something:'
  return revokeLines(retire, { heading, few: FEW, rest: 'the plan names them', unproved }, paint)
}

interface RevokeWords {
  readonly heading: string
  readonly few: number
  readonly rest: string
  /** Of the places of a secret that count as holding it, so many were changed and are not proved. */
  readonly unproved?: ReadonlyMap<Fingerprint, number>
}

function revokeLines(
  retire: readonly Retirement[],
  { heading, few, rest, unproved }: RevokeWords,
  paint: Paint,
): readonly string[] {
  if (retire.length === 0) return []
  const hidden = retire.length - few
  return [
    '',
    heading,
    ...retire.slice(0, few).flatMap((one) => secretLines(one, unproved?.get(one.fingerprint) ?? 0, paint)),
    ...(hidden > 0 ? [`     ... ${count(hidden, 'more secret')} (${rest})`] : []),
    ...wrap(SCANNED_ALONE, 80, '     '),
  ]
}

function secretLines(
  { fingerprint, owner, places, still, wayOut }: Retirement,
  unproved: number,
  paint: Paint,
): readonly string[] {
  const ofOwner = owner === undefined ? '' : ` of ${oneLine(owner)}`
  const holding = still.length - unproved
  const why = [
    ...(holding === 0 ? [] : [`${count(holding, 'place holds', 'places hold')} it still`]),
    ...(unproved === 0 ? [] : [`${count(unproved, 'place that held it is', 'places that held it are')} not proved`]),
  ]
  const waits = why.length === 0 ? '' : `Not yet: ${why.join(', ')}. `
  return [
    `  ${paint.red('-')}  revoke   ${fingerprint}${ofOwner}, replaced in ${count(places.length, 'place')}`,
    ...wrap(`${waits}${wayOut}`, 78, INDENT),
  ]
}
