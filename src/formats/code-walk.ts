import {
  block,
  called,
  extended,
  type Frame,
  holdsStatements,
  indexed,
  joined,
  named,
  newFrame,
  type Part,
  restart,
} from './code-frame.ts'
import { CodeGroups, type Group } from './code-groups.ts'
import { DECLARATIONS, HEADS, NAMED_BY_ARGUMENT, WORDS, type Words } from './code-words.ts'
import { plainText } from './field.ts'
import type { CodeLanguage } from './literal-styles.ts'
import { lexCode, type Token } from './literals.ts'

export interface Literal {
  readonly token: Token
  readonly parts: readonly Part[]
  /** `key`: it names another value. `label`: it names a block. `bare`: no literal but a path of names (`var.password`). */
  readonly role: 'value' | 'key' | 'label' | 'bare'
}

export interface Walked {
  readonly literals: readonly Literal[]
  readonly groups: readonly Group[]
  /** Where a bracket is left open. */
  readonly open?: number
}

/** Finds every string literal of a program and where it stands, as far as brackets and assignments tell. `text` is byte text. */
export function walkCode(text: string, language: CodeLanguage): Walked {
  return new Walk(text, lexCode(text, language), WORDS[language]).run()
}

/** A closing bracket that does not fit closes what it fits within so many levels, or nothing. */
const TOLERATED = 8
const MOST_LABELS = 8
const CLOSE_OF: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }
const CLOSES = /^[)\]}]$/
const MEMBER = new Set(['.', '?.', '?->', '::', '\\'])
const ASSIGNS = new Set(['=', ':=', '+=', '.=', '||=', '??='])
/** A line that starts so goes on with the statement before. */
const CONTINUES = /^(?:\.|\?\.|\?->|\?|\?:|\?\?|:|=>|->|\|\||&&|[+*/%=]|==|,)$/

class Walk {
  readonly #text: string
  readonly #tokens: readonly Token[]
  readonly #words: Words
  readonly #literals: Literal[] = []
  readonly #groups = new CodeGroups()
  /** Around the innermost one, outermost first. */
  readonly #outer: Frame[] = []
  #frame: Frame = newFrame({ kind: 'top', close: '', base: [], group: -1, callee: '' }, 0)
  #at = 0

  constructor(text: string, tokens: readonly Token[], words: Words) {
    this.#text = text
    this.#tokens = tokens
    this.#words = words
  }

  run(): Walked {
    for (const token of this.#tokens) {
      if (this.#endsEntry(token)) this.#endEntry()
      if (token.kind === 'literal') this.#literal(token)
      else if (token.kind === 'name') this.#name(token)
      else if (token.kind === 'mark') this.#mark(token)
      else this.#pass()
      this.#at++
    }
    const open = this.#groups.startOf(this.#frame.group)
    while (this.#outer.length > 0) this.#closeFrame(this.#text.length)
    this.#endBare()
    return { literals: this.#literals, groups: this.#groups.all(), ...(open === undefined ? {} : { open }) }
  }

  #last(): Token | undefined {
    return this.#tokens[this.#at - 1]
  }

  #nextText(): string {
    const next = this.#tokens[this.#at + 1]
    return next === undefined || next.kind === 'literal' ? '' : next.text
  }

  #endsEntry(token: Token): boolean {
    const { lineEnds } = this.#words
    const { kind, tokens, command } = this.#frame
    if (!token.isFirst || lineEnds === 'ignored') return false
    if (kind !== 'top' && !(kind === 'curly' && lineEnds === 'everywhere')) return false
    const last = this.#last()
    if (last === undefined || (tokens === 0 && command === undefined)) return false
    if (last.kind === 'mark' && !CLOSES.test(last.text)) return false
    return !(token.kind === 'mark' && CONTINUES.test(token.text))
  }

  #endEntry(): void {
    this.#endBare()
    this.#frame.command = undefined
    this.#frame.before = undefined
    restart(this.#frame, this.#literals.length, 0)
  }

