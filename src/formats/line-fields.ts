import { type Field, type FieldReading, plainText } from './field.ts'

/** `NAME=value`, `name: "value"`, `'name' => 'value',` as whole lines; what is behind the closing quote is left alone. */
const LINE =
  /^[ \t]*(?:-[ \t]+|export[ \t]+|set[ \t]+|const[ \t]+|let[ \t]+|var[ \t]+|\$)?(["']?)([A-Za-z_][\w.-]{0,99})\1[ \t]*(?:=>?|:=?)[ \t]*(.*)$/
/** Longer lines are data. */
const LONGEST_LINE = 4096

/** For text of no known format: each line that gives a name a value. `text` is byte text. */
export function readLineFields(text: string): FieldReading {
  const fields: Field[] = []
  for (let start = 0; start < text.length; ) {
    const feed = text.indexOf('\n', start)
    const end = feed === -1 ? text.length : feed
    if (end - start <= LONGEST_LINE) {
      const field = fieldOf(text.slice(start, end).replace(/\r$/, ''), start)
      if (field !== undefined) fields.push(field)
    }
    start = end + 1
  }
  return { fields }
}

function fieldOf(line: string, start: number): Field | undefined {
  const match = LINE.exec(line)
  const [, , name = '', rest = ''] = match ?? []
  if (match === null || rest === '') return undefined
  const from = line.length - rest.length
  const quote = /^["']/.exec(rest)?.[0]
  const close = quote === undefined ? -1 : rest.indexOf(quote, 1)
  if (close > 0) return at(name, rest.slice(1, close), start + from + 1, [start + from, start + from + close + 1])
  const value = rest.replace(/[ \t]+#.*$/, '').replace(/[ \t,;]+$/, '')
  return value === '' ? undefined : at(name, value, start + from, [start + from, start + from + value.length])
}

function at(name: string, value: string, start: number, extent: Field['extent']): Field {
  return { keys: [name], value: plainText(value, start), extent }
}
