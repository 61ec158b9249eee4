import {
  CSHARP,
  CSHARP_VERBATIM,
  type EscapeRules,
  GO,
  GROOVY,
  GROOVY_DOLLAR,
  GROOVY_SLASHY,
  HCL,
  HCL_HEREDOC,
  JAVA,
  JAVASCRIPT,
  PHP_DOUBLE,
  PHP_HEREDOC,
  PHP_SINGLE,
  PYTHON,
  PYTHON_BYTES,
  RUBY_DOUBLE,
  RUBY_PERCENT,
  RUBY_SINGLE,
  RUST,
} from './literal-escapes.ts'

/** `javascript` is TypeScript too, `groovy` Jenkinsfiles and Gradle, `ruby` Gemfiles, Podfiles, Puppetfiles and Puppet's manifests. */
export type CodeLanguage =
  | 'php'
  | 'python'
  | 'javascript'
  | 'groovy'
  | 'ruby'
  | 'go'
  | 'java'
  | 'kotlin'
  | 'scala'
  | 'csharp'
  | 'rust'
  | 'hcl'

/** A literal that has been opened: how it goes on, and where it ends. */
export interface QuoteShape {
  readonly close: string
  readonly escapes?: EscapeRules
  /** The character behind which `close` does not count, or only the pairs `only`. */
  readonly guard?: string
  readonly only?: readonly string[]
  /** `close` twice is text. */
  readonly isDoubled?: boolean
  /** Of too many closing quotes, the last ones close (`""""` in Kotlin). */
  readonly isGreedy?: boolean
  /** May go on behind a line end. */
  readonly lines?: boolean
  /** Open brackets of code inside the literal, in which quotes do not end it. */
  readonly holes?: readonly string[]
  /** A character or a regular expression: nothing to read. */
  readonly isSkipped?: boolean
  readonly heredoc?: Heredoc
}

/** A body that starts on the next line and ends before the line of `word`. */
export interface Heredoc {
  readonly word: string
  /** How much indentation is not part of the text: as much as the least of all lines has, or the closing line. */
  readonly strips: 'nothing' | 'least' | 'closing'
  /** The line end before the closing line is text. */
  readonly keepsLastLineEnd: boolean
}

export interface QuoteStyle {
  /** First characters of `open`. */
  readonly starts: string
  /** Sticky. */
  readonly open: RegExp
  /** Not behind an operand, where the same mark divides or compares. */
  readonly isPrefix?: boolean
  readonly shape: (match: readonly string[]) => QuoteShape
}

export interface Syntax {
  readonly lineComments: readonly string[]
  readonly blockComments: 'none' | 'flat' | 'nested'
  /** `/…/` where no operand stands before it. */
  readonly regex: 'none' | 'skipped'
  readonly quotes: readonly QuoteStyle[]
  /** Sticky. */
  readonly name: RegExp
}

const NAME = /[@$]*[A-Za-z_0-9\x80-\xff][\w$\x80-\xff]*/y
/** HCL names may hold `-`. */
const DASHED_NAME = /[A-Za-z_0-9\x80-\xff][\w\x80-\xff-]*/y
/** Ruby's symbols are names here: `:git => 'x'`. */
const SYMBOL_NAME = /(?:(?<![:\w)\]}]):|[@$]*)[A-Za-z_0-9\x80-\xff][\w\x80-\xff]*/y

function quoted(open: string, shape: Omit<QuoteShape, 'close'>): QuoteStyle {
  const pattern = new RegExp(open, 'y')
  return { starts: open.charAt(0), open: pattern, shape: () => ({ close: open, guard: '\\', ...shape }) }
}

/** Go, Java, Kotlin, Scala, C#, Rust. A lifetime (`'a`) or a symbol (`'a`) is none. */
const CHARACTER: QuoteStyle = {
  starts: "'",
  open: /'(?:\\[^\n][^'\n]{0,10}|[^\\'\n\x80-\xff]|[\xc2-\xf4][\x80-\xbf]{1,3})'/y,
  shape: () => ({ close: '', isSkipped: true }),
}

