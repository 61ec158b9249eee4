import { isEndingSoon } from '../model/ends-soon.ts'
import type { Place } from '../model/place.ts'
import type { SecretKind } from '../model/secret.ts'
import { chooseToken, ownerOf } from './choose-token.ts'
import { type Drafts, leave } from './drafts.ts'
import { endingToken, holdingIt } from './ending-token.ts'
import type { PlanInput } from './plan-input.ts'
import { deadSecrets, neededAt } from './token-fitness.ts'
import { refOf, type Unit } from './units.ts'

/** Nothing changes there; a token that ends soon is named all the same. */
export function keep(place: Place, reason: string, input: PlanInput, drafts: Drafts): void {
  const ending = endingIn(place, input)
  if (ending === undefined) drafts.kept.push({ place: refOf(place), reason })
  else leave(place, ending, drafts)
}

/** What works today and ends on a day that the vault knows. */
function endingIn(place: Unit, input: PlanInput): Parameters<typeof leave>[1] | undefined {
  const { tokens, now } = input
  const token = endingToken(place.secret, tokens, now)
  return token === undefined ? undefined : { reason: holdingIt(token, now), wayOut: renewal(place, input) }
}

/** A token that is named goes to every place of the plan, so that it must not meet those of others. */
function renewal(place: Unit, input: PlanInput): string {
  const { tokens, now } = input
  const { dead, several } = factsOf(input)
  const owner = ownerOf(place, tokens)
  const needed = (kind: SecretKind) => neededAt(place, kind)
  const next = owner === undefined ? undefined : chooseToken(owner, needed, tokens, { now, dead })
  const isThere = next !== undefined && !isEndingSoon(next, now)
  const first = isThere
    ? `Put the token "${next.name}" in its place`
    : `Keep one ${several ? 'of the same owner ' : ''}in the vault that lasts longer, and put it in its place`
  const alone = several ? '; PATH may hold no place of another owner, for it would get that token, too' : ''
  return `${first}: keyturn plan PATH --token ${isThere ? next.name : 'NAME'} --replace${alone}`
}

/** Of one plan, however many places hold a token that ends. */
const FACTS = new WeakMap<PlanInput, PlanFacts>()

interface PlanFacts {
  readonly dead: ReturnType<typeof deadSecrets>
  /** Places of several people were found. */
  readonly several: boolean
}

function factsOf(input: PlanInput): PlanFacts {
  const known = FACTS.get(input)
  if (known !== undefined) return known
  const live = input.places.filter(({ secret, buried }) => secret !== undefined && buried === undefined)
  const owners = new Set(live.flatMap((place) => ownerOf(place, input.tokens) ?? []))
  const facts = { dead: deadSecrets(input), several: owners.size > 1 }
  FACTS.set(input, facts)
  return facts
}
