import type { Consumer, Document } from '../model/consumer.ts'
import type { Place } from '../model/place.ts'
import type { Use } from '../model/use.ts'
import type { Spot, VariableFlow, VariableName, VariableRead, VariableReader } from '../model/variable-flow.ts'
import { commandUses, type ProgramVariables } from './command-uses.ts'
import { commandsOf } from './document-commands.ts'
import { fieldsOf } from './document-fields.ts'
import { type Definition, definitionsIn, derivedVariables, heldVariables } from './variable-definitions.ts'

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
  const programs: ProgramVariables = new Map(consumers.map(({ id, detector }) => [id, detector?.variables ?? []]))
  return (document, places) => flowOf(document, places, programs)
}

function flowOf(document: Document, places: readonly Place[], programs: ProgramVariables): VariableFlow {
  const read = fieldsOf(document)
  const isTelling = /bitbucket/i.test(read.text)
  if (PROSE.test(document.path) || (!isTelling && places.length === 0)) return NOTHING
  const definitions = definitionsIn(read)
  const held = places.length === 0 ? [] : heldVariables(definitions, places)
  if (!isTelling) return { ...NOTHING, held }
  const commands = commandsOf(read)
  const uses: readonly SpotUse[] = commandUses(commands, addressesIn(definitions), programs).map(
    ({ command, ...rest }) => ({ at: command.at, keys: command.keys, ...rest }),
  )
  const reads = withLines(uses, read.text)
  const asked = new Set(reads.flatMap(({ names }) => names))
  return { held, derived: derivedVariables(definitions, commands, asked), reads, spread: [] }
}

/** Variables that hold an address, and not only that. */
function addressesIn(definitions: readonly Definition[]): ReadonlyMap<string, string> {
  const addresses = definitions.filter(
    ({ text }) => text.length < 600 && text.includes('bitbucket.org') && !/\s/.test(text),
  )
  return new Map(addresses.map(({ name, text }) => [name, text]))
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
