import type { Place } from '../model/place.ts'
import type { Plan } from '../model/plan.ts'
import { buriedEntry } from './buried.ts'
import { ownerOf } from './choose-token.ts'
import { chooseUsername } from './choose-username.ts'
import { conditionsOf } from './conditions.ts'
import { type Drafts, leave, noDrafts, pushStep } from './drafts.ts'
import { ownerNames, planNewSecrets } from './new-secrets.ts'
import { NOT_RESOLVED } from './not-resolved.ts'
import { planPins } from './pins.ts'
import type { PlanInput } from './plan-input.ts'
import { retirements } from './retirement.ts'
import { planId, sealOf } from './seals.ts'
import { takenNames } from './split.ts'
import { tokenGroups } from './token-groups.ts'
import { judgedUnits } from './unit-verdicts.ts'
import { refOf } from './units.ts'
import type { Verdict } from './verdict.ts'
import { ordered } from './waves.ts'

/** Inventory, diagnoses and tokens to a plan. Pure; a plan holds no secret. Time grows with the number of places. */
export function makePlan(input: PlanInput): Plan {
  const drafts = noDrafts()
  const live = input.places.filter((place) => place.buried === undefined && place.ownedBy?.takesChanges !== false)
  const verdicts = judgedUnits(
    live.filter((place) => place.secret !== undefined),
    input,
  )
  for (const [place, verdict] of verdicts) planUnchanged(place, verdict, drafts)
  const replaced = reasonsOf('new secret', verdicts)
  const taken = takenNames(input.places)
  for (const group of tokenGroups([...replaced.keys()], input.policy.tokens))
    planNewSecrets(group, replaced, taken, input, drafts)
  for (const [place, reason] of reasonsOf('new username', verdicts)) planNewUsername(place, reason, input, drafts)
  planPins(
    live.filter((place) => place.secret === undefined),
    input,
    drafts,
  )
  for (const place of input.places) planBuried(place, drafts)
  for (const place of input.places) planOwned(place, drafts)
  return finished(drafts, input)
}

function reasonsOf(kind: Verdict['kind'], verdicts: ReadonlyMap<Place, Verdict>): ReadonlyMap<Place, string> {
  return new Map([...verdicts].flatMap(([place, verdict]) => (verdict.kind === kind ? [[place, verdict.reason]] : [])))
}

function planUnchanged(place: Place, verdict: Verdict, drafts: Drafts): void {
  if (verdict.kind === 'keep') drafts.kept.push({ place: refOf(place), reason: verdict.reason })
  if (verdict.kind === 'manual') leave(place, verdict, drafts)
}

/** A username alone, in a history, opens nothing. */
function planBuried(place: Place, drafts: Drafts): void {
  if (place.buried === undefined || place.secret === undefined) return
  const entry = buriedEntry(place, place.buried)
  if ('wayOut' in entry) leave(place, entry, drafts)
  else drafts.kept.push({ place: refOf(place), ...entry })
}

/** What fills the place from elsewhere takes no change there. */
function planOwned(place: Place, drafts: Drafts): void {
  const { ownedBy } = place
  if (ownedBy === undefined || ownedBy.takesChanges || place.buried !== undefined) return
  drafts.manual.push({ place: refOf(place), reason: `${ownedBy.name} fills it`, wayOut: ownedBy.wayOut })
}

function planNewUsername(place: Place, reason: string, input: PlanInput, drafts: Drafts): void {
  const known = input.tokens.find((token) => token.fingerprint === place.secret?.value?.fingerprint)
  const { email } = input.policy
  const owner = { ...(email === undefined ? {} : { email }), ...ownerNames(known, ownerOf(place)) }
  const chosen = chooseUsername(place, place.secret?.kind ?? 'unknown', owner)
  if (place.unresolved !== undefined)
    leave(place, { reason: `${reason}; ${NOT_RESOLVED.reason}`, wayOut: NOT_RESOLVED.wayOut }, drafts)
  // Under git's name the tool presents it by itself: a refusal of what stands here says nothing of the tool.
  else if (chosen.kind === 'use' && chosen.username === place.username?.text)
    drafts.kept.push({ place: refOf(place), reason: chosen.reason })
  else if (chosen.kind === 'use') {
    const { kind: _kind, username, condition, ...words } = chosen
    const conditions = condition === undefined ? [] : [condition]
    const all = { ...words, reason: `${reason}; ${chosen.reason}`, conditions }
    pushStep(place, { username: { set: username }, keepSecret: true }, all, input, drafts)
  } else leave(place, { reason: chosen.reason, wayOut: 'wayOut' in chosen ? chosen.wayOut : NAME_TOKEN }, drafts)
}

const NAME_TOKEN = 'Name the token to use: keyturn plan --token NAME --replace'

function finished(drafts: Drafts, input: PlanInput): Plan {
  const steps = ordered(drafts.steps, input)
  const content = {
    schema: 'keyturn/plan/1' as const,
    createdAt: input.now.toISOString(),
    sources: input.sources,
    requests: drafts.requests,
    kept: drafts.kept,
    manual: drafts.manual,
    conditions: conditionsOf(drafts.steps, steps),
    retire: retirements(steps, input),
    seals: Object.fromEntries(steps.map((step) => [step.id, sealOf(step)])),
  }
  const { schema, createdAt, sources, requests, ...rest } = content
  return { schema, id: planId(content), createdAt, sources, requests, steps, ...rest }
}
