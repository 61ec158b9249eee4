import { isAlias, isMap, isPair, isScalar, isSeq, type Node, type Pair, parseAllDocuments, Scalar } from 'yaml'
import { bomLength } from './byte-text.ts'
import type { Field, FieldReading } from './field.ts'
import { isTooDeep, MOST_KEYS } from './nesting.ts'
import { withoutTemplates } from './template-mask.ts'
import { readYamlLines } from './yaml-lines.ts'
import { scalarText } from './yaml-scalar.ts'

/** Aliases of aliases can stand for more values than any file holds ("billion laughs"). */
const MOST_ALIASED = 100_000
/** So can an anchor that holds its own alias. */
const DEEPEST = 1000

/**
 * Reads every document of a YAML stream into its scalar values; an alias stands for what its anchor holds, and the values of a merge
 * stand under the mapping itself. Where templates (Helm, Jinja) or mistakes keep a part from being YAML, lines that say `key: value` are read
 * one by one. `text` is byte text.
 */
export function readYamlFields(text: string): FieldReading {
  const start = bomLength(text)
  const plain = isTooDeep(text) ? undefined : readDocuments(text, text, start)
  if (plain !== undefined && plain.mistake === undefined) {
    if (!plain.isCutOff) return { fields: plain.fields }
    return { fields: plain.fields, problem: { detail: 'its aliases stand for too much' } }
  }
  const masked = withoutTemplates(text)
  const parsed = masked === text || isTooDeep(masked) ? plain : readDocuments(text, masked, start)
  const at = plain?.mistake ?? start
  const problem = { span: [at, at] as const, detail: 'it is no YAML' }
  if (parsed !== undefined && parsed.mistake === undefined) return { fields: parsed.fields, problem }
  const lines = readYamlLines(text, start)
  return { fields: withLines(parsed?.fields ?? [], parsed?.mistake ?? start, lines, text), problem }
}

/**
 * Behind the first mistake the lines are believed: a missing quote swallows lines, and a stray colon nests them. There, the documents only
 * add what the lines have not, from inside of flow collections.
 */
function withLines(parsed: readonly Field[], mistake: number, lines: readonly Field[], text: string): readonly Field[] {
  const mistakeLine = mistake === 0 ? 0 : text.lastIndexOf('\n', mistake - 1) + 1
  const starts = new Set(lines.map(({ extent }) => extent[0]))
  const believed = parsed.filter(({ extent }) => {
    if (extent[1] < mistakeLine) return true
    return !starts.has(extent[0]) && !text.slice(...extent).includes('\n')
  })
  return [...believed, ...uncovered(lines, believed)]
}

/** Those of `lines`, which are in order, that share no byte with any of `covers`, and do not start with one. */
function uncovered(lines: readonly Field[], covers: readonly Field[]): readonly Field[] {
  const inOrder = [...covers].sort((a, b) => a.extent[0] - b.extent[0])
  let next = 0
  let coveredTo = -1
  return lines.filter(({ extent: [from, to] }) => {
    let isStart = false
    for (let cover = inOrder[next]; cover !== undefined && cover.extent[0] <= from; cover = inOrder[next]) {
      coveredTo = Math.max(coveredTo, cover.extent[1])
      isStart ||= cover.extent[0] === from
      next++
    }
    return !isStart && from >= coveredTo && to <= (inOrder[next]?.extent[0] ?? to)
  })
}

interface Reading {
  readonly fields: readonly Field[]
  /** Where the first mistake is. */
  readonly mistake?: number
  readonly isCutOff: boolean
}

/** `masked` is as long as `text`; it is what is parsed, and the values are those of `text`. */
function readDocuments(text: string, masked: string, start: number): Reading {
  const options = { uniqueKeys: false, strict: false, logLevel: 'silent', merge: false } as const
  // Without pretty errors: each of them would quote its line, which takes quadratic time. The source tokens know the indentation.
  const more = { prettyErrors: false, keepSourceTokens: true } as const
  const documents = parseAllDocuments(masked.slice(start), { ...options, ...more })
  const fields: Field[] = []
  let isCutOff = false
  let mistake: number | undefined
  for (const document of Array.isArray(documents) ? documents : []) {
    for (const { pos } of document.errors) mistake = Math.min(mistake ?? start + pos[0], start + pos[0])
    const walk: Walk = { text, start, fields, anchors: new Map(), aliased: 0, isInAlias: false, isCutOff: false }
    if (document.contents !== null) walkNode(document.contents as Node, [], walk, 0)
    isCutOff ||= walk.isCutOff
  }
  return { fields, isCutOff, ...(mistake === undefined ? {} : { mistake }) }
}

