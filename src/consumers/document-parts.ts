import type { Field } from '../formats/field.ts'
import type { DocumentFormat } from './document-format.ts'

/** A line that starts the next document of a YAML stream; no value can hold it (YAML 1.2.2, 9.1.2). */
const NEXT = /^---(?=[ \t\r]|$)/gm

/**
 * Which document of a stream a field stands in, counted from 0. Fields of different documents have the same keys and nothing to do with
 * each other. Formats without streams have one document.
 */
export function partsOf(format: DocumentFormat, text: string): (field: Pick<Field, 'extent'>) => number {
  if (format !== 'yaml' || !text.includes('---')) return () => 0
  const starts = [...text.matchAll(NEXT)].map(({ index }) => index)
  return ({ extent: [at] }) => {
    let [low, high] = [0, starts.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((starts[middle] ?? 0) <= at) low = middle + 1
      else high = middle
    }
    return low
  }
}
