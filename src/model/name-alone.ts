import type { Step } from './plan.ts'

/** Whether a step changes a username where no secret stands: a URL that loses it, or a setting of git that names another. */
export function isOfNameAlone({ from, to }: Pick<Step, 'from' | 'to'>): boolean {
  if (to.username === 'remove') return true
  return to.keepSecret === true && typeof to.username === 'object' && from.kind === undefined
}
