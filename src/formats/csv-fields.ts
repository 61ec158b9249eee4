import { bomLength } from './byte-text.ts'
import { escapedText, type Field, type FieldReading, plainText, type StoredText } from './field.ts'

interface Cell {
  readonly value: StoredText
  readonly extent: readonly [number, number]
}

/** More columns are no table that a person exported. */
const MOST_COLUMNS = 200
const LONGEST_NAME = 100

/**
 * Reads a table whose first row names its columns (RFC 4180; semicolons and tabs separate as well, as the first row does). `keys` is the
 * number of the row, from 1 on, and the name of the column. `text` is byte text.
 */
export function readCsvFields(text: string): FieldReading {
  const start = bomLength(text)
  const separator = separatorOf(text.slice(start, endOfLine(text, start)))
  const fields: Field[] = []
  let names: readonly string[] | undefined
  let row = 0
  for (const cells of rowsOf(text, start, separator)) {
    if (names === undefined) {
      names = cells.map(({ value }) => value.text.trim())
      if (!isHeading(names)) return { fields: [], problem: { detail: 'its first row does not name columns' } }
      continue
    }
    row++
    for (const [index, { value, extent }] of cells.entries()) {
      const name = names[index]
      if (name !== undefined && value.text !== '') fields.push({ keys: [String(row), name], value, extent })
    }
  }
  return { fields }
}

function isHeading(names: readonly string[]): boolean {
  return (
    names.length > 1 &&
    names.length <= MOST_COLUMNS &&
    names.every((name) => name.length <= LONGEST_NAME && !/^\d/.test(name))
  )
}

/** The one that the first row has most of. */
function separatorOf(heading: string): string {
  const count = (separator: string): number => heading.split(separator).length
  return [',', ';', '\t'].reduce((best, other) => (count(other) > count(best) ? other : best))
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end === -1 ? text.length : end
}

function* rowsOf(text: string, start: number, separator: string): Generator<readonly Cell[]> {
  let cells: Cell[] = []
  for (let at = start; at < text.length; ) {
    const cell = cellAt(text, at, separator)
    if (cells.length <= MOST_COLUMNS) cells.push(cell)
    const behind = cell.extent[1]
    if (text.charAt(behind) === separator) at = behind + 1
    else {
      yield cells
      cells = []
      at = behind + (text.startsWith('\r\n', behind) ? 2 : 1)
    }
  }
  if (cells.length > 0) yield cells
}

/** Its extent ends at the separator or at the end of the line. */
function cellAt(text: string, start: number, separator: string): Cell {
  if (text.charAt(start) === '"') {
    const end = closingQuote(text, start + 1)
    const behind = text.charAt(end + 1)
    if (end !== -1 && (behind === '' || behind === separator || behind === '\r' || behind === '\n')) {
      const value = escapedText(text.slice(start + 1, end), start + 1, 'doubled-double', doubledQuote)
      return { value, extent: [start, end + 1] }
    }
  }
  let end = start
  while (end < text.length && text.charAt(end) !== separator && !isLineEnd(text, end)) end++
  return { value: plainText(text.slice(start, end), start), extent: [start, end] }
}

function isLineEnd(text: string, at: number): boolean {
  return text.charAt(at) === '\n' || text.startsWith('\r\n', at)
}

function doubledQuote(raw: string, at: number): { readonly text: string; readonly length: number } | undefined {
  return raw.startsWith('""', at) ? { text: '"', length: 2 } : undefined
}

function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 2)) {
    if (text.charAt(at + 1) !== '"') return at
  }
  return -1
}
