import { type ByteSpan, bomLength } from './byte-text.ts'
import type { FieldReading, StoredText } from './field.ts'
import { readHeredocs, type ScanOfCommands } from './shell-heredoc.ts'
import { arithmeticEnd, lineEndLength, readWord, type ShellScan } from './shell-pieces.ts'
import { addRun, draftAt, type ShellWord, segmentAt, wordInside, wordOf } from './shell-word.ts'

/** One simple command, in the order in which they end; those of a substitution come before the command they stand in. */
export interface ShellCommand {
  /** Assignments before it, its name, its arguments. Reserved words (`if`, `do`) are left out. */
  readonly words: readonly ShellWord[]
  readonly redirects: readonly ShellRedirect[]
  /** Here-documents and here-strings. */
  readonly inputs: readonly ShellWord[]
  /** Elements of `NAME=(…)`, by the index of its word. */
  readonly arrays?: ReadonlyMap<number, readonly ShellWord[]>
  readonly extent: ByteSpan
}

export interface ShellRedirect {
  /** `>`, `>>`, `<`, `&>`, ... */
  readonly operator: string
  readonly target: ShellWord
}

export interface ShellReading {
  readonly commands: readonly ShellCommand[]
  readonly problem?: NonNullable<FieldReading['problem']>
}

export interface ShellOptions {
  /** The text is a recipe of make, `$$` already taken off: `$(NAME)` is a variable. */
  readonly isMake?: boolean
  /** Scripts this one stands in. */
  readonly depth?: number
}

/**
 * Reads a script of a POSIX shell or bash into its simple commands, as a tokenizer: it knows quotes, comments, here-documents and
 * substitutions, and no grammar above them. Fragments and other shells are read as far as they look alike. `text` is byte text.
 */
export function readShell(text: string, options: ShellOptions = {}): ShellReading {
  const whole = read(text, options, false)
  // A quote that is never closed turns inside and outside around for all lines behind it.
  const { commands } = whole.problem === undefined ? whole : read(text, options, true)
  const all = commands.flatMap((command) => {
    const scripts = scriptsOf(command, options)
    return scripts.length === 0 ? [command] : [command, ...scripts]
  })
  return { ...whole, commands: all }
}

/** A script in a script in a script is enough. */
const DEEPEST_SCRIPT = 3

/** The commands of the script that a command gives to a shell: `sh -c '…'`, `bash <<EOF`, `<<EOF` alone (RUN of a Dockerfile). */
export function scriptsOf(command: ShellCommand, options: ShellOptions = {}): readonly ShellCommand[] {
  const { words, inputs } = command
  const depth = (options.depth ?? 0) + 1
  if (depth > DEEPEST_SCRIPT || (words.length > 0 && !isShell(words))) return []
  const script = words[scriptIndex(words)]
  const texts = script === undefined ? inputs : [script]
  return texts.flatMap(({ value }) => readShellInside(value, { ...options, depth }).commands)
}

const SHELL = /^[-@:+!]*(?:\/\S*\/)?(?:ba|da|k|z)?sh$/

function isShell([first]: readonly ShellWord[]): boolean {
  // Looks at no text before it must: this is asked for every command.
  return first !== undefined && first.extent[1] - first.extent[0] < 100 && SHELL.test(first.value.text)
}

/** Where the script stands in `sh -c '…'`, or -1. */
export function scriptIndex(words: readonly ShellWord[]): number {
  if (!isShell(words)) return -1
  const option = words.slice(0, 10).findIndex(({ value }) => /^-[a-z]*c$/.test(value.text))
  return option === -1 ? -1 : option + 1
}

function read(text: string, options: ShellOptions, isLinewise: boolean): ShellReading {
  const scan = scanOf(text, options, isLinewise)
  while (scan.at < scan.end) readCommands(scan, undefined)
  return { commands: scan.commands, ...(scan.problem === undefined ? {} : { problem: scan.problem }) }
}

