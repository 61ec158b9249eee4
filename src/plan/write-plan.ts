import { stringify } from 'yaml'
import { chunksOf, jsonPieces } from '../model/json-pieces.ts'
import type { Plan } from '../model/plan.ts'

/** The bytes of its file: a plan of many places never is a text as a whole. */
export function planBytes(plan: Plan, format: 'json' | 'yaml' = 'json'): Uint8Array {
  return format === 'yaml' ? Buffer.from(writePlan(plan, format)) : Buffer.concat([...planPieces(plan)])
}

/** The same bytes as JSON, one piece after the other, each time that it is gone through. */
export function planPieces(plan: Plan): Iterable<Uint8Array> {
  return { [Symbol.iterator]: () => piecesOf(plan) }
}

function* piecesOf(plan: Plan): Generator<Uint8Array> {
  for (const chunk of chunksOf(jsonPieces(plan))) yield Buffer.from(chunk)
  yield Buffer.from('\n')
}

/** A plan as a person reviews it: two blanks of indentation, a line feed at the end. */
export function writePlan(plan: Plan, format: 'json' | 'yaml' = 'json'): string {
  if (format === 'json') return `${JSON.stringify(plan, undefined, 2)}\n`
  // Editors and scripts read YAML 1.1, where a bare date is no text: saved again, it would count as edited.
  return stringify(plan, { aliasDuplicateObjects: false, lineWidth: 120, compat: 'yaml-1.1' })
}

/** By the end of its name. */
export function planFormat(path: string): 'json' | 'yaml' {
  return /\.ya?ml$/i.test(path) ? 'yaml' : 'json'
}
