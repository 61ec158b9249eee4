import type { DiagnosisCode } from '../model/diagnosis.ts'
import type { Hindrance, Place } from '../model/place.ts'
import { endingToken, holdingIt } from './ending-token.ts'
import type { PlanInput } from './plan-input.ts'
import { mergedPlace, type Unit, unitsOf } from './units.ts'
import { isTooShort, tellsOfSecret, type Verdict, verdictOn } from './verdict.ts'

/** Every place, or places that share one username as one, with what has to happen to it. Order is kept. */
export function judgedUnits(places: readonly Place[], input: PlanInput): ReadonlyMap<Unit, Verdict> {
  const judged = new Map<Unit, Verdict>()
  for (const [first, ...others] of unitsOf(places)) {
    if (first === undefined) continue
    const verdict = together(
      [first, ...others],
      [first, ...others].map((place) => verdictFor(place, input)),
    )
    judged.set(mergedPlace([first, ...others]), verdict)
  }
  return judged
}

/**
 * Whoever names a token and says that it replaces what is there knows more than Bitbucket tells: these leave the secret as it is, and so does
 * every diagnosis that tells nothing of it.
 */
const LEFT_UNLESS_TOLD: readonly DiagnosisCode[] = ['D100', 'D106', 'D107', 'D115', 'D116', 'D117']

function verdictFor(place: Place, input: PlanInput): Verdict {
  return hinderedBy(place.hindrance, verdictUnhindered(place, input))
}

/** Under a username that nobody can read nothing is known to work; what cannot be written holds up a change alone. */
function hinderedBy(hindrance: Hindrance | undefined, verdict: Verdict): Verdict {
  if (hindrance === undefined) return verdict
  const { kind, reason, wayOut } = hindrance
  const isChange = verdict.kind === 'new secret' || verdict.kind === 'new username'
  if (isChange) return { kind: 'manual', reason: `${verdict.reason}; ${reason}`, wayOut }
  return kind === 'username not read' ? { kind: 'manual', reason, wayOut } : verdict
}

function verdictUnhindered(place: Place, input: PlanInput): Verdict {
  const { diagnoses, policy } = input
  const diagnosis = diagnoses.get(place.id)
  const isOpaque = place.secret?.encoding === 'opaque' && !isTooShort(place)
  const verdict = verdictOn(place, diagnosis, policy.token !== undefined)
  const isLeft =
    diagnosis === undefined
      ? isOpaque || verdict.kind !== 'new secret'
      : LEFT_UNLESS_TOLD.includes(diagnosis.code) || !tellsOfSecret(diagnosis)
  return policy.replace && policy.token !== undefined && isLeft
    ? { kind: 'new secret', reason: 'the token was named to replace it' }
    : (renewal(place, verdict, input) ?? verdict)
}

/**
 * What works until a day that is near gets another token while it still works. An access token is left to a person: only an administrator
 * makes another one, and its owner is no user.
 */
function renewal(
  { id, secret }: Place,
  verdict: Verdict,
  { diagnoses, tokens, policy, now }: PlanInput,
): Verdict | undefined {
  const code = diagnoses.get(id)?.code ?? 'D100'
  const token = endingToken(secret, tokens, now)
  if (verdict.kind !== 'keep' || code !== 'D100' || token?.kind !== 'api-token' || token.name === policy.token)
    return undefined
  return { kind: 'new secret', reason: holdingIt(token, now) }
}

const ITS_OWN = 'Give each secret a username of its own, then plan again.'

/** What shares one username changes together or not at all. One that a person must change holds up the others. */
function together(places: readonly Place[], verdicts: readonly Verdict[]): Verdict {
  const [first = { kind: 'keep', reason: 'it was not checked' }] = verdicts
  if (verdicts.every(({ kind }) => kind === first.kind) && sameKinds(places, first)) return first
  const manual = verdicts.find((verdict) => verdict.kind === 'manual')
  if (manual?.kind === 'manual') return { ...manual, reason: `${manual.reason}, and other secrets share its username` }
  const renewed = verdicts.find(({ kind }) => kind === 'new secret')
  if (renewed !== undefined)
    return { kind: 'new secret', reason: `${renewed.reason}; other secrets share its username and change with it` }
  return {
    kind: 'manual',
    reason: 'one username serves secrets that want different ones',
    wayOut: ITS_OWN,
  }
}

/** A new username must fit the secrets as they are. */
function sameKinds(places: readonly Place[], { kind }: Verdict): boolean {
  return kind !== 'new username' || new Set(places.map(({ secret }) => secret?.kind)).size === 1
}
