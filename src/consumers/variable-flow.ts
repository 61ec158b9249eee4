import type { Consumer, Document, FixedVariable } from '../model/consumer.ts'
import type { Place } from '../model/place.ts'
import type { Use } from '../model/use.ts'
import type {
  DerivedVariable,
  Spot,
  VariableFlow,
  VariableName,
  VariableRead,
  VariableReader,
} from '../model/variable-flow.ts'
import { cascReads } from './casc-reads.ts'
import { commandUses, type ProgramVariables } from './command-uses.ts'
import { type Command, commandsOf } from './document-commands.ts'
import { type FieldDocument, fieldsOf } from './document-fields.ts'
import { partsOf } from './document-parts.ts'
import { boundVariables, credentialReads } from './jenkinsfile-credentials.ts'
import { secretReads, secretVariables, spreadSecrets } from './kubernetes-variables.ts'
import { programReads } from './program-reads.ts'
import { structuredReads } from './structured-reads.ts'
import { terraformReads } from './terraform-reads.ts'
import {
  type Definition,
  definitionsIn,
  derivedVariables,
  functionResults,
  heldVariables,
} from './variable-definitions.ts'
import { referencesIn } from './variable-references.ts'

const NOTHING: VariableFlow = { held: [], derived: [], reads: [], spread: [] }
/** What nobody runs only shows how it is done. */
const PROSE = /\.(?:md|markdown|mdx|rst|adoc|asciidoc|html?|log|patch|diff|lock|svg)$/i

/** A use at a spot, before its line is known. */
export interface SpotUse extends Spot {
  readonly names: readonly VariableName[]
  readonly uses: readonly Omit<Use, 'by'>[]
}

/** Follows variables in one document: which places they hold, what they are derived from, and what reads them for Bitbucket. */
export function variableReader(consumers: readonly Consumer[]): VariableReader {
  const known: Known = {
    programs: new Map(consumers.map(({ id, detector }) => [id, detector?.variables ?? []])),
    fixed: fixedVariables(consumers),
  }
  return (document, places) => flowOf(document, places, known)
}

/** A variable, and how many consumers call theirs so. */
interface Fixed extends FixedVariable {
  readonly tool: string
  readonly isShared: boolean
}

interface Known {
  readonly programs: ProgramVariables
  /** By name. */
  readonly fixed: ReadonlyMap<string, readonly Fixed[]>
}

function fixedVariables(consumers: readonly Consumer[]): Known['fixed'] {
  const all = consumers.flatMap(({ id, detector }) => (detector?.variables ?? []).map((each) => ({ id, each })))
  const readers = new Map<string, Set<string>>()
  for (const { id, each } of all) readers.set(each.variable, (readers.get(each.variable) ?? new Set()).add(id))
  const byName = new Map<string, Fixed[]>()
  for (const { id, each } of all) {
    const isShared = (readers.get(each.variable)?.size ?? 0) > 1
    byName.set(each.variable, [...(byName.get(each.variable) ?? []), { ...each, tool: id, isShared }])
  }
  return byName
}

function flowOf(document: Document, places: readonly Place[], known: Known): VariableFlow {
  const read = fieldsOf(document)
  const isTelling = /bitbucket/i.test(read.text)
  if (PROSE.test(document.path) || read.format === 'binary' || (!isTelling && places.length === 0)) return NOTHING
  const definitions = definitionsIn(read)
  const held = places.length === 0 ? [] : heldVariables(definitions, places)
  const spread = spreadSecrets(read)
  const commands = commandsOf(read)
  const meantFor = toolsMeant(definitions, read.text, known)
  const uses = isTelling ? usesIn(read, commands, definitions, known, meantFor) : []
  const asked = new Set(uses.flatMap(({ names }) => names))
  const derived = [
    ...boundVariables(read),
    ...secretVariables(read),
    ...functionResults(read),
    ...derivedVariables(definitions, commands, asked),
  ]
  const reads = withLines([...uses, ...fixedReads(derived, meantFor, known)], read.text)
  const inPart = inPartOf(read)
  return { held: held.map(inPart), derived: derived.map(inPart), reads: reads.map(inPart), spread: spread.map(inPart) }
}

