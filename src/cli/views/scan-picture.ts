import { KIND_WORDS, NOT_FOUND, OPERATION_WORDS } from '../../messages/kinds.ts'
import { groupedBy } from '../../model/grouped-by.ts'
import type { Place } from '../../model/place.ts'
import type { SecretKind } from '../../model/secret.ts'
import type { Use } from '../../model/use.ts'
import { type Column, centred, spread } from './picture-layout.ts'
import { type CredentialGroup, whereOf } from './scan-report.ts'

/** More rows than this no eye follows: places are then drawn in bundles, and repositories by workspace. */
export const ROWS = 24

/** What is drawn in one box. Two lines, and what a pointer tells. */
export interface PictureNode {
  readonly title: string
  readonly detail: string
  readonly kind?: SecretKind
  /** Id of the part of the page that tells more. */
  readonly target?: string
  /** Bundles of places that this box belongs to. */
  readonly bundles: readonly number[]
  /** Middle of the box, from the top. */
  readonly y: number
}

export interface PictureEdge {
  readonly fromY: number
  readonly toY: number
  readonly kind: SecretKind
  readonly bundles: readonly number[]
}

export interface Picture {
  readonly secrets: readonly PictureNode[]
  readonly places: readonly PictureNode[]
  readonly uses: readonly PictureNode[]
  readonly sits: readonly PictureEdge[]
  readonly feeds: readonly PictureEdge[]
  readonly height: number
  /** What the picture leaves to the list. */
  readonly left: { readonly places: number; readonly credentials: number; readonly uses: number }
  /** Bundle of a place, by its id. A place that is not drawn has none. */
  readonly bundleOf: ReadonlyMap<string, number>
}

/** Places that are drawn as one box. */
interface Bundle {
  readonly credential: number
  readonly places: readonly Place[]
}

/** Which secret sits in which place and feeds which use. `groups` in the order of the page. */
export function drawPicture(groups: readonly CredentialGroup[], sources: readonly string[]): Picture {
  const all = bundlesOf(groups)
  const drawn = all.length <= ROWS ? all : largest(all)
  const drawnPlaces = drawn.reduce((sum, bundle) => sum + bundle.places.length, 0)
  const credentials = [...new Set(drawn.map((bundle) => bundle.credential))]
  const useNodes = usesOf(drawn)
  const placeYs = spread(drawn.length)
  const secretYs = centred(
    credentials.map((credential) => yOfBundles((bundle) => drawn[bundle]?.credential === credential, placeYs)),
  )
  const useYs = centred(useNodes.map((use) => yOfBundles((bundle) => use.bundles.has(bundle), placeYs)))
  const kindOf = (bundle: number): SecretKind => groups[drawn[bundle]?.credential ?? -1]?.kind ?? 'unknown'
  return {
    places: drawn.map((bundle, index) => placeNode(bundle, index, sources, placeYs)),
    secrets: credentials.map((credential, row) =>
      secretNode(groups[credential], credential, indexesOf(drawn, credential), secretYs[row] ?? 0),
    ),
    uses: useNodes.map(({ title, detail, bundles }, row) => ({
      title,
      detail,
      bundles: [...bundles],
      y: useYs[row] ?? 0,
    })),
    sits: drawn.map((bundle, index) => ({
      fromY: secretYs[credentials.indexOf(bundle.credential)] ?? 0,
      toY: placeYs[index] ?? 0,
      kind: kindOf(index),
      bundles: [index],
    })),
    feeds: useNodes.flatMap((use, row) =>
      [...use.bundles].map((index) => ({
        fromY: placeYs[index] ?? 0,
        toY: useYs[row] ?? 0,
        kind: kindOf(index),
        bundles: [index],
      })),
    ),
    height: heightOf([placeYs, secretYs, useYs]),
    left: {
      places: groups.reduce((sum, group) => sum + group.places.length, 0) - drawnPlaces,
      credentials: groups.length - credentials.length,
      uses: usesLeft(drawn, useNodes.length),
    },
    bundleOf: new Map(drawn.flatMap(({ places }, index) => places.map((place) => [place.id, index] as const))),
  }
}

