import { bomLength, encodeUtf8 } from './byte-text.ts'
import { type Field, type FieldReading, inside, type StoredText } from './field.ts'
import { fieldsOfCommands } from './shell-fields.ts'
import {
  addRun,
  draftAt,
  type Segment,
  type ShellWord,
  segmentAt,
  type WordDraft,
  wordInside,
  wordOf,
} from './shell-word.ts'
import { type ShellCommand, scriptsOf } from './shell-words.ts'
import { type Run, storedPart, textOfRuns } from './text-runs.ts'

/**
 * Reads a unit of systemd: `Environment=` by the names it sets, every other key as `[section, key]`, and what the commands in
 * `Exec…=` and their shells are handed (systemd.syntax(7), systemd.exec(5)). `text` is byte text.
 */
export function readSystemdFields(text: string): FieldReading {
  const settings = settingsOf(text)
  const fields = settings.flatMap((setting) =>
    setting.key === 'Environment' ? environmentOf(setting) : [fieldOf(setting)],
  )
  const handed = fieldsOfCommands(text, withScripts(commandsOf(settings)))
  return { fields: [...fields.map((field) => ({ ...field, value: storedPart(text, field.value) })), ...handed] }
}

/** `ExecStart=` and its like as commands; those of `sh -c '…'` too. `text` is byte text. */
export function readSystemdCommands(text: string): readonly ShellCommand[] {
  return withScripts(commandsOf(settingsOf(text)))
}

function withScripts(commands: readonly ShellCommand[]): readonly ShellCommand[] {
  return commands.flatMap((command) => [command, ...scriptsOf(command)])
}

interface Setting {
  readonly section: string
  readonly key: string
  readonly value: StoredText
}

/** A line that ends with a backslash goes on with the next; comments between them are passed over. */
function settingsOf(text: string): readonly Setting[] {
  const settings: Setting[] = []
  let section = ''
  for (let at = bomLength(text); at < text.length; ) {
    const { runs, next } = joinedLine(text, at)
    const line = textOfRuns(runs, 'systemd', at)
    const header = /^[ \t]*\[([^\]\r\n]*)\]/.exec(line.text)
    const setting = /^[ \t]*([A-Za-z][\w-]*)[ \t]*=[ \t]*/.exec(line.text)
    if (header !== null) section = header[1] ?? ''
    else if (setting !== null)
      settings.push({
        section,
        key: setting[1] ?? '',
        value: storedPart(text, line, setting[0].length, trimmedEnd(line.text)),
      })
    at = next
  }
  return settings
}

function trimmedEnd(line: string): number {
  let end = line.length
  while (end > 0 && ' \t\r'.includes(line.charAt(end - 1))) end--
  return end
}

/** The line without its end. */
function lineStop(text: string, found: number): number {
  if (found === -1) return text.length
  return text.charAt(found - 1) === '\r' ? found - 1 : found
}

