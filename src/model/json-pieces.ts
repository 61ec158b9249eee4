/** The members of a document, and the elements of these, are pieces; what lies deeper is written as one. */
const DEPTH = 2

/**
 * What `JSON.stringify(value, undefined, 2)` gives, in pieces one behind the other: a text of everything would be held at once, and can be
 * longer than a string may be (512 MiB in V8).
 */
export function jsonPieces(value: unknown): Generator<string> {
  return pieces(value, DEPTH, '')
}

function* pieces(value: unknown, depth: number, indent: string): Generator<string> {
  if (depth === 0 || typeof value !== 'object' || value === null || 'toJSON' in value) {
    yield written(value, indent)
    return
  }
  const isArray = Array.isArray(value)
  const inner = `${indent}  `
  let isFirst = true
  for (const [name, member] of Object.entries(value)) {
    if (!isArray && isLeftOut(member)) continue
    yield `${isFirst ? (isArray ? '[' : '{') : ','}\n${inner}${isArray ? '' : `${JSON.stringify(name)}: `}`
    yield* pieces(member, depth - 1, inner)
    isFirst = false
  }
  yield isFirst ? (isArray ? '[]' : '{}') : `\n${indent}${isArray ? ']' : '}'}`
}

function isLeftOut(member: unknown): boolean {
  return member === undefined || typeof member === 'function' || typeof member === 'symbol'
}

/** No line feed of a text stands in JSON as it is, so that each one begins a line. */
function written(value: unknown, indent: string): string {
  return (JSON.stringify(value, undefined, 2) ?? 'null').replaceAll('\n', `\n${indent}`)
}

/** So many characters are handed on at a time. */
const CHUNK = 64 * 1024

/** The same text in fewer pieces, of some 64 Ki characters. */
export function* chunksOf(pieces: Iterable<string>): Generator<string> {
  let held: string[] = []
  let length = 0
  for (const piece of pieces) {
    held.push(piece)
    length += piece.length
    if (length < CHUNK) continue
    yield held.join('')
    held = []
    length = 0
  }
  if (length > 0) yield held.join('')
}
