import { readCrontabCommands } from '../formats/crontab-fields.ts'
import { readDockerfileCommands } from '../formats/dockerfile-fields.ts'
import { readMakefileCommands } from '../formats/makefile-fields.ts'
import { readShell, readShellInside, type ShellCommand } from '../formats/shell-words.ts'
import { readSystemdCommands } from '../formats/systemd-fields.ts'
import type { Spot } from '../model/variable-flow.ts'
import type { FieldDocument } from './document-fields.ts'
import { type DocumentFormat, isProgram } from './document-format.ts'

/** A command of a script, wherever the script stands: in its own file, a step of a pipeline, a recipe, a unit. */
export interface Command extends Spot {
  /** Quotes taken off; references stay as they are written. */
  readonly words: readonly string[]
  /** What it is given to read. */
  readonly input: string
}

const SCRIPTS: Partial<Readonly<Record<DocumentFormat, (text: string) => readonly ShellCommand[]>>> = {
  shell: (text) => readShell(text).commands,
  text: (text) => readShell(text).commands,
  dotenv: (text) => readShell(text).commands,
  make: readMakefileCommands,
  systemd: readSystemdCommands,
  crontab: readCrontabCommands,
  dockerfile: readDockerfileCommands,
}

/** Larger scripts are made by programs. */
const LONGEST = 256 * 1024
const MOST = 20_000
const KNOWN = new WeakMap<FieldDocument, readonly Command[]>()

/** The commands of a document that may say something about Bitbucket or about variables. */
export function commandsOf(document: FieldDocument): readonly Command[] {
  const known = KNOWN.get(document)
  if (known !== undefined) return known
  const commands = readCommands(document).slice(0, MOST)
  KNOWN.set(document, commands)
  return commands
}

function readCommands({ format, text, fields }: FieldDocument): readonly Command[] {
  const script = SCRIPTS[format]
  if (script !== undefined)
    return text.length > LONGEST || isSilent(format, text) ? [] : script(text).map((command) => commandOf(command, []))
  const isTelling = isProgram(format) ? tellsInProgram : tells
  return fields
    .filter(({ value: { text: value, within } }) => value.length <= LONGEST && within === undefined && isTelling(value))
    .flatMap(({ keys, value }): readonly Command[] => {
      // A template has bars and brackets of its own.
      if (/\{\{[^}]*\|/.test(value.text) && !value.text.includes('\n'))
        return [{ words: [value.text], input: '', at: value.spanOf(0, 0)[0], keys }]
      return readShellInside(value).commands.map((command) => commandOf(command, keys))
    })
}

/** Prose and lists of variables that refer to none: reading them as scripts takes as long as all the rest. */
function isSilent(format: DocumentFormat, text: string): boolean {
  return (format === 'text' || format === 'dotenv') && !/[$%]/.test(text)
}

/** What names Bitbucket, refers to a variable, or may push what was cloned. */
function tells(text: string): boolean {
  return /bitbucket|[$%]|\{\{|\bgit\b/i.test(text)
}

/** Most of the strings of a program are no commands. */
function tellsInProgram(text: string): boolean {
  return (text.includes('bitbucket.org') && /[$%]/.test(text)) || /\bgit[ \t]+(?:push|fetch|pull)\b/.test(text)
}

function commandOf({ words, inputs, extent }: ShellCommand, keys: readonly string[]): Command {
  const first = words[0]?.extent[0] ?? extent[0]
  return {
    words: words.map(({ value }) => value.text),
    input: inputs.map(({ value }) => value.text).join('\n'),
    at: first,
    keys,
  }
}
