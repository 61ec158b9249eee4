import { oneLine } from './text.ts'

/** A heading and one line per row (RFC 4180: commas, CRLF). */
export function csvText<Column extends string>(
  columns: readonly Column[],
  rows: readonly Readonly<Partial<Record<Column, string | number | undefined>>>[],
): string {
  const lines = rows.map((row) => columns.map((column) => cell(row[column])).join(','))
  return [columns.join(','), ...lines].map((line) => `${line}\r\n`).join('')
}

function cell(value: string | number | undefined): string {
  if (value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const text = inert(oneLine(value))
  return /[",;\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/**
 * A spreadsheet takes a cell that begins so for a formula and runs it; an apostrophe makes it text. Where the list separator
 * of the system is a semicolon, the line is cut there too, quotes or not. https://owasp.org/www-community/attacks/CSV_Injection
 */
function inert(text: string): string {
  return text.replace(/(^|;)(?=["'\s]*[=+\-@\uff1d\uff0b\uff0d\uff20])/g, "$1'")
}