/** A script that stands in another document: a recipe, a step of a pipeline. Spans count in that document. */
export function readShellInside(outer: StoredText, options: ShellOptions = {}): ShellReading {
  const { commands } = readShell(outer.text, options)
  const words = (list: readonly ShellWord[]) => list.map((word) => wordInside(outer, word))
  return {
    commands: commands.map((command) => ({
      words: words(command.words),
      redirects: command.redirects.map(({ operator, target }) => ({ operator, target: wordInside(outer, target) })),
      inputs: words(command.inputs),
      ...(command.arrays === undefined
        ? {}
        : { arrays: new Map([...command.arrays].map(([index, elements]) => [index, words(elements)])) }),
      extent: outer.spanOf(...command.extent),
    })),
  }
}

function scanOf(text: string, options: ShellOptions, isLinewise: boolean): ScanOfCommands {
  return {
    text,
    at: bomLength(text),
    end: text.length,
    depth: 0,
    inBackticks: false,
    isMake: options.isMake === true,
    isLinewise,
    line: [0, 0],
    problem: undefined,
    commands: [],
    pending: [],
    lines: undefined,
    readNested,
  }
}

/** A command that is being read. */
export interface CommandDraft {
  readonly words: ShellWord[]
  readonly redirects: ShellRedirect[]
  readonly inputs: ShellWord[]
  arrays?: Map<number, readonly ShellWord[]>
  hasHeredoc?: boolean
  extent: ByteSpan
}

interface Group {
  command: CommandDraft
  /** Parentheses that are open. */
  open: number
  /** In a `case`, `)` ends a pattern. */
  cases: number
  readonly closer: ')' | '`' | undefined
}

function emptyCommand(at: number): CommandDraft {
  return { words: [], redirects: [], inputs: [], extent: [at, at] }
}

function readNested(shell: ShellScan, closer: ')' | '`'): void {
  const scan = shell as ScanOfCommands
  const { inBackticks } = scan
  scan.inBackticks = closer === '`'
  scan.depth++
  readCommands(scan, closer)
  scan.depth--
  scan.inBackticks = inBackticks
}

/** Reads up to and behind `closer`, or to the end. */
function readCommands(scan: ScanOfCommands, closer: Group['closer']): void {
  const group: Group = { command: emptyCommand(scan.at), open: 0, cases: 0, closer }
  while (scan.at < scan.end && !readToken(scan, group));
  finish(scan, group)
}

/** True when the closer of the group was read. */
function readToken(scan: ScanOfCommands, group: Group): boolean {
  const { text, at } = scan
  const character = text.charAt(at)
  const joined = character === '\\' || character === '`' ? lineEndLength(text, at + 1) : 0
  if (joined > 0)
    scan.at += 1 + joined // the backtick is PowerShell's
  else if (' \t\r'.includes(character)) scan.at++
  else if (character === '\n') readLineEnd(scan, group)
  else if (character === '#') skipComment(scan)
  else if (character === ')' || character === '`') return readCloser(scan, group, character)
  else if (character === '(') readOpener(scan, group)
  else if (isProcess(scan)) readProcess(scan, group.command)
  else if (isRedirect(text, at)) readRedirect(scan, group.command)
  else if (';&|'.includes(character)) {
    finish(scan, group)
    scan.at++
  } else readCommandWord(scan, group)
  return false
}

function readLineEnd(scan: ScanOfCommands, group: Group): void {
  finish(scan, group)
  scan.at++
  readHeredocs(scan)
}

function skipComment(scan: ScanOfCommands): void {
  const end = scan.text.indexOf('\n', scan.at)
  scan.at = end === -1 ? scan.end : Math.min(end, scan.end)
}

function readCloser(scan: ScanOfCommands, group: Group, character: string): boolean {
  if (character === '`' && group.closer !== '`') {
    // Of an outer group only when one is open; otherwise it opens a substitution.
    if (scan.inBackticks) scan.at++
    else readCommandWord(scan, group)
    return false
  }
  const closes = group.closer === character && group.open === 0 && group.cases === 0
  finish(scan, group)
  scan.at++
  if (character === ')' && group.open > 0) group.open--
  return closes
}

function readOpener(scan: ScanOfCommands, group: Group): void {
  const isDouble = scan.text.startsWith('((', scan.at) && scan.text.charAt(scan.at - 1) !== '('
  const arithmetic = isDouble ? arithmeticEnd(scan, scan.at) : undefined
  finish(scan, group)
  scan.at = arithmetic ?? scan.at + 1
  if (arithmetic === undefined) group.open++
}