function joinedLine(text: string, start: number): { readonly runs: readonly Run[]; readonly next: number } {
  const runs: Run[] = []
  for (let at = start; at < text.length; ) {
    const found = text.indexOf('\n', at)
    const next = found === -1 ? text.length : found + 1
    const end = lineStop(text, found)
    const isComment = /^[ \t]*[#;]/.test(text.slice(at, Math.min(end, at + 200)))
    const goesOn = !isComment && end > at && text.charAt(end - 1) === '\\'
    const stop = goesOn ? end - 1 : end
    if (!isComment && stop > at) runs.push({ text: text.slice(at, stop), start: at, end: stop, isVerbatim: true })
    if (goesOn) runs.push({ text: ' ', start: stop, end: next, isVerbatim: false })
    if (isComment ? runs.length === 0 : !goesOn) return { runs, next }
    at = next
  }
  return { runs, next: text.length }
}

function fieldOf({ section, key, value }: Setting): Field {
  return { keys: [section, key], value, extent: value.spanOf(0, value.text.length) }
}

/** Lines are joined between words: the bytes of a word do not tell. */
function joined(value: StoredText): StoredText {
  return { ...value, layers: [] }
}

function environmentOf({ value }: Setting): readonly Field[] {
  const outer = joined(value)
  return wordsOf(outer.text, false).flatMap((word): readonly Field[] => {
    const name = /^([A-Za-z_]\w*)=/.exec(word.value.text.slice(0, 300))
    if (name === null) return []
    const length = name[0].length
    const extent = outer.spanOf(...word.extentFrom(length))
    return [{ keys: [name[1] ?? ''], value: inside(outer, word.part(length)), extent }]
  })
}

function commandsOf(settings: readonly Setting[]): readonly ShellCommand[] {
  return settings
    .filter(({ key }) => /^Exec[A-Z]/.test(key))
    .map(({ value }) => joined(value))
    .map((outer) => ({
      words: wordsOf(outer.text, true).map((word) => wordInside(outer, word)),
      redirects: [],
      inputs: [],
      extent: outer.spanOf(0, outer.text.length),
    }))
}

/** Words of a value; in a command line `$` stands for variables, and `;` alone ends a command. */
function wordsOf(text: string, isCommand: boolean): readonly ShellWord[] {
  const words: ShellWord[] = []
  for (let at = 0; at < text.length; ) {
    if (' \t\r\n'.includes(text.charAt(at))) at++
    else {
      const draft = draftAt(at)
      at = readWord(text, at, draft, isCommand)
      words.push(wordOf(draft, at, 'systemd-word'))
    }
  }
  return words
}

function readWord(text: string, start: number, draft: WordDraft, isCommand: boolean): number {
  let quote = ''
  let segment = segmentAt(draft, 'systemd', start)
  let at = start
  while (at < text.length) {
    const character = text.charAt(at)
    if (quote === '' && ' \t\r\n'.includes(character)) return at
    if (character === quote || (quote === '' && `"'`.includes(character))) {
      if (quote !== '') segment.end = at + 1
      segment = segmentAt(draft, 'systemd', quote === '' ? at : at + 1)
      quote = quote === '' ? character : ''
      at++
    } else at = readCharacters(text, at, draft, segment, isCommand)
  }
  return at
}

function readCharacters(text: string, at: number, draft: WordDraft, segment: Segment, isCommand: boolean): number {
  const known = escapeAt(text, at, isCommand)
  const variable = isCommand ? /^\$(?:\{(\w+)\}|([A-Za-z_]\w*))/.exec(text.slice(at, at + 200)) : null
  if (known !== undefined) addRun(draft, segment, text, [at, at + known.length], known.text)
  else if (variable !== null) {
    const name = variable[1] ?? variable[2] ?? ''
    const reference = { name, from: draft.length, to: draft.length + variable[0].length }
    draft.references = [...(draft.references ?? []), reference]
    addRun(draft, segment, text, [at, at + variable[0].length])
  } else {
    const end = ordinaryEnd(text, at)
    addRun(draft, segment, text, [at, end])
    return end
  }
  return at + (known?.length ?? variable?.[0].length ?? 1)
}

function ordinaryEnd(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && !' \t\r\n"\'\\$%'.includes(text.charAt(at))) at++
  return at
}

const ESCAPE = /^\\(?:([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([abfnrtvs\\"']))/
const SHORT: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  s: ' ',
}

/** `%%` is a percent sign; other specifiers stay as they are written. */
function escapeAt(
  text: string,
  at: number,
  isCommand: boolean,
): { readonly text: string; readonly length: number } | undefined {
  if (text.startsWith('%%', at)) return { text: '%', length: 2 }
  if (isCommand && text.startsWith('$$', at)) return { text: '$', length: 2 }
  const match = text.charAt(at) === '\\' ? ESCAPE.exec(text.slice(at, at + 10)) : null
  if (match === null) return undefined
  const [{ length }, octal, byte, short, long, letter = ''] = match
  if (octal !== undefined) return { text: String.fromCharCode(Number.parseInt(octal, 8) & 0xff), length }
  if (byte !== undefined) return { text: String.fromCharCode(Number.parseInt(byte, 16)), length }
  const code = short ?? long
  if (code === undefined) return { text: SHORT[letter] ?? letter, length }
  return { text: encodeUtf8(String.fromCodePoint(Math.min(Number.parseInt(code, 16), 0x10ffff))), length }
}