/** One per place; where that is too much, one per credential and consumer. */
function bundlesOf(groups: readonly CredentialGroup[]): readonly Bundle[] {
  const single = groups.flatMap((group, credential) => group.places.map((place) => ({ credential, places: [place] })))
  if (single.length <= ROWS) return single
  return groups.flatMap((group, credential) =>
    [...groupedBy(group.places, (place) => place.consumer).values()].map((places) => ({ credential, places })),
  )
}

/** The bundles with the most places, in the order of the page. */
function largest(bundles: readonly Bundle[]): readonly Bundle[] {
  const chosen = new Set(bundles.toSorted((one, other) => other.places.length - one.places.length).slice(0, ROWS))
  return bundles.filter((bundle) => chosen.has(bundle))
}

const indexesOf = (bundles: readonly Bundle[], credential: number): readonly number[] =>
  bundles.flatMap((bundle, index) => (bundle.credential === credential ? [index] : []))

function placeNode({ places }: Bundle, index: number, sources: readonly string[], ys: Column): PictureNode {
  const [first] = places
  const node = { bundles: [index], y: ys[index] ?? 0, ...(first === undefined ? {} : { target: first.id }) }
  if (first === undefined || places.length > 1)
    return { ...node, title: `${places.length.toLocaleString('en-US')} places`, detail: first?.consumer ?? '' }
  return { ...node, title: whereOf(first, sources), detail: `${first.consumer} ${first.address}` }
}

function secretNode(
  group: CredentialGroup | undefined,
  credential: number,
  bundles: readonly number[],
  y: number,
): PictureNode {
  const names = group?.usernames.map((username) => username ?? 'no username').join(', ') ?? ''
  const kind = group?.kind ?? 'unknown'
  return {
    title: `${KIND_WORDS[kind]}, ${names}`,
    detail: group?.fingerprint ?? 'secret not shown',
    kind,
    target: `c${credential + 1}`,
    bundles,
    y,
  }
}

interface UseNode {
  readonly title: string
  readonly detail: string
  readonly bundles: ReadonlySet<number>
}

/** One per repository; where that is too much, one per workspace; where that is too much, the first ones. */
function usesOf(bundles: readonly Bundle[]): readonly UseNode[] {
  const byRepository = usesBy(bundles, (use) =>
    use.repository === undefined ? workspaceOf(use) : `${use.repository.workspace}/${use.repository.slug}`,
  )
  if (byRepository.length <= ROWS) return byRepository
  return usesBy(bundles, workspaceOf).slice(0, ROWS)
}

const workspaceOf = ({ repository, workspace = repository?.workspace }: Use): string =>
  workspace === undefined ? 'no repository named' : `workspace ${workspace}`

function usesBy(bundles: readonly Bundle[], nameOf: (use: Use) => string): readonly UseNode[] {
  const found = new Map<string, { readonly operations: Set<string>; readonly bundles: Set<number> }>()
  for (const [index, { places }] of bundles.entries())
    for (const { use, unresolved } of places.flatMap(usesDrawn)) {
      const name = unresolved === undefined ? nameOf(use) : NOT_FOUND
      const node = found.get(name) ?? { operations: new Set(), bundles: new Set() }
      found.set(name, node)
      node.operations.add(unresolved === undefined ? OPERATION_WORDS[use.operation] : 'nothing was seen to read it')
      node.bundles.add(index)
    }
  return [...found].map(([title, node]) => ({ title, detail: [...node.operations].join(', '), bundles: node.bundles }))
}

function usesDrawn({ uses, unresolved }: Place): readonly { readonly use: Use; readonly unresolved?: string }[] {
  return uses.map((use) => ({ use, ...(unresolved === undefined ? {} : { unresolved }) }))
}

function usesLeft(bundles: readonly Bundle[], drawn: number): number {
  if (drawn < ROWS) return 0
  return Math.max(usesBy(bundles, workspaceOf).length - drawn, 0)
}

/** The mean height of the bundles that a box belongs to. */
function yOfBundles(belongs: (bundle: number) => boolean, ys: Column): number {
  const mine = ys.filter((_, bundle) => belongs(bundle))
  return mine.reduce((sum, y) => sum + y, 0) / Math.max(mine.length, 1)
}

const heightOf = (columns: readonly Column[]): number => Math.max(...columns.flat(), 0) + 40
