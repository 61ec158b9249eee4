import type { StoredText } from './field.ts'
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

/**
 * Words of ENV, ARG and LABEL (moby/buildkit, frontend/dockerfile/shell/lex.go): quotes and the escape character as in a shell, and no
 * operators or substitutions. `isWhole`: the text is one word, as in `ENV NAME some value`.
 */
export function readDockerWords(outer: StoredText, escaping: string, isWhole: boolean): readonly ShellWord[] {
  const { text } = outer
  const words: ShellWord[] = []
  for (let at = 0; at < text.length; ) {
    if (isBlank(text, at)) at++
    else {
      const draft = draftAt(at)
      at = readWord(text, at, draft, escaping, isWhole)
      words.push(wordInside(outer, wordOf(draft, at)))
    }
  }
  return words
}

function isBlank(text: string, at: number): boolean {
  return ' \t\r\n'.includes(text.charAt(at))
}

function readWord(text: string, start: number, draft: WordDraft, escaping: string, isWhole: boolean): number {
  let at = start
  while (at < text.length && (isWhole || !isBlank(text, at))) {
    const character = text.charAt(at)
    if (character === "'" || character === '"') at = readQuoted(text, at, draft, escaping)
    else at = readBare(text, at, draft, escaping)
  }
  return at
}

function readBare(text: string, at: number, draft: WordDraft, escaping: string): number {
  const segment = segmentAt(draft, 'bare', at)
  if (text.charAt(at) === escaping && at + 1 < text.length) {
    addRun(draft, segment, text, [at, at + 2], text.charAt(at + 1))
    return at + 2
  }
  return readOne(text, at, draft, segment)
}

function readQuoted(text: string, start: number, draft: WordDraft, escaping: string): number {
  const quote = text.charAt(start)
  const segment = segmentAt(draft, quote === '"' ? 'double' : 'single', start)
  let at = start + 1
  while (at < text.length && text.charAt(at) !== quote) {
    const next = text.charAt(at + 1)
    const isEscape = quote === '"' && text.charAt(at) === escaping && next !== '' && `"$${escaping}`.includes(next)
    if (isEscape) {
      addRun(draft, segment, text, [at, at + 2], next)
      at += 2
    } else if (quote === "'") {
      addRun(draft, segment, text, [at, at + 1])
      at++
    } else at = readOne(text, at, draft, segment)
  }
  segment.end = Math.min(text.length, at + 1)
  return segment.end
}

const REFERENCE = /\$(?:\{(\w+)[^}]{0,500}\}|([A-Za-z_]\w*))/y

function readOne(text: string, at: number, draft: WordDraft, segment: Segment): number {
  REFERENCE.lastIndex = at
  const match = text.charAt(at) === '$' ? REFERENCE.exec(text) : null
  const length = match?.[0].length ?? 1
  if (match !== null) {
    const reference = { name: match[1] ?? match[2] ?? '', from: draft.length, to: draft.length + length }
    draft.references ??= []
    draft.references.push(reference)
  }
  addRun(draft, segment, text, [at, at + length])
  return at + length
}
