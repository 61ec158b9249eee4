import type { ByteSpan } from './byte-text.ts'
import { inside, type Layer, plainText, type StoredText } from './field.ts'
import { cutRuns, type Run, textOfRuns } from './text-runs.ts'

/** A variable that a word takes text from. */
export interface ShellReference {
  readonly name: string
  /** `[from, to)` in the text of the word: `$NAME`, `${NAME:-default}` as they are written. */
  readonly from: number
  readonly to: number
  /** What stands for it when it is not set: `${NAME:-default}` and `${NAME:=default}`, with or without the colon. */
  readonly fallback?: ShellWord
}

/** One word of a command, or the text that a command reads (here-document, here-string). */
export interface ShellWord {
  /** Quotes and escapes taken off; variables and substitutions stay as they are written. */
  readonly value: StoredText
  /** With its quotes. */
  readonly extent: ByteSpan
  /** Names the word refers to, also inside of `${X:-$Y}`. */
  readonly variables: readonly string[]
  readonly references: readonly ShellReference[]
  /** The characters `[from, to)` of the text; its layer is that of the one quote they stand in. */
  readonly part: (from: number, to?: number) => StoredText
  /** The bytes of what stands behind the character `from - 1`, with quotes that open behind it. */
  readonly extentFrom: (from: number) => ByteSpan
}

/** How a piece of a word is quoted. `heredoc` is a here-document that expands. */
export type Quote = 'bare' | 'single' | 'double' | 'ansi' | 'heredoc' | 'systemd'

const LAYERS: Readonly<Record<Quote, Layer>> = {
  bare: 'shell-bare',
  single: 'shell-bare', // without escapes: its text is plain
  double: 'shell-double',
  ansi: 'shell-ansi',
  heredoc: 'shell-heredoc',
  systemd: 'systemd',
}

export interface Segment {
  readonly quote: Quote
  /** With its quotes. */
  readonly start: number
  end: number
  /** Where it begins in the text of the word. */
  readonly from: number
  length: number
  readonly runs: Run[]
}

/** A word that is being read. */
export interface WordDraft {
  readonly start: number
  readonly segments: Segment[]
  references: ShellReference[] | undefined
  length: number
}

export function draftAt(start: number): WordDraft {
  return { start, segments: [], references: undefined, length: 0 }
}

/** Opens a segment, or goes on with the last one when that is bare too. */
export function segmentAt(draft: WordDraft, quote: Quote, start: number): Segment {
  const last = draft.segments.at(-1)
  if (last !== undefined && quote === 'bare' && last.quote === 'bare') return last
  const segment: Segment = { quote, start, end: start, from: draft.length, length: 0, runs: [] }
  draft.segments.push(segment)
  return segment
}

/** Appends the bytes `[start, end)`; `text` when they mean something else than themselves. */
export function addRun(
  draft: WordDraft,
  segment: Segment,
  source: string,
  [start, end]: ByteSpan,
  text?: string,
): void {
  const last = segment.runs.at(-1)
  const run: Run = { text: text ?? source.slice(start, end), start, end, isVerbatim: text === undefined }
  if (last?.isVerbatim === true && run.isVerbatim && last.end === start)
    segment.runs[segment.runs.length - 1] = { ...last, text: last.text + run.text, end }
  else segment.runs.push(run)
  segment.length += run.text.length
  segment.end = end
  draft.length += run.text.length
}

/** `mixed` names the layer of a text over several segments. */
export function wordOf(draft: WordDraft, end: number, mixed: Layer = 'shell-word'): ShellWord {
  return new DraftedWord(draft, end, mixed)
}

/** Dense scripts have a word for every two bytes, and few of them are ever looked at. */
class DraftedWord implements ShellWord {
  readonly #draft: WordDraft
  readonly #end: number
  readonly #mixed: Layer
  #value: StoredText | undefined

  constructor(draft: WordDraft, end: number, mixed: Layer) {
    this.#draft = draft
    this.#end = end
    this.#mixed = mixed
  }

  get value(): StoredText {
    this.#value ??= this.part(0)
    return this.#value
  }

