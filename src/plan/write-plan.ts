import type { Plan } from '../model/plan.ts'

/** A plan as a person reviews it: two blanks of indentation, a line feed at the end. */
export function writePlan(plan: Plan): string {
  return `${JSON.stringify(plan, undefined, 2)}\n`
}
