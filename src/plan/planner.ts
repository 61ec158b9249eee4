import type { Place } from '../model/place.ts'
import type { Plan } from '../model/plan.ts'
import { buriedEntry } from './buried.ts'
import { ownerOf, type TokenSummary } from './choose-token.ts'
import { chooseUsername } from './choose-username.ts'
import { conditionsOf, judgeVersions } from './conditions.ts'
import { type Drafts, leave, leaveUnresolved, noDrafts, pushStep } from './drafts.ts'
import { keep } from './kept.ts'
import { namesOf, ownerNames, planNewSecrets, planSplitOfToken } from './new-secrets.ts'
import { planPins } from './pins.ts'
import type { PlanInput } from './plan-input.ts'
import { retirements } from './retirement.ts'
import { planId, sealOf } from './seals.ts'
import { splitOf } from './split.ts'
import { tokenGroups } from './token-groups.ts'
import { withOwnNames } from './token-requests.ts'
import { judgedUnits } from './unit-verdicts.ts'
import { refOf, type Unit } from './units.ts'
import type { Verdict } from './verdict.ts'
import { ordered } from './waves.ts'

/**
 * Inventory, diagnoses and tokens to a plan. Pure; a plan holds no secret. Time grows with the number of places. In which order the sources
 * were named and read changes nothing.
 */
export function makePlan(given: PlanInput): Plan {
  const input = { ...given, places: byLocation(given.places), sources: [...given.sources].sort() }
  const drafts = noDrafts()
  const live = input.places.filter((place) => place.buried === undefined && place.ownedBy?.takesChanges !== false)
  const { only } = input.policy
  const isMeant = ({ id }: Place): boolean => only === undefined || only.has(id)
  const verdicts = judgedUnits(
    live.filter((place) => place.secret !== undefined && isMeant(place)),
    input,
  )
  for (const [place, verdict] of verdicts) planUnchanged(place, verdict, input, drafts)
  const { replaced, split, renamed } = sorted(verdicts, input)
  const groups = tokenGroups([...replaced.keys()], input.tokens, input.policy.tokens)
  const names = namesOf(groups, input)
  for (const group of groups) planNewSecrets(group, replaced, names, input, drafts)
  for (const [place, { reason, token }] of split) planSplitOfToken(place, reason, token, names, input, drafts)
  for (const [place, reason] of renamed) planNewUsername(place, reason, input, drafts)
  planPins(
    live.filter((place) => place.secret === undefined),
    input,
    drafts,
  )
  const meant = input.places.filter(isMeant)
  for (const place of meant) planBuried(place, drafts)
  for (const place of meant) planOwned(place, drafts)
  return finished(drafts, input)
}

/** Bytewise; places of one document keep their order. */
function byLocation(places: readonly Place[]): readonly Place[] {
  const located = places.map((place) => ({ place, at: place.at.kind === 'file' ? place.at.path : place.at.url }))
  return located.sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0)).map(({ place }) => place)
}

interface Sorted {
  readonly replaced: Map<Unit, string>
  /** Becomes two with the token that it has. */
  readonly split: Map<Unit, { readonly reason: string; readonly token: TokenSummary }>
  readonly renamed: Map<Unit, string>
}

/** What becomes two needs its secret twice. Where the vault does not know that, both get another one. */
function sorted(verdicts: ReadonlyMap<Unit, Verdict>, input: PlanInput): Sorted {
  const { replaced, split, renamed }: Sorted = { replaced: new Map(), split: new Map(), renamed: new Map() }
  const known = new Map(input.tokens.map((token) => [token.fingerprint, token]))
  for (const [place, { kind, reason }] of verdicts) {
    const token = known.get(place.secret?.value?.fingerprint ?? '#')
    if (kind === 'new secret') replaced.set(place, reason)
    else if (kind !== 'new username') continue
    else if (!isToBeSplit(place, input)) renamed.set(place, reason)
    else if (token === undefined) replaced.set(place, reason)
    else split.set(place, { reason, token })
  }
  return { replaced, split, renamed }
}

function isToBeSplit(place: Unit, input: PlanInput): boolean {
  return chooseUsername(place, 'api-token', {}).kind === 'split' && splitOf(place, input, new Set()) !== undefined
}

function planUnchanged(place: Place, verdict: Verdict, input: PlanInput, drafts: Drafts): void {
  if (verdict.kind === 'keep') keep(place, verdict.reason, input, drafts)
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

function planNewUsername(place: Unit, reason: string, input: PlanInput, drafts: Drafts): void {
  const known = input.tokens.find((token) => token.fingerprint === place.secret?.value?.fingerprint)
  const isOthers = input.policy.email !== undefined && input.emailRefused?.has(place.id) === true
  const email = isOthers ? undefined : input.policy.email
  const kind = place.secret?.kind ?? 'unknown'
  const owner = { ...(email === undefined ? {} : { email }), ...ownerNames(known, ownerOf(place, input.tokens)) }
  const chosen = chooseUsername(place, kind, owner)
  const judged = judgeVersions(place, kind, input)
  if (place.unresolved !== undefined) leaveUnresolved(place, reason, input, drafts)
  // Under git's name the tool presents it by itself: a refusal of what stands here says nothing of the tool.
  else if (chosen.kind === 'use' && chosen.username === place.username?.text) keep(place, chosen.reason, input, drafts)
  else if (chosen.kind === 'use' && judged.kind === 'too old') leave(place, judged, drafts)
  else if (chosen.kind === 'use' && judged.kind === 'met') {
    const { kind: _kind, username, condition, ...words } = chosen
    const conditions = [...judged.conditions, ...(condition === undefined ? [] : [condition])]
    const all = { ...words, reason: `${reason}; ${chosen.reason}`, conditions }
    pushStep(place, { username: { set: username }, keepSecret: true }, all, input, drafts)
  } else if (isOthers && chosen.kind === 'e-mail missing') leave(place, EMAIL_OF_ANOTHER, drafts)
  else leave(place, { reason: chosen.reason, wayOut: 'wayOut' in chosen ? chosen.wayOut : NAME_TOKEN }, drafts)
}

const EMAIL_OF_ANOTHER = {
  reason:
    'REST takes API tokens under the Atlassian e-mail of their owner, and refuses this one under the e-mail that was given',
  wayOut: 'Give the e-mail of its owner: keyturn plan PATH --email ADDRESS',
}

const NAME_TOKEN = 'Name the token to use: keyturn plan --token NAME --replace'

function finished(drafts: Drafts, input: PlanInput): Plan {
  const steps = ordered(drafts.steps, input)
  const content = {
    schema: 'keyturn/plan/1' as const,
    createdAt: input.now.toISOString(),
    sources: input.sources,
    requests: withOwnNames(drafts.requests),
    kept: drafts.kept,
    manual: drafts.manual,
    conditions: conditionsOf(drafts.steps, steps, input),
    retire: retirements(steps, input),
    seals: Object.fromEntries(steps.map((step) => [step.id, sealOf(step)])),
  }
  const { schema, createdAt, sources, requests, ...rest } = content
  return { schema, id: planId(content), createdAt, sources, requests, steps, ...rest }
}
