import { scopesOfUse } from '../bitbucket/scopes.ts'
import type { Use } from '../model/use.ts'
import { useKey } from './pins.ts'

export const PUSHING = scopesOfUse({ operation: 'git-push' })

/** Whether a token may push; otherwise its name. */
export type Pushing = 'may' | { readonly name: string }

/**
 * A clone may be pushed from, and nothing says that it is: a new token is asked for with both scopes, but one that a person made for
 * reading alone is taken at its word, and then proved for reading. What is pushed and never fetched is pushed.
 */
export function forReading(uses: readonly Use[]): readonly Use[] {
  const fetched = new Set(uses.flatMap((use) => (use.operation === 'git-fetch' ? [useKey(use)] : [])))
  return uses.filter((use) => use.operation !== 'git-push' || !fetched.has(useKey(use)))
}

export function proved(uses: readonly Use[], pushing: Pushing): readonly Use[] {
  return pushing === 'may' ? uses : forReading(uses)
}

/** Why a person has to act where something pushes and the token that was named may not. */
export function pushRefusal(
  { uses }: { readonly uses: readonly Use[] },
  pushing: Pushing,
): { readonly reason: string; readonly wayOut: string } | undefined {
  if (pushing === 'may' || forReading(uses).every(({ operation }) => operation !== 'git-push')) return undefined
  return {
    reason: `it pushes, and the token "${pushing.name}" lacks ${PUSHING.join(' or ')}`,
    wayOut: 'Name a token with both scopes: keyturn plan --token NAME',
  }
}
