/** What Stapler exports for one object: its fields, and for a map only its entries. */
export interface Bean {
  /** Written when the runtime type differs from the declared one. */
  readonly _class?: string
  readonly fields: Readonly<Record<string, Exported>>
  /** Fields shown deeper than usual; the default is 1 (Stapler `@Exported(visibility)`). */
  readonly visibility?: Readonly<Record<string, number>>
}

export interface BeanMap {
  readonly entries: Readonly<Record<string, Bean>>
}

/** A function is asked only when the field is shown: a controller has thousands of items, and a question shows a few fields of each. */
export type Exported = string | number | boolean | null | Bean | BeanMap | readonly Exported[] | (() => Exported)

/** Decides on one field: undefined leaves it out, otherwise the pruner of its value. */
type Pruner = (field: string, visibility: number) => FieldPruner | undefined
interface FieldPruner {
  readonly inner: Pruner
  readonly from: number
  readonly to: number
}

/** Throws on a malformed `tree`, which Jenkins answers with 500. */
export function exportJson(bean: Bean, query: URLSearchParams): unknown {
  const tree = query.get('tree')
  const depth = Number.parseInt(query.get('depth') ?? '0', 10)
  return exportBean(bean, tree === null ? byDepth(1 - (Number.isNaN(depth) ? 0 : depth)) : byTree(parseTree(tree)))
}

function exportBean(bean: Bean, prune: Pruner): unknown {
  const out: Record<string, unknown> = bean._class === undefined ? {} : { _class: bean._class }
  for (const name of Object.keys(bean.fields).sort()) {
    const kept = prune(name, bean.visibility?.[name] ?? 1)
    const value = bean.fields[name]
    if (kept !== undefined && value !== undefined) out[name] = exportValue(value, kept)
  }
  return out
}

function exportValue(value: Exported, kept: FieldPruner): unknown {
  if (typeof value === 'function') return exportValue(value(), kept)
  if (value === null || typeof value !== 'object') return value
  if (isList(value)) return value.slice(kept.from, kept.to).map((each) => exportValue(each, kept))
  if (!('entries' in value)) return exportBean(value, kept.inner)
  return Object.fromEntries(Object.entries(value.entries).map(([key, each]) => [key, exportBean(each, kept.inner)]))
}

function isList(value: Exported): value is readonly Exported[] {
  return Array.isArray(value)
}

function byDepth(level: number): Pruner {
  return (_field, visibility) =>
    visibility < level ? undefined : { inner: byDepth(level + 1), from: 0, to: Number.POSITIVE_INFINITY }
}

interface Tree {
  readonly fields: Map<string, Tree>
  readonly from: number
  readonly to: number
}

function byTree(tree: Tree): Pruner {
  return (field) => {
    const subtree = tree.fields.get(field) ?? tree.fields.get('*')
    return subtree === undefined ? undefined : { inner: byTree(subtree), from: subtree.from, to: subtree.to }
  }
}

/** `a,b[c,d],e[*]{0,10}` */
function parseTree(text: string): Tree {
  const tokens = text.match(/[[\],]|\{\d*,\d*\}|\{\d+\}|[^[\]{},]+|./g) ?? []
  let at = 0
  const fail = () => new Error(`Malformed tree expression: ${text}`)
  const list = (): Map<string, Tree> => {
    const fields = new Map<string, Tree>()
    do {
      const name = tokens[at++]?.trim()
      if (name === undefined || !/^(\*|\w+)$/.test(name)) throw fail()
      fields.set(name, node())
    } while (tokens[at] === ',' && at++ >= 0)
    return fields
  }
  const node = (): Tree => {
    let fields = new Map<string, Tree>()
    if (tokens[at] === '[') {
      at++
      fields = list()
      if (tokens[at++] !== ']') throw fail()
    }
    const range = /^\{(\d*)(,?)(\d*)\}$/.exec(tokens[at] ?? '')
    if (range === null) return { fields, from: 0, to: Number.POSITIVE_INFINITY }
    at++
    const from = Number(range[1] || 0)
    return {
      fields,
      from,
      to: range[2] === '' ? from + 1 : range[3] === '' ? Number.POSITIVE_INFINITY : Number(range[3]),
    }
  }
  const fields = list()
  if (at !== tokens.length) throw fail()
  return { fields, from: 0, to: Number.POSITIVE_INFINITY }
}
