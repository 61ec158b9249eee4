import type { CodeLanguage } from './literal-styles.ts'

/** What the walk over a program has to know about its language. */
export interface Words {
  /** Words that name neither a value nor a function; a name behind them starts anew. */
  readonly keywords: ReadonlySet<string>
  /** Marks between a key and its value, beside `=`. */
  readonly keyMarks: ReadonlySet<string>
  /** A line end ends a statement: nowhere, outside of every bracket, or in blocks too. */
  readonly lineEnds: 'ignored' | 'outside' | 'everywhere'
  /** `sh 'x'`, `gem 'x', git: 'y'`: a call without brackets. */
  readonly hasCommands: boolean
  /** `name { … }` and `name(…) { … }` are calls with a closure. */
  readonly hasClosures: boolean
  /** Behind `name:` stands a type, and the value behind `=`. */
  readonly hasTypes: boolean
  /** `resource "a" "b" { … }` */
  readonly hasLabels: boolean
  /** `password = var.password`: paths of names are values that can be followed. */
  readonly hasBareValues: boolean
  /** `$this->password` */
  readonly hasArrowMembers: boolean
}

type Flag = 'commands' | 'closures' | 'types' | 'labels' | 'bare values' | 'arrow members' | 'no keywords'

/** Of any language but HCL, where every word may be a name. */
const KEYWORDS: ReadonlySet<string> = new Set(
  (
    'if elif elsif else unless for foreach while until do switch match case when default with try catch except finally return ' +
    'throw raise yield await async new delete typeof instanceof in of is as and or not lambda def fn func fun function class ' +
    'struct interface trait object enum const let var val final static public private protected internal readonly export import ' +
    'from package namespace use echo print begin rescue ensure then end local global nonlocal mut pub impl go defer void'
  ).split(' '),
)

function words(keyMarks: string, lineEnds: Words['lineEnds'], ...flags: Flag[]): Words {
  return {
    keywords: flags.includes('no keywords') ? new Set() : KEYWORDS,
    keyMarks: new Set(keyMarks.split(' ').filter((mark) => mark !== '')),
    lineEnds,
    hasCommands: flags.includes('commands'),
    hasClosures: flags.includes('closures'),
    hasTypes: flags.includes('types'),
    hasLabels: flags.includes('labels'),
    hasBareValues: flags.includes('bare values'),
    hasArrowMembers: flags.includes('arrow members'),
  }
}

export const WORDS: Readonly<Record<CodeLanguage, Words>> = {
  php: words('=> :', 'ignored', 'arrow members'),
  python: words(':', 'outside', 'types'),
  javascript: words(': ?:', 'everywhere', 'types'),
  groovy: words(':', 'everywhere', 'commands', 'closures'),
  ruby: words('=> :', 'everywhere', 'commands'),
  go: words(':', 'everywhere'),
  java: words('', 'ignored'),
  kotlin: words(': to', 'everywhere', 'closures', 'types'),
  scala: words(': ->', 'everywhere', 'types'),
  csharp: words(':', 'ignored'),
  rust: words(':', 'ignored', 'types'),
  hcl: words(':', 'everywhere', 'labels', 'bare values', 'no keywords'),
}

/** `:` behind a statement that starts with one of these ends its head. */
export const HEADS: ReadonlySet<string> = new Set(
  'if elif else for while with try except finally class def switch match case default when'.split(' '),
)

/** A statement starts here even where the one before was not ended. */
export const DECLARATIONS: ReadonlySet<string> = new Set('const let var val'.split(' '))

/** Calls in which an argument is named by the argument before it: the index of the name, or every other argument. */
export const NAMED_BY_ARGUMENT: ReadonlyMap<string, number | 'every other'> = new Map<string, number | 'every other'>([
  ...names('define setenv putenv setdefault setproperty set_property setenvironmentvariable set_var set put store', 0),
  ...names('get getenv env fetch getproperty getordefault get_or_default property getenvironmentvariable', 0),
  ...names('header setheader addheader setrequestheader append add entry pair param field setrequestproperty', 0),
  ...names('curl_setopt curl_easy_setopt', 1),
  ...names('of mapof hashmapof', 'every other'),
])

function names(list: string, at: number | 'every other'): readonly (readonly [string, number | 'every other'])[] {
  return list.split(' ').map((name) => [name, at] as const)
}
