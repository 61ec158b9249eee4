import { countWhile } from '../formats/count-while.ts'
import type { StoredText } from '../formats/field.ts'
import type { Place, Span } from '../model/place.ts'
import type { DerivedVariable, HeldVariable, Spot, VariableName } from '../model/variable-flow.ts'
import { holderOf } from '../model/variable-flow.ts'
import type { Command } from './document-commands.ts'
import type { FieldDocument } from './document-fields.ts'
import { indexOf } from './field-index.ts'
import { foldedIn } from './folded-base64.ts'
import { entriesOf, kubernetesObjects } from './kubernetes-objects.ts'
import { entryName } from './kubernetes-secrets.ts'
import { referencesIn, sharedName, terraformReferencesIn } from './variable-references.ts'

/** A variable with its value. */
export interface Definition extends Spot {
  readonly name: VariableName
  readonly text: string
  /** Stored bytes of the value. */
  readonly span: Span
}

/** Keys of a value whose name stands beside it, or above. */
const GENERIC = /^(?:value|default|defaultvalue)$/i

const KNOWN = new WeakMap<FieldDocument, readonly Definition[]>()

/** Every variable that gets a value in the fields of a document, in the order in which the values stand. */
export function definitionsIn(document: FieldDocument): readonly Definition[] {
  const known = KNOWN.get(document)
  if (known !== undefined) return known
  const secrets = secretEntries(document)
  const entries = new Set(secrets.map(({ span }) => span.join(' ')))
  const named = indexOf(document).variables.filter(({ name }) => !GENERIC.test(name))
  const variables = named.map(({ name, value, keys }): Definition => {
    const span = outerSpan(value)
    const own = keys.at(-1) === name ? keys.slice(0, -1) : keys
    const shared = namespaced(name, keys, document)
    // Those of Terraform hold in the whole module.
    const block = /^(?:var|local)\./.test(shared) ? [] : listOf(own)
    return { name: shared, text: value.text, at: span[0], keys: block, span }
  })
  const all = [...variables.filter(({ span }) => !entries.has(span.join(' '))), ...secrets].sort((a, b) => a.at - b.at)
  KNOWN.set(document, all)
  return all
}

/** Of an entry of a list, or of its value, the keys of the list. */
function listOf(keys: readonly string[]): readonly string[] {
  const last = keys.at(-1) ?? ''
  return /^\d+$/.test(last) || GENERIC.test(last) ? listOf(keys.slice(0, -1)) : keys
}

/** What Terraform calls its variables is a matter of its own: `token` of a `.tfvars` is no `$token`; of an object each attribute is one. */
function namespaced(name: string, keys: readonly string[], { format, path }: FieldDocument): VariableName {
  if (format !== 'hcl' && !/\.tfvars\.json$/.test(path)) return sharedName(name)
  const isOfDefault = keys[0] === 'variable' && keys[2] === 'default'
  // What a value holds in pieces (`A=b`) has names of its own.
  if (keys.at(-1) !== name && !(isOfDefault && keys.length === 3)) return sharedName(name)
  if (keys[0] === 'locals') return ['local', ...keys.slice(1)].join('.')
  if (isOfDefault) return ['var', keys[1], ...keys.slice(3)].join('.')
  return /\.tfvars(\.json)?$/.test(path) ? ['var', ...keys].join('.') : sharedName(name)
}

/** The entries of a Secret are known by its name: what refers to them says it. */
function secretEntries(document: FieldDocument): readonly Definition[] {
  return kubernetesObjects(document)
    .filter(({ kind }) => kind === 'Secret')
    .flatMap((secret) =>
      entriesOf(secret).map(({ key, value }): Definition => {
        const span = outerSpan(value)
        return { name: entryName(secret, key, document), text: value.text, at: span[0], keys: [], span }
      }),
    )
}

function outerSpan(value: StoredText): Span {
  let outer = value
  while (outer.within !== undefined) outer = outer.within
  return outer.spanOf(0, outer.text.length)
}

