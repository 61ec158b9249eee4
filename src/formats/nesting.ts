/**
 * Recursive parsers end the process, not with an error, when the stack runs out inside the engine's own code; so what is nested deeper
 * than any configuration never reaches them.
 */
const DEEPEST = 500

/** Brackets inside strings and comments count as well: taking a rare file for deep costs little, the other mistake costs the run. */
export function isTooDeep(text: string): boolean {
  return hasDeepBrackets(text) || hasDeepIndents(text)
}

export function hasDeepBrackets(text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at)
    if (character === 0x5b || character === 0x7b) {
      depth++
      if (depth > DEEPEST) return true
    } else if ((character === 0x5d || character === 0x7d) && depth > 0) depth--
  }
  return false
}

/** Each `- `, `? ` and `: ` opens a level of its own: `- - - a`, also in the middle of a line: `a: b: c: d`. */
function hasDeepIndents(text: string): boolean {
  const open: number[] = []
  for (let at = 0; at < text.length; ) {
    const lineEnd = text.indexOf('\n', at)
    const end = lineEnd === -1 ? text.length : lineEnd
    for (const column of levelsOf(text, at, end)) {
      while ((open.at(-1) ?? -1) >= column) open.pop()
      open.push(column)
      if (open.length > DEEPEST) return true
    }
    at = end + 1
  }
  return false
}

function* levelsOf(text: string, start: number, end: number): Generator<number> {
  for (let at = start; at < end; at++) {
    const character = text.charAt(at)
    if (isBlank(character)) continue
    if (at === start || isBlank(text.charAt(at - 1))) {
      yield at - start
      if (!isIndicator(character) || !isBlank(text.charAt(at + 1))) return yield* valuesOf(text, start, at, end)
    }
  }
}

/** Where a value stands behind a key, outside of brackets: only of a line on which so many fit that they matter. */
function* valuesOf(text: string, start: number, from: number, end: number): Generator<number> {
  if (end - start < DEEPEST * 'k: '.length) return
  let depth = 0
  for (let at = from; at < end; at++) {
    const character = text.charAt(at)
    if (character === '[' || character === '{') depth++
    else if (character === ']' || character === '}') depth--
    else if (character === ':' && depth <= 0 && isBlank(text.charAt(at + 1))) yield at + 1 - start
  }
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\t'
}

function isIndicator(character: string): boolean {
  return character === '-' || character === '?' || character === ':'
}

/** A value nested deeper keeps the names of this many levels next to it, so that a field never costs more than a small array. */
export const MOST_KEYS = 50
