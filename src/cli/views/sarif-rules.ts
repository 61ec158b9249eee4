import { KIND_ADVICE } from '../../messages/kind-advice.ts'
import { KIND_WORDS } from '../../messages/kinds.ts'
import type { Consumer } from '../../model/consumer.ts'
import type { Place, UnreadReason } from '../../model/place.ts'
import type { SecretKind } from '../../model/secret.ts'

export interface SarifRule {
  /** `app-password/netrc`. */
  readonly id: string
  readonly name: string
  readonly shortDescription: { readonly text: string }
  readonly fullDescription: { readonly text: string }
  readonly help: { readonly text: string; readonly markdown: string }
  readonly defaultConfiguration: { readonly level: SarifLevel }
  readonly properties: { readonly tags: readonly string[]; readonly precision: string }
}

export type SarifLevel = 'error' | 'warning' | 'note'

export const ruleIdOf = ({ consumer, secret }: Place): string => `${secret?.kind ?? 'unknown'}/${consumer}`

/** What no longer works is an error, what still opens a door a warning. */
export function levelOfKind(kind: SecretKind): SarifLevel {
  if (kind === 'app-password') return 'error'
  return kind === 'unknown' ? 'note' : 'warning'
}

/** One rule per kind of secret and consumer that `places` have, by id. */
export function rulesOf(places: readonly Place[], consumers: readonly Consumer[]): readonly SarifRule[] {
  const titleOf = (id: string): string => consumers.find((one) => one.id === id)?.title ?? id
  const found = new Map(places.map((place) => [ruleIdOf(place), place]))
  return [...found.entries()]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([id, { consumer, secret }]) => ruleOf(id, titleOf(consumer), secret?.kind ?? 'unknown'))
}

function ruleOf(id: string, title: string, kind: SecretKind): SarifRule {
  const what = kind === 'unknown' ? 'Bitbucket secret of an unknown kind' : `Bitbucket ${KIND_WORDS[kind]}`
  return {
    id,
    name: pascal(id),
    shortDescription: { text: `${what} in ${title}` },
    fullDescription: { text: `${what} in ${title}. ${KIND_ADVICE[kind].replaceAll('`', '')}` },
    help: { text: KIND_ADVICE[kind].replaceAll('`', ''), markdown: KIND_ADVICE[kind] },
    defaultConfiguration: { level: levelOfKind(kind) },
    properties: { tags: ['security', 'credentials', 'bitbucket'], precision: 'high' },
  }
}

/** `app-password/git-config` is called `AppPasswordGitConfig` where a name must be one word. */
function pascal(id: string): string {
  return id
    .split(/[^A-Za-z0-9]+/)
    .map((part) => `${part.slice(0, 1).toUpperCase()}${part.slice(1)}`)
    .join('')
}

const REASON_WORDS: Readonly<Record<UnreadReason, string>> = {
  malformed: 'It is not what its name says',
  undecryptable: 'The key is missing or does not fit',
  unreadable: 'It could not be read',
  'too-large': 'It is too large',
  forbidden: 'The system refused to show it',
}

export const NOTIFICATIONS: readonly { readonly id: string; readonly shortDescription: { readonly text: string } }[] =
  Object.entries(REASON_WORDS).map(([id, text]) => ({ id, shortDescription: { text } }))
