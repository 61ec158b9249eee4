import { BRANCH_SOURCE_SCOPES, inNamesOfApiTokens, scope, scopesOfUse, withReading } from '../bitbucket/scopes.ts'
import type { Scope } from '../model/answer.ts'
import type { Place } from '../model/place.ts'
import type { TokenRequest } from '../model/token-request.ts'
import type { Use } from '../model/use.ts'
import { isBranchSource } from './branch-source.ts'
import { TOOL_SCOPES } from './consumer-scopes.ts'

/** The same guide; to take them away again REST wants one more. */
const HOOKS_OF_BRANCH_SOURCE = {
  scopes: ['read:webhook', 'write:webhook', 'delete:webhook'].map(scope),
  when: 'jenkins: Branch Source manages webhooks',
}
const READ = scope('read:repository')

type Used = Pick<Place, 'consumer' | 'uses' | 'unresolved'>

/**
 * Least scopes for everything that is done through these places, sorted; never copied from the permissions of an app password. What a
 * name suggests (`unresolved`) is no reason to ask for a scope.
 */
export function scopesFor(places: readonly Used[]): readonly Scope[] {
  const needed = new Set<Scope>()
  for (const place of places) for (const one of scopesOfPlace(place)) needed.add(one)
  if (needed.size === 0) needed.add(READ)
  return withReading([...needed])
}

/** The same without what tools document: of what was seen. */
export function scopesSeen(places: readonly Used[]): readonly Scope[] {
  const known = places.filter(({ unresolved }) => unresolved === undefined)
  return [...new Set(known.flatMap(({ uses }) => uses.flatMap(scopesOf)))].sort()
}

function scopesOfPlace({ consumer, uses, unresolved }: Used): readonly Scope[] {
  if (unresolved !== undefined) return []
  const ofTools = toolsOnRest({ consumer, uses }).flatMap((tool) => TOOL_SCOPES[tool]?.scopes ?? [])
  return [...uses.flatMap(scopesOf), ...ofTools]
}

/** The consumer of the place, and those that a variable was followed to; what they need counts where they ask REST. */
function toolsOnRest({ consumer, uses }: Pick<Used, 'consumer' | 'uses'>): readonly string[] {
  const onRest = uses.filter(isOnRest)
  return onRest.length === 0 ? [] : [consumer, ...onRest.flatMap(({ tool }) => tool ?? [])]
}

function scopesOf(use: Use): readonly Scope[] {
  return isBranchSource(use) ? BRANCH_SOURCE_SCOPES : scopesOfUse(use)
}

function isOnRest({ operation }: Use): boolean {
  return operation === 'rest' || operation === 'web'
}

/** Scopes that some settings of the tools behind these places need, which nothing tells; each once. */
export function optionalScopes(
  places: readonly Used[],
  asked: readonly Scope[],
): NonNullable<TokenRequest['optional']> {
  const known = places.filter(({ unresolved }) => unresolved === undefined)
  const consumers = new Set(
    known.flatMap((place) => [
      ...toolsOnRest(place),
      ...(TOOL_SCOPES[place.consumer]?.beside === true ? [place.consumer] : []),
    ]),
  )
  const ofTools = [...consumers].sort().flatMap((consumer) => {
    const optional = TOOL_SCOPES[consumer]?.optional
    return optional === undefined ? [] : [{ scopes: optional.scopes, when: `${consumer}: ${optional.when}` }]
  })
  const ofBranchSource = known.some(({ uses }) => uses.some(isBranchSource)) ? [HOOKS_OF_BRANCH_SOURCE] : []
  return [...ofBranchSource, ...ofTools].flatMap(({ scopes, when }) => {
    const more = withReading(scopes).filter((one) => !asked.includes(one))
    return more.length === 0 ? [] : [{ scopes: more, when }]
  })
}

/** `not reported` counts as covering: only Bitbucket can tell, and every change is proved. */
export function covers(granted: readonly Scope[] | 'not reported', needed: readonly Scope[]): boolean {
  if (granted === 'not reported') return true
  const known = new Set(inNamesOfApiTokens(granted))
  return needed.every((one) => known.has(one))
}
