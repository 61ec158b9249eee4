import type { Scope } from '../model/answer.ts'
import type { DiagnosisCode } from '../model/diagnosis.ts'
import { endWords, hasEnded } from '../model/ends-soon.ts'
import type { Fingerprint, SecretKind } from '../model/secret.ts'
import type { TokenSummary } from './choose-token.ts'
import type { PlanInput } from './plan-input.ts'
import { forReading } from './pushing.ts'
import { covers, scopesFor, scopesSeen } from './scopes.ts'
import { membersOf, type Unit } from './units.ts'

export interface Unfit {
  readonly reason: string
  readonly wayOut: string
}

/** What no username and no permission repairs. */
const OF_DEAD_SECRETS: ReadonlySet<DiagnosisCode> = new Set(['D101', 'D102', 'D103', 'D104', 'D108', 'D109'])

/** Secrets that Bitbucket refuses wherever they stand: one of them in the vault is given to no place. */
export function deadSecrets({ places, diagnoses }: PlanInput): ReadonlySet<Fingerprint> {
  return new Set(
    places.flatMap(({ id, secret }) => {
      const code = diagnoses.get(id)?.code
      return secret?.value !== undefined && code !== undefined && OF_DEAD_SECRETS.has(code)
        ? [secret.value.fingerprint]
        : []
    }),
  )
}

/** What is known beside the place and the token. */
interface Known {
  readonly dead: ReadonlySet<Fingerprint>
  readonly now: Date
  /** Scopes that Bitbucket said are missing there. */
  readonly missing: readonly Scope[]
}

/** Why the token that a person named does not do at a place, as far as that is known. */
export function unfitAt(place: Unit, token: TokenSummary, { dead, now, missing }: Known): Unfit | undefined {
  const { name, fingerprint, scopes } = token
  const other = 'Name another one: keyturn plan --token NAME'
  if (hasEnded(token, now)) return { reason: `the token "${name}" ended ${endWords(token)}`, wayOut: other }
  if (dead.has(fingerprint)) return { reason: `Bitbucket refuses the token "${name}" itself`, wayOut: other }
  const needed = new Set([...neededAt(place, token.kind), ...missing])
  const lacking = [...needed].filter((scope) => !covers(scopes, [scope]))
  return lacking.length === 0
    ? undefined
    : {
        reason: `the token "${name}" lacks ${lacking.join(', ')}`,
        wayOut: 'Name one with these scopes: keyturn plan --token NAME. Without --token a plan asks for one.',
      }
}

/** What a tool documents are scopes of API tokens; an access token has no user, and serves most of them without. */
export function neededAt(place: Unit, kind: SecretKind): readonly Scope[] {
  const members = membersOf(place).map((member) => ({ ...member, uses: forReading(member.uses) }))
  return kind === 'access-token' ? scopesSeen(members) : scopesFor(members)
}

/** Every secret of the place is this one already. */
export function holdsAlready(place: Unit, fingerprint: Fingerprint): boolean {
  return membersOf(place).every(({ secret }) => secret?.value?.fingerprint === fingerprint)
}
