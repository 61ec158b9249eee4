import { legacyScopesOf } from './legacy-scopes.ts'
import { scopeRows } from './operation-scopes.ts'

export interface Operation {
  /** `GET ~R/hooks`: method and path as the scope table writes them. */
  readonly id: string
  readonly method: string
  /** The whole path below `/2.0`, with `{names}`. */
  readonly template: string
  /** API-token scopes, all required together. */
  readonly scopes: readonly string[]
  readonly legacyScopes: readonly string[]
  readonly deprecated: boolean
}

/** One path of the table, with the operations it takes. */
interface PathNode {
  readonly literals: Map<string, PathNode>
  readonly methods: Map<string, Operation>
  name: PathNode | undefined
  /** A last name that takes several segments: a file path, or a branch with slashes. */
  rest: PathNode | undefined
}

export type FoundOperation =
  | { readonly kind: 'found'; readonly operation: Operation; readonly names: Readonly<Record<string, string>> }
  | { readonly kind: 'other method' }
  | { readonly kind: 'unknown path' }

const expand = (path: string): string =>
  path.replace('~R', '/repositories/{workspace}/{repo_slug}').replace('~W', '/workspaces/{workspace}')

const readEntry = (entry: string, scopes: readonly string[]): readonly Operation[] => {
  const [methods = '', path = ''] = entry.split(' ')
  return methods.split('/').map((marked) => {
    const method = marked.replace('†', '')
    const id = `${method} ${path}`
    const full = scopes.map((scope) => `${scope}:bitbucket`)
    const deprecated = marked.endsWith('†')
    return { id, method, template: expand(path), scopes: full, legacyScopes: legacyScopesOf(id, scopes), deprecated }
  })
}

/** Every published operation. */
export const operations: readonly Operation[] = scopeRows.flatMap(({ scopes, operations: entries }) =>
  entries.flatMap((entry) => readEntry(entry, scopes)),
)

const emptyNode = (): PathNode => ({ literals: new Map(), methods: new Map(), name: undefined, rest: undefined })

const takesSeveral = new Set(['{path}', '{name}', '{spec}', '{revspec}', '{revision}'])

const literalChild = (node: PathNode, segment: string): PathNode => {
  const child = node.literals.get(segment) ?? emptyNode()
  node.literals.set(segment, child)
  return child
}

const childFor = (node: PathNode, segment: string, last: boolean): PathNode => {
  if (!segment.startsWith('{')) return literalChild(node, segment)
  if (last && takesSeveral.has(segment)) {
    node.rest ??= emptyNode()
    return node.rest
  }
  node.name ??= emptyNode()
  return node.name
}

const buildIndex = (): PathNode => {
  const root = emptyNode()
  for (const operation of operations) {
    const segments = operation.template.slice(1).split('/')
    const node = segments.reduce((at, segment, i) => childFor(at, segment, i === segments.length - 1), root)
    node.methods.set(operation.method, operation)
  }
  return root
}

const index = buildIndex()

/** Literals before names, names before the rest of the path; the table's depth bounds the recursion. */
const descend = (node: PathNode, segments: readonly string[], at: number): PathNode | undefined => {
  const segment = segments[at]
  if (segment === undefined) return node.methods.size > 0 ? node : node.rest
  const literal = node.literals.get(segment)
  const below = literal === undefined ? undefined : descend(literal, segments, at + 1)
  if (below !== undefined) return below
  const named = node.name === undefined || segment === '' ? undefined : descend(node.name, segments, at + 1)
  return named ?? node.rest
}

const decodeName = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const namesOf = (operation: Operation, segments: readonly string[]): Readonly<Record<string, string>> => {
  const template = operation.template.slice(1).split('/')
  return Object.fromEntries(
    template.flatMap((part, i) => {
      if (!part.startsWith('{')) return []
      const last = i === template.length - 1 && takesSeveral.has(part)
      const value = last ? segments.slice(i).map(decodeName).join('/') : decodeName(segments[i] ?? '')
      return [[part.slice(1, -1), value]]
    }),
  )
}

/** The operation of a path below `/2.0`; HEAD is answered as GET. */
export const findOperation = (method: string, path: string): FoundOperation => {
  const segments = path.replace(/\/+$/, '').slice(1).split('/')
  const node = descend(index, segments, 0)
  if (node === undefined) return { kind: 'unknown path' }
  const operation = node.methods.get(method === 'HEAD' ? 'GET' : method)
  if (operation === undefined) return { kind: 'other method' }
  return { kind: 'found', operation, names: namesOf(operation, segments) }
}