/** Documents of a stream have the same keys and nothing to do with each other. */
function inPartOf({ format, text }: FieldDocument): <Each extends Spot>(spot: Each) => Each {
  if (format !== 'yaml' || !/\n---/.test(text)) return (spot) => spot
  const partOf = partsOf(format, text)
  return (spot) => ({ ...spot, part: partOf({ extent: [spot.at, spot.at] }) })
}

function usesIn(
  read: FieldDocument,
  commands: readonly Command[],
  definitions: readonly Definition[],
  { programs }: Known,
  meantFor: ToolsMeant,
): readonly SpotUse[] {
  const inCommands = commandUses(
    commands,
    { addresses: addressesIn(definitions), pairs: pairsIn(definitions) },
    programs,
  ).map(({ command, ...rest }): SpotUse => ({ at: command.at, keys: command.keys, ...rest }))
  return [
    ...inCommands,
    ...credentialReads(read, commands),
    ...terraformReads(read),
    ...secretReads(read),
    ...structuredReads(read),
    ...cascReads(read),
    ...programReads(read).map((use) => ofTool(use, meantFor)),
  ]
}

/** What a consumer does with a variable of this name, as far as the document says that it is its own. */
type ToolsMeant = (name: VariableName, says?: 'by name' | 'by its text') => readonly Omit<Use, 'by'>[]

function toolsMeant(definitions: readonly Definition[], text: string, { fixed }: Known): ToolsMeant {
  const values = new Map(definitions.map((definition) => [definition.name, definition.text]))
  const isMeant = ({ needs, where = [], isShared }: Fixed): boolean =>
    // Several consumers call theirs the same: what the document says tells which of them it is.
    (needs === undefined ? !isShared : needs.test(text)) &&
    where.every(([other, says]) => says.test(values.get(other) ?? ''))
  return (name, says = 'by name') =>
    (fixed.get(name) ?? [])
      .filter((each) => isMeant(each) && (says === 'by name' || each.needs !== undefined))
      .flatMap(({ operations, tool }) => operations.map((operation) => ({ operation, tool })))
}

/**
 * A configuration that is a program reads its own variables for all that its tool does: `password: process.env.RENOVATE_PASSWORD`. The name
 * alone says little: any program may read `BITBUCKET_TOKEN`.
 */
function ofTool(use: SpotUse, meantFor: ToolsMeant): SpotUse {
  const uses = use.names.flatMap((name) => meantFor(name, 'by its text'))
  return uses.length === 0 ? use : { ...use, uses }
}

/** A variable that a consumer is known to read, made from another: `ATLANTIS_BITBUCKET_TOKEN: ${BB_TOKEN}`. */
function fixedReads(derived: readonly DerivedVariable[], meantFor: ToolsMeant, { fixed }: Known): readonly SpotUse[] {
  const named = derived.filter(({ name, from }) => from.length > 0 && fixed.has(name))
  return named.flatMap(({ name, from, at, keys }) => {
    const uses = meantFor(name)
    const names = from.filter((other) => other !== name)
    return uses.length === 0 ? [] : [{ names, at, keys, uses }]
  })
}

/** Variables that hold an address, and not only that. */
function addressesIn(definitions: readonly Definition[]): ReadonlyMap<string, string> {
  const addresses = definitions.filter(
    ({ text }) => text.length < 600 && text.includes('bitbucket.org') && !/\s/.test(text),
  )
  return new Map(addresses.map(({ name, text }) => [name, text]))
}

/** Variables that hold a name and, behind a colon, what another one holds. */
function pairsIn(definitions: readonly Definition[]): ReadonlyMap<string, string> {
  const pairs = definitions.filter(
    ({ text }) => text.length < 600 && /^[^\s:]+:(?!\/\/)\S+$/.test(text) && referencesIn(text).length > 0,
  )
  return new Map(pairs.map(({ name, text }) => [name, text]))
}

/** Lines are counted once for all. */
function withLines(uses: readonly SpotUse[], text: string): readonly VariableRead[] {
  let [line, counted] = [1, 0]
  return [...uses]
    .sort((a, b) => a.at - b.at)
    .map((use) => {
      for (let next = text.indexOf('\n', counted); next !== -1 && next < use.at; next = text.indexOf('\n', counted)) {
        line++
        counted = next + 1
      }
      return { ...use, line }
    })
}
