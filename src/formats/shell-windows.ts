import { type Escape, escapedText, type Field, plainText, type StoredText } from './field.ts'

const POWERSHELL =
  /(?:\$(?:env:|script:|global:)?([A-Za-z_]\w*)[ \t]*=[ \t]*|\$\{env:([A-Za-z_]\w*)\}[ \t]*=[ \t]*|SetEnvironmentVariable\([ \t]*["']([A-Za-z_]\w*)["'][ \t]*,[ \t]*)(?=["'])/gi
const BATCH = /^[ \t]*@?set[ \t]+("?)([A-Za-z_]\w*)=([^\r\n]*)/gim

/** What a text sets in the ways of PowerShell and of cmd, which no shell of Unix shares. */
export function readWindowsAssignments(text: string): readonly Field[] {
  return [...powershellFields(text), ...batchFields(text)]
}

function powershellFields(text: string): readonly Field[] {
  const fields: Field[] = []
  POWERSHELL.lastIndex = 0
  for (let match = POWERSHELL.exec(text); match !== null; match = POWERSHELL.exec(text)) {
    const at = POWERSHELL.lastIndex
    const end = stringEnd(text, at)
    if (end === undefined) continue
    const name = match[1] ?? match[2] ?? match[3] ?? ''
    const raw = text.slice(at + 1, end)
    fields.push({ keys: [name], value: powershellText(raw, at + 1, text.charAt(at)), extent: [at, end + 1] })
    POWERSHELL.lastIndex = end + 1
  }
  return fields
}

/** A string of PowerShell may span lines, but a secret does not. */
function stringEnd(text: string, at: number): number | undefined {
  const quote = text.charAt(at)
  for (let index = at + 1; index < text.length; index++) {
    const character = text.charAt(index)
    if (character === '\n') return undefined
    if (character === '`' && quote === '"') index++
    else if (character === quote) {
      if (text.charAt(index + 1) !== quote) return index
      index++
    }
  }
  return undefined
}

const SHORT: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** about_Quoting_Rules and about_Special_Characters of PowerShell 7. */
function powershellText(raw: string, start: number, quote: string): StoredText {
  if (quote === "'" || !raw.includes('`'))
    return escapedText(raw, start, quote === "'" ? 'doubled-single' : 'doubled-double', (text, at) =>
      text.startsWith(quote + quote, at) ? { text: quote, length: 2 } : undefined,
    )
  return escapedText(raw, start, 'backtick', backtickAt)
}

function backtickAt(raw: string, at: number): Escape | undefined {
  if (raw.startsWith('""', at)) return { text: '"', length: 2 }
  if (raw.charAt(at) !== '`' || at + 1 >= raw.length) return undefined
  const next = raw.charAt(at + 1)
  return { text: SHORT[next] ?? next, length: 2 }
}

/** `set NAME=value` takes the rest of the line, `set "NAME=value"` what stands before the last quote. */
function batchFields(text: string): readonly Field[] {
  const fields: Field[] = []
  for (const match of text.matchAll(BATCH)) {
    const [whole, quote = '', name = '', rest = ''] = match
    const start = match.index + whole.length - rest.length
    // Quotes around the value alone are csh's, and it was read as such.
    if (quote === '' && /^(["']).*\1[ \t]*$/.test(rest)) continue
    const last = rest.lastIndexOf('"')
    const raw = quote === '' ? rest.slice(0, commandEnd(rest)) : rest.slice(0, last === -1 ? rest.length : last)
    fields.push({ keys: [name], value: batchText(raw, start, quote === ''), extent: [start, start + raw.length] })
  }
  return fields
}

/** An operator ends the command unless a caret or quotes keep it. */
function commandEnd(rest: string): number {
  let isQuoted = false
  for (let at = 0; at < rest.length; at++) {
    const character = rest.charAt(at)
    if (character === '"') isQuoted = !isQuoted
    else if (character === '^' && !isQuoted) at++
    else if ('&|<>'.includes(character) && !isQuoted) return at
  }
  return rest.length
}

function batchText(raw: string, start: number, hasCarets: boolean): StoredText {
  if (!raw.includes('%%') && !(hasCarets && raw.includes('^'))) return plainText(raw, start)
  return escapedText(raw, start, hasCarets ? 'batch' : 'batch-quoted', (text, at) => {
    if (text.startsWith('%%', at)) return { text: '%', length: 2 }
    if (hasCarets && text.charAt(at) === '^' && at + 1 < text.length) return { text: text.charAt(at + 1), length: 2 }
    return undefined
  })
}
