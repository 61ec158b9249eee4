import { stringify } from 'yaml'
import type { Plan } from '../model/plan.ts'

/** A plan as a person reviews it: two blanks of indentation, a line feed at the end. */
export function writePlan(plan: Plan, format: 'json' | 'yaml' = 'json'): string {
  if (format === 'json') return `${JSON.stringify(plan, undefined, 2)}\n`
  return stringify(plan, { aliasDuplicateObjects: false, lineWidth: 120 })
}

/** By the end of its name. */
export function planFormat(path: string): 'json' | 'yaml' {
  return /\.ya?ml$/i.test(path) ? 'yaml' : 'json'
}