  get extent(): ByteSpan {
    return [this.#draft.start, this.#end]
  }

  get references(): readonly ShellReference[] {
    return this.#draft.references?.filter(({ name }) => name !== '') ?? []
  }

  get variables(): readonly string[] {
    const all = this.#draft.references ?? []
    return all.flatMap(({ name, fallback }) => [...(name === '' ? [] : [name]), ...(fallback?.variables ?? [])])
  }

  readonly part = (from: number, to = this.#draft.length): StoredText =>
    partOf(this.#draft, from, Math.max(from, to), this.#mixed)

  readonly extentFrom = (from: number): ByteSpan => {
    const before = this.#draft.segments.findLast((segment) => segment.from < from)
    const start = before === undefined ? this.#draft.start : this.part(from - 1, from).spanOf(0, 1)[1]
    const isLast = before !== undefined && before === this.#draft.segments.findLast(({ start, end }) => end > start)
    // The text of a bare segment, and of one whose quote is never closed, goes to its end.
    const isInQuotes = isLast && before.quote !== 'bare' && (before.runs.at(-1)?.end ?? before.end) < before.end
    return [start, Math.max(start, isInQuotes ? before.end - 1 : this.#end)]
  }
}

function partOf(draft: WordDraft, from: number, to: number, mixed: Layer): StoredText {
  const met = draft.segments.filter((segment) => segment.from < to && segment.from + segment.length > from)
  const [first] = met
  if (first === undefined) return plainText('', pointAt(draft, from))
  if (met.length > 1) return mixedText(met, from, to, mixed)
  if (from <= first.from && to >= first.from + first.length)
    return textOfRuns(first.runs, LAYERS[first.quote], first.end)
  return textOfRuns(cutRuns(first.runs, from - first.from, to - first.from), LAYERS[first.quote], first.end)
}

/** Where text would stand behind `from` characters: between the quotes of `NAME=""`, when there are some. */
function pointAt(draft: WordDraft, from: number): number {
  const next = draft.segments.find((segment) => segment.from >= from) ?? draft.segments.at(-1)
  if (next === undefined) return draft.start
  return next.quote === 'bare' || next.quote === 'heredoc' || next.length > 0 ? next.end : next.end - 1
}

/**
 * Over several segments the stored bytes are a word of its own: from the opening quote of the first, when the text begins with all of
 * it, to the closing quote of the last.
 */
function mixedText(segments: readonly Segment[], from: number, to: number, layer: Layer): StoredText {
  const runs = segments.flatMap((segment) => cutRuns(segment.runs, from - segment.from, to - segment.from))
  const text = runs.map((run) => run.text).join('')
  const inner = textOfRuns(runs, layer, runs[0]?.start ?? 0)
  const spanOf = (head: number, tail: number): ByteSpan => {
    const [start, end] = inner.spanOf(head, tail)
    if (tail <= head) return [start, end]
    const met = segments.filter((segment) => segment.from < from + tail && segment.from + segment.length > from + head)
    const [first, last] = [met[0], met.at(-1)]
    if (first === undefined || last === undefined) return [start, end]
    const takesHead = first.from === from + head
    const takesTail = last.from + last.length === from + tail
    const isWhole = first !== last || (takesHead && takesTail)
    return [takesHead && isWhole ? first.start : start, takesTail && isWhole ? last.end : end]
  }
  return { text, layers: [layer], spanOf }
}

/** A word of a text that itself stands in another document. */
export function wordInside(outer: StoredText, word: ShellWord): ShellWord {
  return {
    get value() {
      return inside(outer, word.value)
    },
    get extent() {
      return outer.spanOf(...word.extent)
    },
    get variables() {
      return word.variables
    },
    get references() {
      return word.references.map((reference) =>
        reference.fallback === undefined
          ? reference
          : { ...reference, fallback: wordInside(outer, reference.fallback) },
      )
    },
    part: (from, to) => inside(outer, word.part(from, to)),
    extentFrom: (from) => outer.spanOf(...word.extentFrom(from)),
  }
}

/** A word that no shell has split: an element of a list of arguments. */
export function storedWord(value: StoredText, extent: ByteSpan): ShellWord {
  const part = (from: number, to = value.text.length): StoredText => ({
    ...value,
    text: value.text.slice(from, to),
    spanOf: (start, end) => value.spanOf(from + start, from + end),
  })
  return {
    value,
    extent,
    variables: [],
    references: [],
    part,
    extentFrom: (from) => value.spanOf(from, value.text.length),
  }
}