interface Walk {
  readonly text: string
  readonly start: number
  readonly fields: Field[]
  /** What each anchor stands for so far; the last one of a name holds. */
  readonly anchors: Map<string, Node>
  /** Nodes that were read for an alias. */
  aliased: number
  isInAlias: boolean
  isCutOff: boolean
}

function walkNode(node: Node, keys: readonly string[], walk: Walk, depth: number): void {
  if (walk.isInAlias && (depth > DEEPEST || ++walk.aliased > MOST_ALIASED)) {
    walk.isCutOff = true
    return
  }
  if (isAlias(node)) {
    walkAlias(walk.anchors.get(node.source), keys, walk, depth)
    return
  }
  if (node.anchor !== undefined && !walk.isInAlias) walk.anchors.set(node.anchor, node)
  if (isScalar(node)) {
    const field = fieldOf(node, keys, walk)
    if (field !== undefined) walk.fields.push(field)
  } else if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) walkItem(item, below(keys, String(index)), walk, depth)
  } else if (isMap(node)) {
    for (const pair of node.items) walkPair(pair, keys, walk, depth)
  }
}

function walkAlias(target: Node | undefined, keys: readonly string[], walk: Walk, depth: number): void {
  if (target === undefined) return
  const wasInAlias = walk.isInAlias
  walk.isInAlias = true
  walkNode(target, keys, walk, depth + 1)
  walk.isInAlias = wasInAlias
}

function below(keys: readonly string[], name: string): readonly string[] {
  return keys.length < MOST_KEYS ? [...keys, name] : [...keys.slice(1 - MOST_KEYS), name]
}

function walkItem(item: unknown, keys: readonly string[], walk: Walk, depth: number): void {
  if (isPair(item)) walkPair(item, keys, walk, depth)
  else if (item !== null && typeof item === 'object') walkNode(item as Node, keys, walk, depth + 1)
}

function walkPair(pair: Pair, keys: readonly string[], walk: Walk, depth: number): void {
  const { key, value } = pair
  const name = nameOf(key, walk)
  if (value === null || typeof value !== 'object') return
  const isMerge = name === '<<' && isScalar(key) && key.type === Scalar.PLAIN
  if (isMerge && isSeq(value)) {
    // A list of mappings to merge: its order says which one wins, not where the values stand.
    for (const item of value.items) walkItem(item, keys, walk, depth)
  } else walkNode(value as Node, isMerge ? keys : below(keys, name), walk, depth + 1)
}

/** As it is written: `1.0` is no number here, and a name in quotes is read like a value. */
function nameOf(key: unknown, walk: Walk): string {
  if (isAlias(key)) return nameOf(walk.anchors.get(key.source), { ...walk, anchors: new Map() })
  if (!isScalar(key)) return ''
  if (key.anchor !== undefined) walk.anchors.set(key.anchor, key as Node)
  return fieldOf(key, [], walk)?.value.text ?? ''
}

function fieldOf(node: Scalar, keys: readonly string[], { text, start }: Walk): Field | undefined {
  const { range, type } = node
  if (range === undefined || range === null) return undefined
  const extent = [start + range[0], start + range[1]] as const
  const isBlock = type === Scalar.BLOCK_LITERAL || type === Scalar.BLOCK_FOLDED
  const source = node.srcToken
  const indent = source !== undefined && 'indent' in source ? source.indent : 0
  const value = scalarText(text.slice(...extent), extent[0], isBlock, indent)
  return { keys, value, extent, ...(node.tag?.startsWith('!') === true ? { tag: node.tag } : {}) }
}