/** POSIX.1-2024, 2.4, and bash's own, as far as a command may follow them. */
const RESERVED: ReadonlySet<string> = new Set(
  'if then else elif fi do done while until esac { } ! time function coproc begin end'.split(' '),
)

function readCommandWord(scan: ScanOfCommands, group: Group): void {
  const { command } = group
  const start = scan.at
  const word = readWord(scan)
  if (scan.at === start) {
    scan.at++
    return
  }
  const raw = scan.text.slice(start, Math.min(scan.at, start + 12))
  if (/^\d+$/.test(raw) && '<>'.includes(scan.text.charAt(scan.at)) && scan.at < scan.end) return
  if (raw === '{' && command.words.length > 0) {
    finish(scan, group)
    return
  }
  if (command.words.length === 0 && raw === 'esac' && group.cases > 0) group.cases--
  if (command.words.length === 0 && RESERVED.has(raw)) return
  if (command.words.length === 0 && raw === 'case') group.cases++
  if (isArray(scan, word)) {
    command.arrays ??= new Map()
    command.arrays.set(command.words.length, readArray(scan))
  }
  push(scan, command, word)
}

function push(scan: ScanOfCommands, command: CommandDraft, word: ShellWord): void {
  command.extent = [command.words.length === 0 ? word.extent[0] : command.extent[0], scan.at]
  command.words.push(word)
}

function isArray({ text, at, end, depth }: ScanOfCommands, word: ShellWord): boolean {
  return at < end && text.charAt(at) === '(' && depth < 100 && /^[A-Za-z_]\w*\+?=$/.test(word.value.text)
}

/** Elements up to the closing parenthesis. */
function readArray(scan: ScanOfCommands): readonly ShellWord[] {
  const elements: ShellWord[] = []
  scan.at++
  while (scan.at < scan.end && scan.text.charAt(scan.at) !== ')') {
    const character = scan.text.charAt(scan.at)
    if (character === '#') skipComment(scan)
    else if (' \t\r\n;&|<>('.includes(character)) scan.at++
    else {
      const start = scan.at
      const word = readWord(scan)
      if (scan.at === start) break
      elements.push(word)
    }
  }
  if (scan.at < scan.end) scan.at++
  return elements
}

const REDIRECT = /&>>?|<<<|<<-?|<>|>>|>\||[<>]&|[<>]/y

function isRedirect(text: string, at: number): boolean {
  return '<>'.includes(text.charAt(at)) || text.startsWith('&>', at)
}

function isProcess({ text, at, depth }: ScanOfCommands): boolean {
  return '<>'.includes(text.charAt(at)) && text.charAt(at + 1) === '(' && depth < 100
}

function readRedirect(scan: ScanOfCommands, command: CommandDraft): void {
  REDIRECT.lastIndex = scan.at
  const operator = REDIRECT.exec(scan.text)?.[0] ?? '<'
  scan.at = Math.min(scan.end, scan.at + operator.length)
  while (scan.at < scan.end && ' \t'.includes(scan.text.charAt(scan.at))) scan.at++
  const start = scan.at
  const word = readWord(scan)
  if (scan.at === start) return
  const isQuoted = scan.text.slice(start, scan.at) !== word.value.text
  const stripsTabs = operator === '<<-'
  if (operator === '<<<') command.inputs.push(word)
  else if (operator === '<<' || stripsTabs) {
    command.hasHeredoc = true
    scan.pending.push({ delimiter: word.value.text, stripsTabs, isQuoted, inputs: command.inputs })
  } else command.redirects.push({ operator, target: word })
}

/** `<(…)` is a word of the command. */
function readProcess(scan: ScanOfCommands, command: CommandDraft): void {
  const draft = draftAt(scan.at)
  const segment = segmentAt(draft, 'bare', scan.at)
  scan.at = Math.min(scan.end, scan.at + 2)
  readNested(scan, ')')
  addRun(draft, segment, scan.text, [draft.start, scan.at])
  push(scan, command, wordOf(draft, scan.at))
}

function finish(scan: ScanOfCommands, group: Group): void {
  const { command } = group
  const { words, redirects, inputs, hasHeredoc } = command
  if (words.length + redirects.length + inputs.length === 0 && hasHeredoc !== true) return
  scan.commands.push(command)
  group.command = emptyCommand(scan.at)
}
