import { countWhile } from '../formats/count-while.ts'
import type { Field } from '../formats/field.ts'
import type { DocumentFormat } from './document-format.ts'

/** A line that starts the next document of a YAML stream; no value can hold it (YAML 1.2.2, 9.1.2). */
const NEXT = /^---(?=[ \t\r]|$)/gm

/**
 * Which document of a stream a field stands in, counted from 0, or which block of a text. Fields of different ones have the same keys and
 * nothing to do with each other. Formats without streams have one document.
 */
export function partsOf(format: DocumentFormat, text: string): (field: Pick<Field, 'extent'>) => number {
  if (format === 'text' && text.includes('{')) return blocksOf(text)
  if (format !== 'yaml' || !text.includes('---')) return () => 0
  const starts = [...text.matchAll(NEXT)].map(({ index }) => index)
  return ({ extent: [at] }) => countUpTo(at, starts)
}

/** `name {` and `}` on lines of their own. */
const BRACE = /^[^\n{}]*\{[ \t]*\r?$|^[ \t]*\}[ \t,;)\]]*\r?$/gm

/** What no reader knows is read line by line, without the sections around a line; they hold one name each all the same. */
function blocksOf(text: string): (field: Pick<Field, 'extent'>) => number {
  const starts: number[] = []
  const blocks = [0]
  const open = [0]
  for (const { 0: line, index } of text.matchAll(BRACE)) {
    if (line.includes('{')) open.push(starts.length + 1)
    else if (open.length > 1) open.pop()
    starts.push(index)
    blocks.push(open.at(-1) ?? 0)
  }
  return ({ extent: [at] }) => blocks[countUpTo(at, starts)] ?? 0
}

/** How many of the sorted offsets are not behind `at`. */
function countUpTo(at: number, offsets: readonly number[]): number {
  const low = countWhile(offsets, (offset) => offset <= at)
  return low
}
