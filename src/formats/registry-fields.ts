import { bomLength } from './byte-text.ts'
import { type Escape, escapedText, type Field, type FieldReading } from './field.ts'

const SECTION = /^\[-?([^\]\r\n]{1,1000})\]/
const VALUE = /^"((?:[^"\\\r\n]|\\.){1,1000})"[ \t]*=[ \t]*"((?:[^"\\\r\n]|\\.){0,100000})"/

/**
 * Reads the strings of an export of the Windows registry (`.reg`): `[HKEY_CURRENT_USER\Environment]`, `"NAME"="value"`. A backslash and a
 * quote are written with a backslash before them. `keys` is the last part of the section, and the name. `text` is byte text.
 */
export function readRegistryFields(text: string): FieldReading {
  const fields: Field[] = []
  let section = ''
  for (let at = bomLength(text); at < text.length; ) {
    const feed = text.indexOf('\n', at)
    const end = feed === -1 ? text.length : feed
    const line = text.slice(at, end)
    section = /[^\\]*$/.exec(SECTION.exec(line)?.[1] ?? section)?.[0] ?? section
    const [whole, name, value] = VALUE.exec(line) ?? []
    if (whole !== undefined && name !== undefined && value !== undefined) {
      const start = at + whole.length - value.length - 1
      fields.push({
        keys: [section, name.replace(/\\(.)/g, '$1')],
        value: escapedText(value, start, 'json', escapeAt),
        extent: [start - 1, at + whole.length],
      })
    }
    at = end + 1
  }
  return { fields }
}

function escapeAt(raw: string, at: number): Escape | undefined {
  return raw.charAt(at) === '\\' ? { text: raw.charAt(at + 1), length: 2 } : undefined
}
