import { countWhile } from '../formats/count-while.ts'
import type { Document } from '../model/consumer.ts'
import { groupedBy } from '../model/grouped-by.ts'
import type { Hindrance, Place, Span } from '../model/place.ts'
import { type FieldDocument, fieldsOf } from './document-fields.ts'
import { indexOf } from './field-index.ts'
import { namesUser, secretNameOf } from './name-words.ts'
import { shownName } from './shown-name.ts'
import type { Variable } from './variables.ts'

/**
 * One scalar of YAML may stand in several mappings: through an alias (`*p`), or a merge (`<<: *env`). A change of its bytes is one of all of
 * them, so that a place is hindered whose secret stands beside another username somewhere, or whose username beside another secret.
 */
export function withAliases(document: Document, places: readonly Place[]): readonly Place[] {
  const aliased = aliasesOf(fieldsOf(document))
  if (aliased === undefined) return places
  return places.map((place) => {
    const hindrance = place.hindrance ?? hindranceOf(place, places, aliased)
    return hindrance === undefined ? place : { ...place, hindrance }
  })
}

/** Whether the bytes stand for a value in more than one mapping. */
export function isAliased(document: Document, span: Span): boolean {
  return aliasesOf(fieldsOf(document))?.at(span) !== undefined
}

interface Aliases {
  /** Every mapping that has the value these bytes are in, where there are several. */
  readonly at: (span: Span | undefined) => readonly Variable[] | undefined
  /** What an own key of the mapping says, and not what is merged into it under the same name. */
  readonly beside: (variable: Variable) => readonly Variable[]
}

const ALIASES = new WeakMap<FieldDocument, Aliases | 'none'>()

function aliasesOf(document: FieldDocument): Aliases | undefined {
  if (document.format !== 'yaml' || !document.text.includes('*')) return undefined
  const known = ALIASES.get(document) ?? readAliases(document)
  ALIASES.set(document, known)
  return known === 'none' ? undefined : known
}

function readAliases(document: FieldDocument): Aliases | 'none' {
  const { variables } = indexOf(document)
  const byStart = groupedBy(variables, ({ extent: [start] }) => start)
  const several = new Map([...byStart].filter(([, all]) => new Set(all.map(({ scope }) => scope)).size > 1))
  if (several.size === 0) return 'none'
  const inOrder = [...several.values()].sort((one, other) => startOf(one) - startOf(other))
  const byScope = groupedBy(variables, ({ scope }) => scope)
  return {
    at: (span: Span | undefined) => (span === undefined ? undefined : covering(inOrder, span)),
    beside: ({ scope }) => {
      const named = groupedBy(byScope.get(scope) ?? [], ({ name }) => name)
      return [...named.values()].flatMap(
        (all) => all.find(({ extent: [start] }) => !several.has(start)) ?? all.slice(-1),
      )
    },
  }
}

function covering(inOrder: readonly (readonly Variable[])[], [start]: Span): readonly Variable[] | undefined {
  const low = countWhile(inOrder, (variables) => startOf(variables) <= start)
  const found = inOrder[low - 1]
  return found !== undefined && holds(found[0], start) ? found : undefined
}

function startOf(variables: readonly Variable[]): number {
  return variables[0]?.extent[0] ?? 0
}

function holds(variable: Pick<Variable, 'extent'> | undefined, at: number | undefined): boolean {
  return variable !== undefined && at !== undefined && variable.extent[0] <= at && at < variable.extent[1]
}

function hindranceOf(place: Place, places: readonly Place[], { at, beside }: Aliases): Hindrance | undefined {
  const [secret, username] = [place.secret?.span, place.username?.span]
  const isOfOtherName = at(secret)?.find((one) =>
    beside(one).some((other) => namesUser(other.name) && !holds(other, username?.[0])),
  )
  if (isOfOtherName !== undefined) return apart('secret', 'username', isOfOtherName)
  const secrets = places.filter((one) => one.username?.span?.[0] === username?.[0]).map((one) => one.secret?.span?.[0])
  const isOfOtherSecret = at(username)?.find((one) =>
    beside(one).some((other) => isSecret(other) && !secrets.some((start) => holds(other, start))),
  )
  return isOfOtherSecret === undefined ? undefined : apart('username', 'secret', isOfOtherSecret)
}

function isSecret({ name, value }: Variable): boolean {
  return secretNameOf(name) === 'strong' && value.text !== ''
}

function apart(what: 'secret' | 'username', other: 'secret' | 'username', { keys }: Variable): Hindrance {
  return {
    kind: 'not writable',
    reason: `an alias of YAML gives its ${what} to ${shownName(keys, '')} as well, beside another ${other}`,
    wayOut: `Write the ${what} in full in both, without an alias, and plan again: then each credential is changed by itself.`,
  }
}
