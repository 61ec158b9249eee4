import type { Field, FieldReading, StoredText } from './field.ts'
import { readWindowsAssignments } from './shell-windows.ts'
import type { ShellReference, ShellWord } from './shell-word.ts'
import { readShell, readShellInside, type ShellCommand, type ShellOptions, scriptIndex } from './shell-words.ts'
import { storedPart } from './text-runs.ts'

/**
 * Reads what a script sets, by whatever shell: `NAME=value` in front of a command or as an argument of one (`export`, `env`,
 * `docker run -e`), `NAME=(…)` by index, `${NAME:-value}`, `set -x NAME value` (fish), `setenv NAME value`, `$env:NAME = "value"`
 * (PowerShell), `set NAME=value` (cmd), `gh secret set NAME --body value`. Keys are `[NAME]`, or `[NAME, index]`. `text` is byte text.
 */
export function readShellFields(text: string): FieldReading {
  const { commands, problem } = readShell(text)
  const fields = [...fieldsOfCommands(text, commands), ...readWindowsAssignments(text)]
  const sorted = fields.sort((one, other) => one.extent[0] - other.extent[0])
  return { fields: sorted, ...(problem === undefined ? {} : { problem }) }
}

/** The simple commands of a script, those in substitutions too. `text` is byte text. */
export function readShellCommands(text: string): readonly ShellCommand[] {
  return readShell(text).commands
}

/** The same for a script that stands as a value in `document`. */
export function readShellFieldsInside(
  document: string,
  outer: StoredText,
  options: ShellOptions = {},
): readonly Field[] {
  return fieldsOfCommands(document, readShellInside(outer, options).commands)
}

/** What `commands`, which stand in `document`, set. */
export function fieldsOfCommands(document: string, commands: readonly ShellCommand[]): readonly Field[] {
  return commands
    .flatMap((command) => fieldsOf(command))
    .map((field) => ({ ...field, value: storedPart(document, field.value) }))
}

function fieldsOf(command: ShellCommand): readonly Field[] {
  const { words, redirects, inputs, arrays } = command
  const script = scriptIndex(words)
  const all = [
    ...words,
    ...redirects.map(({ target }) => target),
    ...inputs,
    ...(arrays === undefined ? [] : [...arrays.values()].flat()),
  ]
  return [
    ...(isBatch(words)
      ? []
      : words.flatMap((word, index) => (index === script ? [] : assignmentsOf(word, arrays?.get(index))))),
    ...namedBySet(words),
    ...namedByForge(words),
    ...all.flatMap((word) => fallbacksOf(word.references)),
  ]
}

/** `set NAME=value` takes the rest of its line and is read as such; in quotes it is csh's. */
function isBatch([first, second]: readonly ShellWord[]): boolean {
  if (first === undefined || second === undefined || !/^@?set$/i.test(first.value.text)) return false
  const assignment = /^[A-Za-z_]\w*=/.exec(headOf(second))
  if (assignment === null) return false
  const [start, end] = second.extentFrom(assignment[0].length)
  return second.value.text.length - assignment[0].length === end - start
}

/** The name stands at the start of a word, or behind an option: `-eNAME=value`, `--build-arg=NAME=value`. */
const ASSIGNMENT = /^(?:--?[A-Za-z][\w-]*=|-[A-Za-z])?([A-Za-z_][\w.]*)(?:\[([^\]=]*)\])?\+?=/

function assignmentsOf(word: ShellWord, elements: readonly ShellWord[] | undefined): readonly Field[] {
  const match = ASSIGNMENT.exec(headOf(word))
  if (match === null) return []
  const [head, name = '', index] = match
  if (elements !== undefined) return elements.map((element, at) => elementField(name, element, at))
  return [{ keys: index === undefined ? [name] : [name, index], ...valueBehind(word, head.length) }]
}

/** Long enough for any name. */
function headOf(word: ShellWord): string {
  return word.value.text.slice(0, 300)
}

function elementField(name: string, element: ShellWord, at: number): Field {
  const match = /^\[([^\]=]+)\]=/.exec(headOf(element))
  if (match === null) return { keys: [name, String(at)], value: element.value, extent: element.extent }
  return { keys: [name, match[1] ?? ''], ...valueBehind(element, match[0].length) }
}

function valueBehind(word: ShellWord, length: number): Pick<Field, 'value' | 'extent'> {
  return { value: word.part(length), extent: word.extentFrom(length) }
}

/** fish, csh and cmd name the variable in a word of its own. */
function namedBySet(words: readonly ShellWord[]): readonly Field[] {
  const [first, ...rest] = words.slice(0, 20)
  if (first === undefined || !/^(?:set|setenv|setx)$/i.test(first.value.text)) return []
  const operands = rest.filter((word, index) => !isOption(word, rest.slice(0, index)))
  const [name, ...values] = operands
  if (name === undefined || !/^[A-Za-z_]\w*$/.test(name.value.text)) return []
  const [sign, behind] = values
  // csh: `set name = value`.
  const taken = sign?.value.text === '=' && behind !== undefined ? [behind] : values
  return taken.map((word, index) => ({
    keys: taken.length === 1 ? [name.value.text] : [name.value.text, String(index)],
    value: word.value,
    extent: word.extent,
  }))
}

/** `gh secret set NAME --body value`, `gh variable set NAME -b value`, `glab variable set NAME value`. */
function namedByForge(words: readonly ShellWord[]): readonly Field[] {
  const [tool, kind, set, ...rest] = words.slice(0, 20)
  const said = [tool, kind, set].map((word) => word?.value.text ?? '').join(' ')
  if (!/^(?:gh (?:secret|variable) set|glab variable (?:set|update))$/.test(said)) return []
  const name = rest.find(({ value }) => !value.text.startsWith('-'))
  const option = rest.findIndex(({ value }) => /^(?:--body|--value|-b|-v)(?:=|$)/.test(value.text))
  const written = rest[option]
  const sign = written?.value.text.indexOf('=') ?? -1
  const given = option === -1 ? rest[name === undefined ? -1 : rest.indexOf(name) + 1] : rest[option + 1]
  if (name === undefined || !/^[A-Za-z_]\w*$/.test(name.value.text)) return []
  if (written !== undefined && sign !== -1) return [{ keys: [name.value.text], ...valueBehind(written, sign + 1) }]
  if (given === undefined || given.value.text.startsWith('-')) return []
  return [{ keys: [name.value.text], value: given.value, extent: given.extent }]
}

/** Options stand in front of the name. */
function isOption(word: ShellWord, before: readonly ShellWord[]): boolean {
  return word.value.text.startsWith('-') && before.every(({ value }) => value.text.startsWith('-'))
}

function fallbacksOf(references: readonly ShellReference[]): readonly Field[] {
  return references.flatMap(({ name, fallback }): readonly Field[] => {
    if (fallback === undefined || fallback.value.text === '') return []
    return [{ keys: [name], value: fallback.value, extent: fallback.extent }, ...fallbacksOf(fallback.references)]
  })
}
