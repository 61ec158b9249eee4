import type { ByteSpan } from './byte-text.ts'
import { fieldOf } from './code-fields.ts'
import type { Part } from './code-frame.ts'
import type { Group } from './code-groups.ts'
import { walkCode } from './code-walk.ts'
import type { FieldReading } from './field.ts'

/**
 * A pair of brackets of a pipeline: a call with its arguments and the closure behind it (`withCredentials`, `usernamePassword`, `stage`),
 * a block (`environment`, `steps`), or a list or map, which has no name.
 */
export interface GroovyBlock {
  readonly name: string
  /** From its name to its last bracket. */
  readonly extent: ByteSpan
  /** `fields.slice(...head)` are its arguments, those of inner calls included. */
  readonly head: readonly [from: number, to: number]
  /** `fields.slice(...body)` stand in its closure; empty: it has none. */
  readonly body: readonly [from: number, to: number]
  /** Index of the block around it. */
  readonly within?: number
}

export interface GroovyReading extends FieldReading {
  /** In the order in which they open: outer ones first. */
  readonly blocks: readonly GroovyBlock[]
}

/** Blocks that hold settings: their names belong to the keys. */
const SETTINGS = new Set(['environment', 'credentials', 'parameters', 'options'])

/**
 * Reads a Jenkinsfile into its string literals. `keys` hold names of steps, arguments and map entries, but neither blocks nor indices:
 * `['sh']`, `['git', 'url']`, `['environment', 'NAME']`, `['environment', 'NAME', 'credentials']`,
 * `['withCredentials', 'usernamePassword', 'credentialsId']`. Which step stands in which block is told by `blocks`. `text` is byte text.
 */
export function readGroovyFields(text: string): GroovyReading {
  const { literals, groups } = walkCode(text, 'groovy')
  const isField = literals.map(({ role }) => role === 'value')
  const before = [0]
  for (const is of isField) before.push((before.at(-1) ?? 0) + (is ? 1 : 0))
  const values = literals.filter(({ role }) => role === 'value')
  const fields = values.map((literal) => fieldOf({ ...literal, parts: stepOf(literal.parts) }, keyOf))
  return { fields, blocks: groups.map((group) => blockOf(group, before)) }
}

/** The way inside of one step. In `def out = sh(…)` and `steps.sh(…)` the step is `sh`; in `environment` the names matter. */
function stepOf(parts: readonly Part[]): readonly Part[] {
  const block = parts.findLastIndex(({ kind }) => kind === 'block')
  if (SETTINGS.has(parts[block]?.text ?? '')) return parts.slice(block)
  const call = parts.findIndex(({ kind }, index) => index > block && kind === 'call')
  return parts.slice(call === -1 ? block + 1 : call)
}

function keyOf({ kind, text }: Part): string | undefined {
  return kind === 'index' ? undefined : text
}

/** `before[n]`: how many fields stand among the first n literals. */
function blockOf({ name, extent, from, body, to, within }: Group, before: readonly number[]): GroovyBlock {
  const [first, middle, last] = [before[from] ?? 0, before[body] ?? 0, before[to] ?? 0]
  return { name, extent, head: [first, middle], body: [middle, last], ...(within === undefined ? {} : { within }) }
}