  /** `password = var.secret`: the path is the value. */
  #endBare(): void {
    const { kind, left, operand, operandStart, isPath } = this.#frame
    const last = this.#last()
    if (!this.#words.hasBareValues || !isPath || operand.length === 0 || last === undefined) return
    if (last.kind === 'literal' || (left === undefined && kind !== 'list' && kind !== 'call')) return
    const extent = [operandStart, last.extent[1]] as const
    const value = plainText(this.#text.slice(...extent), operandStart)
    const token: Token = { kind: 'name', extent, text: '', value, isFirst: false, isJoined: false }
    this.#literals.push({ token, parts: this.#keys(), role: 'bare' })
  }

  #keys(): readonly Part[] {
    const { kind, base, left, index, command } = this.#frame
    if (command !== undefined) return joined(joined(base, command), left ?? [indexed(index)])
    if (kind === 'call' || kind === 'list') return joined(base, left ?? [this.#argumentName() ?? indexed(index)])
    return joined(base, left ?? [])
  }

  #argumentName(): Part | undefined {
    const { before, callee, index } = this.#frame
    const rule = NAMED_BY_ARGUMENT.get(callee)
    if (rule === undefined || before === undefined) return undefined
    return (rule === 'every other' ? index % 2 === 1 : index === rule + 1) ? named(before) : undefined
  }

  #literal(token: Token): void {
    if (this.#startsCommand(token)) this.#startCommand()
    const frame = this.#frame
    const isKey = frame.kind === 'index' || this.#isKey()
    const parts = isKey ? joined(frame.base, frame.command ?? []) : this.#keys()
    this.#literals.push({ token, parts, role: isKey ? 'key' : 'value' })
    this.#setOperand(named(token.value?.text ?? ''), token)
  }

  #isKey(): boolean {
    const next = this.#nextText()
    if (this.#frame.questions > 0 || this.#frame.isHead) return false
    return this.#words.keyMarks.has(next) || next === '='
  }

  #setOperand(part: Part, token: Token): void {
    const frame = this.#frame
    if (frame.operand.length > 0) frame.isPath = false
    frame.operand = [part]
    frame.operandStart = token.extent[0]
    frame.tokens++
    frame.closedCall = undefined
  }

  /** `sh 'x'`, `git url: 'x'`, `withEnv ['A=b']` */
  #startsCommand(token: Token): boolean {
    const { command, operand } = this.#frame
    const last = this.#last()
    if (!this.#words.hasCommands || command !== undefined || token.isFirst || token.isJoined) return false
    return (
      last?.kind === 'name' &&
      !this.#words.keywords.has(last.text) &&
      operand.length > 0 &&
      holdsStatements(this.#frame)
    )
  }

  #startCommand(): void {
    const { left, operand } = this.#frame
    this.#frame.command = joined(left ?? [], called(operand))
    restart(this.#frame, this.#literals.length, 0)
  }

  #name(token: Token): void {
    const frame = this.#frame
    const last = this.#last()
    const isMember = last?.kind === 'mark' && this.#isMember(last.text) && frame.operand.length > 0
    if (isMember) {
      const path = frame.operand.at(-1)?.kind === 'call' ? [] : frame.operand
      frame.operand = extended(path, [named(token.text)])
      frame.tokens++
      frame.closedCall = undefined
    } else if (this.#words.keyMarks.has(token.text) && frame.operand.length > 0) this.#setLeft(false)
    else if (this.#words.keywords.has(token.text) && !this.#isNaming(token.text)) this.#keyword(token.text)
    else {
      if (this.#words.keyMarks.has(this.#nextText()) && this.#startsCommand(token)) this.#startCommand()
      this.#setOperand(named(token.text), token)
    }
  }

  #isMember(mark: string): boolean {
    return MEMBER.has(mark) || (this.#words.hasArrowMembers && mark === '->')
  }

  /** `default = 'x'`, `package => 'x'`, `{ from: 'x' }`: a keyword in the place of a name. */
  #isNaming(word: string): boolean {
    const next = this.#nextText()
    if (next === '=' || next === '=>') return true
    const { kind } = this.#frame
    return next === ':' && kind !== 'top' && (kind !== 'curly' || !HEADS.has(word))
  }

  #keyword(word: string): void {
    if (DECLARATIONS.has(word) && holdsStatements(this.#frame)) this.#endEntry()
    if (this.#frame.tokens === 0 && HEADS.has(word)) this.#frame.isHead = true
    // Its own `:` is no key mark.
    if (word === 'lambda') this.#frame.questions++
    this.#pass()
  }

  /** Something that names nothing. */
  #pass(): void {
    const frame = this.#frame
    frame.operand = []
    frame.isPath = false
    frame.tokens++
    frame.closedCall = undefined
  }

  #mark(token: Token): void {
    const { text } = token
    if (CLOSE_OF[text] !== undefined) this.#open(token)
    else if (CLOSES.test(text)) this.#close(token)
    else if (text === ',') this.#comma()
    // The parameters of a closure end with an arrow.
    else if (text === ';' || (text === '->' && this.#isArrowOfClosure())) this.#endEntry()
    else if (ASSIGNS.has(text)) this.#assign()
    else if (this.#words.keyMarks.has(text)) this.#keyMark(text)
    else if (!this.#isMember(text)) {
      if (text === '?') this.#frame.questions++
      this.#pass()
    }
  }

  #isArrowOfClosure(): boolean {
    return this.#frame.kind === 'curly' && !this.#words.hasArrowMembers && !this.#words.keyMarks.has('->')
  }

  #comma(): void {
    this.#endBare()
    const frame = this.#frame
    const counts = !holdsStatements(frame) || frame.command !== undefined
    const name = frame.isPath ? frame.operand.at(-1)?.text : undefined
    // A variable names nothing, a constant does: `curl_setopt($curl, CURLOPT_USERPWD, …)`.
    const isName = this.#last()?.kind === 'literal' || /^[A-Z][A-Z0-9_]+$/.test(name ?? '')
    frame.before = isName ? name : undefined
    restart(frame, this.#literals.length, counts ? frame.index + 1 : 0)
  }

  #assign(): void {
    const frame = this.#frame
    // `String password = 'x'` is a declaration, not a call.
    if (frame.command !== undefined && frame.index === 0) frame.command = undefined
    if (frame.isTyped) frame.operand = []
    this.#setLeft(false)
  }

  #keyMark(text: string): void {
    const frame = this.#frame
    if (text === ':' && frame.questions > 0) {
      frame.questions--
      this.#pass()
    } else if (text === ':' && frame.isHead) this.#endEntry()
    else this.#setLeft(this.#words.hasTypes && (text === ':' || text === '?:'))
  }

  #setLeft(isTyped: boolean): void {
    const frame = this.#frame
    if (frame.operand.length > 0) frame.left = frame.operand
    frame.isTyped = isTyped
    frame.operand = []
    frame.isPath = true
    frame.tokens++
    frame.closedCall = undefined
  }

  #open(token: Token): void {
    if (token.text === '[' && this.#startsCommand(token)) this.#startCommand()
    const { operand } = this.#frame
    const last = this.#last()
    const isName = last?.kind === 'name'
    const isBehind = operand.length > 0 && (isName || last?.text === ']')
    const name = operand.at(-1)?.text ?? ''
    if (token.text === '{') this.#openCurly(token)
    else if (token.text === '[') {
      const isIndex = token.isJoined && (isBehind || last?.text === ')')
      this.#push(isIndex ? 'index' : 'list', token, this.#keys())
    } else if (!isBehind) this.#push('plain', token, this.#keys())
    else if (name === 'array') this.#push('list', token, this.#keys())
    else this.#push('call', token, joined(this.#keys(), called(operand)), name)
  }

  #openCurly(token: Token): void {
    const { left, operand, closedCall } = this.#frame
    const { hasLabels, hasClosures } = this.#words
    const name = this.#last()?.kind === 'literal' ? undefined : operand.at(-1)?.text
    if (hasLabels && left === undefined && holdsStatements(this.#frame)) this.#openLabelled(token)
    else if (name === undefined || (left !== undefined && closedCall === undefined)) {
      this.#push('curly', token, this.#keys())
    } else {
      const isNamed = closedCall === undefined || hasClosures
      const base = isNamed ? joined(this.#keys(), [block(name)]) : this.#keys()
      this.#push('curly', token, base, name, closedCall)
    }
  }

  /** `resource "type" "name" {` */
  #openLabelled(token: Token): void {
    const { firstLiteral, tokens, base } = this.#frame
    const head = tokens <= MOST_LABELS ? this.#tokens.slice(this.#at - tokens, this.#at) : []
    const [first] = head
    for (const [index, label] of this.#literals.slice(firstLiteral).entries()) {
      this.#literals[firstLiteral + index] = { ...label, role: 'label' }
    }
    if (first !== undefined) this.#frame.operandStart = first.extent[0]
    const path = head.map(({ value, text }) => block(value?.text ?? text))
    this.#push('curly', token, joined(base, path), first?.text ?? '')
  }

  #push(kind: Frame['kind'], token: Token, base: readonly Part[], name = '', closedCall?: number): void {
    const outer = this.#frame
    const literals = this.#literals.length
    const start = name === '' ? token.extent[0] : outer.operandStart
    const group = closedCall ?? this.#groups.open(name, start, outer.group, literals)
    if (closedCall !== undefined) this.#groups.openBody(group, literals)
    this.#outer.push(outer)
    const close = CLOSE_OF[token.text] ?? ''
    this.#frame = newFrame({ kind, close, base, group, callee: name.toLowerCase() }, literals)
  }

  #close(token: Token): void {
    const depth = this.#depthOf(token.text)
    for (let level = 0; level < depth; level++) this.#closeFrame(token.extent[1])
  }

