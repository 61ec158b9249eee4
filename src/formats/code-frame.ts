/** One step on the way from the root of a program to a literal. */
export interface Part {
  readonly kind: 'name' | 'call' | 'index' | 'block'
  readonly text: string
}

/** An open pair of brackets, or the whole program, and the entry of it that is being read. */
export interface Frame extends Entry {
  /** `plain`: round brackets that call nothing. */
  readonly kind: 'top' | 'call' | 'list' | 'index' | 'curly' | 'plain'
  readonly close: string
  readonly base: readonly Part[]
  /** Its index among the groups; -1 for the program. */
  readonly group: number
  /** The called function, in lower case. */
  readonly callee: string
  index: number
  /** What the entry before is, if that was one path of names or one literal. */
  before: string | undefined
  /** The call without brackets whose arguments are being read. */
  command: readonly Part[] | undefined
}

interface Entry {
  /** The name on the left of `=`, `:` or `=>`. */
  left: readonly Part[] | undefined
  /** A type may follow, and `=` behind it. */
  isTyped: boolean
  /** What the tokens just read name. */
  operand: readonly Part[]
  operandStart: number
  /** Nothing but one path of names or one literal so far. */
  isPath: boolean
  tokens: number
  /** `?` whose `:` is still to come. */
  questions: number
  /** It began with a word whose `:` opens a block. */
  isHead: boolean
  /** Literals from here on belong to it. */
  firstLiteral: number
  /** The call that has just been closed. */
  closedCall: number | undefined
}

/** What nests deeper, or is called through more names, gets no more keys: else their number were quadratic. */
const DEEPEST = 32
const LONGEST_PATH = 12
export const LONGEST_KEY = 200

/** The next entry of a frame begins. Written out: this happens at every other token, and copying members costs more than the walk. */
export function restart(frame: Frame, firstLiteral: number, index: number): void {
  frame.left = undefined
  frame.isTyped = false
  frame.operand = []
  frame.operandStart = 0
  frame.isPath = true
  frame.tokens = 0
  frame.questions = 0
  frame.isHead = false
  frame.firstLiteral = firstLiteral
  frame.closedCall = undefined
  frame.index = index
}

export function newFrame(
  given: Pick<Frame, 'kind' | 'close' | 'base' | 'group' | 'callee'>,
  firstLiteral: number,
): Frame {
  const { kind, close, base, group, callee } = given
  // Written out: spreading objects costs more than all the rest of the walk.
  return {
    kind,
    close,
    base,
    group,
    callee,
    index: 0,
    before: undefined,
    command: undefined,
    left: undefined,
    isTyped: false,
    operand: [],
    operandStart: 0,
    isPath: true,
    tokens: 0,
    questions: 0,
    isHead: false,
    firstLiteral,
    closedCall: undefined,
  }
}

/** Statements stand in it, not elements of a list. */
export function holdsStatements({ kind }: Frame): boolean {
  return kind === 'top' || kind === 'curly'
}

export function joined(base: readonly Part[], more: readonly Part[]): readonly Part[] {
  return base.length >= DEEPEST || more.length === 0 ? base : [...base, ...more]
}

export function extended(path: readonly Part[], more: readonly Part[]): readonly Part[] {
  return [...path, ...more].slice(-LONGEST_PATH)
}

/** `path` as a call of its last name. */
export function called(path: readonly Part[]): readonly Part[] {
  const last = path.at(-1)
  return last === undefined ? [] : [...path.slice(0, -1), { kind: 'call', text: last.text }]
}

export function named(text: string): Part {
  return { kind: 'name', text: text.slice(0, LONGEST_KEY) }
}

export function block(text: string): Part {
  return { kind: 'block', text: text.slice(0, LONGEST_KEY) }
}

export function indexed(index: number): Part {
  return { kind: 'index', text: String(index) }
}