/** A definition that begins before a secret and holds it is rarely further away in the order. */
const MOST_AROUND = 16

/** The variables whose values hold the secrets of places: of several the one with the shortest value. */
export function heldVariables(definitions: readonly Definition[], places: readonly Place[]): readonly HeldVariable[] {
  return places.flatMap((place) => {
    const span = place.secret?.span
    if (span === undefined || place.isPlaceholder === true) return []
    const around = definitionsAround(definitions, span)
    const [narrowest] = [...around].sort((a, b) => lengthOf(a.span) - lengthOf(b.span))
    if (narrowest === undefined) return []
    const { name, at, keys, text } = narrowest
    // A key that is itself the secret is nothing to show.
    if ((name.length >= 16 && text.includes(name)) || /AT(?:BB|ATT3|CTT3)/.test(name)) return []
    return [{ name, at, keys, holder: holderOf(place), ...foldedIn(text) }]
  })
}

function definitionsAround(definitions: readonly Definition[], [start, end]: Span): readonly Definition[] {
  const low = countWhile(definitions, ({ at }) => at <= start)
  return definitions.slice(Math.max(0, low - MOST_AROUND), low).filter(({ span }) => span[0] <= start && end <= span[1])
}

function lengthOf([start, end]: Span): number {
  return end - start
}

/** Longer values are texts, not other variables. */
const LONGEST = 4096

/** Variables that take their values from others, and those among `asked` that take them from nothing that is followed. */
export function derivedVariables(
  definitions: readonly Definition[],
  commands: readonly Command[],
  asked: ReadonlySet<VariableName>,
): readonly DerivedVariable[] {
  const inFields = definitions.map(({ name, text, at, keys }) => ({ name, at, keys, ...takenFrom(text) }))
  const inCommands = commands.flatMap((command) => assignmentsIn(command))
  const seen = new Set<string>()
  return [...inCommands, ...inFields].filter(({ name, at, from }) => {
    const key = `${name} ${at}`
    if (seen.has(key) || (from.length === 0 && !asked.has(name))) return false
    seen.add(key)
    return true
  })
}

function takenFrom(text: string): Pick<DerivedVariable, 'from' | 'folded'> {
  return { from: sourcesIn(text), ...foldedIn(text) }
}

function sourcesIn(text: string): readonly VariableName[] {
  if (text.length > LONGEST) return []
  return [...referencesIn(text), ...terraformReferencesIn(text)]
}

/** `NAME=$OTHER` in front of a command, as a command, and among its arguments: `docker build --build-arg NAME=$OTHER`. */
function assignmentsIn({ words, at, keys }: Command): readonly DerivedVariable[] {
  return words.slice(0, 200).flatMap((word) => {
    const [, name, value] = /^(?:--[\w-]+=)?([A-Za-z_]\w*)\+?=(.*)$/s.exec(word) ?? []
    if (name === undefined || value === undefined) return []
    return [{ name: sharedName(name), at, keys, ...takenFrom(value) }]
  })
}

/** `get_token() { echo "$BB_TOKEN"; }`: what `$(get_token)` gives. */
const FUNCTION =
  /(?:^|[\n;])[ \t]*(?:function[ \t]+)?([A-Za-z_]\w{0,99})[ \t]*\(\)\s{0,20}\{([\s\S]{0,400}?)(?:\n[ \t]*\}|;[ \t]*\})/g
const MOST_FUNCTIONS = 500

export function functionResults({ format, text }: FieldDocument): readonly DerivedVariable[] {
  if ((format !== 'shell' && format !== 'text') || !text.includes('()')) return []
  return [...text.matchAll(FUNCTION)].slice(0, MOST_FUNCTIONS).flatMap(({ 1: name = '', 2: body = '', index }) => {
    const printed = [...body.matchAll(/\b(?:echo|printf)\b([^\n;|]{0,200})/g)].map(({ 1: words = '' }) => words)
    const from = referencesIn(printed.join(' '))
    return from.length === 0 ? [] : [{ name, at: index, keys: [], from, ...foldedIn(body) }]
  })
}