function heredoc(open: RegExp, shapeOf: (match: readonly string[]) => Omit<QuoteShape, 'close'>): QuoteStyle {
  return { starts: '<', open, isPrefix: false, shape: (match) => ({ close: '', ...shapeOf(match) }) }
}

const PYTHON_STYLE: QuoteStyle = {
  starts: '\'"rRbBfFuU',
  open: /([rR][bBfF]?|[bBfF][rR]?|[uU])?('''|"""|'|")/y,
  shape: ([, prefix = '', quote = '']) => ({
    close: quote,
    guard: '\\',
    lines: quote.length === 3,
    ...(/r/i.test(prefix) ? {} : { escapes: /b/i.test(prefix) ? PYTHON_BYTES : PYTHON }),
    ...(/f/i.test(prefix) ? { holes: ['{'] } : {}),
  }),
}

const PHP_STYLES: readonly QuoteStyle[] = [
  quoted("'", { escapes: PHP_SINGLE, lines: true }),
  quoted('"', { escapes: PHP_DOUBLE, lines: true, holes: ['{$'] }),
  quoted('`', { escapes: PHP_HEREDOC, lines: true, holes: ['{$'] }),
  heredoc(/<<<[ \t]*(["']?)([A-Za-z_]\w*)\1(?=\r?\n)/y, ([, quote, word = '']) => ({
    heredoc: { word, strips: 'closing', keepsLastLineEnd: false },
    ...(quote === "'" ? {} : { escapes: PHP_HEREDOC }),
  })),
]

const GROOVY_STYLES: readonly QuoteStyle[] = [
  quoted("'''", { escapes: GROOVY, lines: true }),
  quoted('"""', { escapes: GROOVY, lines: true, holes: ['${'] }),
  quoted("'", { escapes: GROOVY }),
  quoted('"', { escapes: GROOVY, holes: ['${'] }),
  {
    starts: '$',
    open: /\$\//y,
    shape: () => ({ close: '/$', escapes: GROOVY_DOLLAR, guard: '$', only: ['$$', '$/'], lines: true }),
  },
  {
    starts: '/',
    open: /\/(?![/*=\s])/y,
    isPrefix: true,
    shape: () => ({ close: '/', escapes: GROOVY_SLASHY, guard: '\\', only: ['\\/'] }),
  },
]

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '<': '>' }

const RUBY_STYLES: readonly QuoteStyle[] = [
  quoted("'", { escapes: RUBY_SINGLE, lines: true }),
  quoted('"', { escapes: RUBY_DOUBLE, lines: true, holes: ['#{'] }),
  quoted('`', { escapes: RUBY_DOUBLE, lines: true, holes: ['#{'] }),
  {
    starts: '%',
    open: /%([qQwWiIrsx])([^\w\s])/y,
    shape: ([, kind = '', mark = '']) => ({
      close: CLOSING[mark] ?? mark,
      guard: '\\',
      lines: true,
      ...(/[qw]/.test(kind) ? { escapes: RUBY_PERCENT } : { escapes: RUBY_DOUBLE, holes: ['#{'] }),
      ...(kind === 'r' ? { isSkipped: true } : {}),
    }),
  },
  heredoc(/<<([~-]|(?=["'A-Z]))(["']?)([A-Za-z_]\w*)\2/y, ([, dash, quote, word = '']) => ({
    heredoc: { word, strips: dash === '~' ? 'least' : 'nothing', keepsLastLineEnd: true },
    ...(quote === "'" ? {} : { escapes: RUBY_DOUBLE }),
  })),
]

const CSHARP_STYLES: readonly QuoteStyle[] = [
  { starts: '$"', open: /\$*("{3,16})/y, shape: ([, quotes = '']) => ({ close: quotes, lines: true }) },
  {
    starts: '$@',
    open: /(?:\$@|@\$|@)"/y,
    shape: ([open = '']) => ({
      close: '"',
      escapes: CSHARP_VERBATIM,
      isDoubled: true,
      lines: true,
      ...(open.includes('$') ? { holes: ['{'] } : {}),
    }),
  },
  {
    starts: '$"',
    open: /\$?"/y,
    shape: ([open = '']) => ({
      close: '"',
      escapes: CSHARP,
      guard: '\\',
      ...(open.includes('$') ? { holes: ['{'] } : {}),
    }),
  },
  CHARACTER,
]

const RUST_STYLES: readonly QuoteStyle[] = [
  { starts: 'bcr', open: /[bc]?r(#{0,255})"/y, shape: ([, hashes = '']) => ({ close: `"${hashes}`, lines: true }) },
  {
    starts: 'bc"',
    open: /[bc]?"/y,
    shape: () => ({ close: '"', escapes: RUST, guard: '\\', lines: true }),
  },
  CHARACTER,
]

const HCL_STYLES: readonly QuoteStyle[] = [
  quoted('"', { escapes: HCL, holes: ['${', '%{'] }),
  heredoc(/<<(-?)([A-Za-z_][\w-]*)(?=[ \t]*\r?\n)/y, ([, dash, word = '']) => ({
    heredoc: { word, strips: dash === '-' ? 'least' : 'nothing', keepsLastLineEnd: true },
    escapes: HCL_HEREDOC,
  })),
]

/** `"""` of Kotlin and Scala has no escapes. */
const JVM_RAW = quoted('"""', { lines: true, isGreedy: true, guard: '', holes: ['${'] })

const SLASHES = { lineComments: ['//'], blockComments: 'flat', regex: 'none', name: NAME } as const

export const SYNTAXES: Readonly<Record<CodeLanguage, Syntax>> = {
  php: { ...SLASHES, lineComments: ['//', '#'], quotes: PHP_STYLES },
  python: { ...SLASHES, lineComments: ['#'], blockComments: 'none', quotes: [PYTHON_STYLE] },
  javascript: {
    ...SLASHES,
    regex: 'skipped',
    quotes: [
      quoted("'", { escapes: JAVASCRIPT }),
      quoted('"', { escapes: JAVASCRIPT }),
      quoted('`', { escapes: JAVASCRIPT, lines: true, holes: ['${'] }),
    ],
  },
  groovy: { ...SLASHES, quotes: GROOVY_STYLES },
  ruby: {
    lineComments: ['#'],
    blockComments: 'none',
    regex: 'skipped',
    name: SYMBOL_NAME,
    quotes: RUBY_STYLES,
  },
  go: {
    ...SLASHES,
    quotes: [quoted('"', { escapes: GO }), quoted('`', { lines: true, guard: '' }), CHARACTER],
  },
  java: {
    ...SLASHES,
    quotes: [quoted('"""', { escapes: JAVA, lines: true }), quoted('"', { escapes: JAVA }), CHARACTER],
  },
  kotlin: {
    ...SLASHES,
    blockComments: 'nested',
    quotes: [JVM_RAW, quoted('"', { escapes: JAVA, holes: ['${'] }), CHARACTER],
  },
  scala: {
    ...SLASHES,
    blockComments: 'nested',
    quotes: [
      { starts: 'r', open: /raw"(?!"")/y, shape: () => ({ close: '"', guard: '\\', holes: ['${'] }) },
      { starts: 'r', open: /raw"""/y, shape: () => ({ close: '"""', lines: true, isGreedy: true, holes: ['${'] }) },
      JVM_RAW,
      quoted('"', { escapes: JAVA, holes: ['${'] }),
      CHARACTER,
    ],
  },
  csharp: { ...SLASHES, lineComments: ['//', '\n#'], quotes: CSHARP_STYLES },
  rust: { ...SLASHES, blockComments: 'nested', quotes: RUST_STYLES },
  hcl: { ...SLASHES, lineComments: ['#', '//'], name: DASHED_NAME, quotes: HCL_STYLES },
}