  /** How many frames a closing bracket ends. */
  #depthOf(close: string): number {
    if (this.#frame.close === close) return 1
    for (let depth = 2; depth <= TOLERATED && depth <= this.#outer.length; depth++) {
      if (this.#outer.at(1 - depth)?.close === close) return depth
    }
    return 0
  }

  #closeFrame(end: number): void {
    this.#endBare()
    const inner = this.#frame
    const outer = this.#outer.pop()
    if (outer === undefined) return
    this.#frame = outer
    this.#groups.close(inner.group, end, this.#literals.length, inner.kind === 'curly')
    outer.tokens++
    outer.isPath = outer.isPath && inner.kind === 'index'
    outer.operand = operandOf(inner, outer)
    outer.closedCall = inner.kind === 'call' ? inner.group : undefined
    if (inner.kind === 'curly' && outer.left === undefined && holdsStatements(outer)) this.#endEntry()
  }
}

/** What brackets together with the path before them name. */
function operandOf(inner: Frame, outer: Frame): readonly Part[] {
  const single = inner.isPath && inner.index === 0 ? inner.operand.slice(-1) : []
  if (inner.kind === 'index') return extended(outer.operand, single)
  if (inner.kind === 'call') return called(outer.operand)
  return inner.kind === 'list' ? single : []
}
