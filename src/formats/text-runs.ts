import type { ByteSpan } from './byte-text.ts'
import { countWhile } from './count-while.ts'
import { type Layer, plainText, type StoredText } from './field.ts'

/** A stretch of decoded text and the bytes `[start, end)` that hold it. */
export interface Run {
  readonly text: string
  readonly start: number
  readonly end: number
  /** Every character is its own byte; otherwise the bytes mean the text only as a whole. */
  readonly isVerbatim: boolean
}

/** Text made of runs, which stand one behind the other. Plain when all are verbatim and touch; an empty text is a point at `start`. */
export function textOfRuns(runs: readonly Run[], layer: Layer, start: number): StoredText {
  const [first] = runs
  const text = runs.length === 1 && first !== undefined ? first.text : runs.map((run) => run.text).join('')
  if (runs.every((run, index) => run.isVerbatim && (index === 0 || runs[index - 1]?.end === run.start)))
    return plainText(text, first?.start ?? start)
  const offsets = offsetsOf(runs)
  return { text, layers: [layer], spanOf: (from, to) => spanIn(runs, offsets, from, to, start) }
}

/** The runs of the characters `[from, to)`. A run that is not verbatim is never cut. */
export function cutRuns(runs: readonly Run[], from: number, to: number): readonly Run[] {
  const cut: Run[] = []
  let offset = 0
  for (const run of runs) {
    const [head, tail] = [Math.max(0, from - offset), Math.min(run.text.length, to - offset)]
    offset += run.text.length
    if (tail <= head) continue
    const isWhole = !run.isVerbatim || (head === 0 && tail === run.text.length)
    cut.push(
      isWhole ? run : { ...run, text: run.text.slice(head, tail), start: run.start + head, end: run.start + tail },
    )
  }
  return cut
}

function offsetsOf(runs: readonly Run[]): readonly number[] {
  let offset = 0
  return runs.map((run) => {
    offset += run.text.length
    return offset - run.text.length
  })
}

function spanIn(
  runs: readonly Run[],
  offsets: readonly number[],
  from: number,
  to: number,
  otherwise: number,
): ByteSpan {
  const start = edgeIn(runs, offsets, from, 0) ?? runs.at(-1)?.end ?? otherwise
  return [start, to > from ? (edgeIn(runs, offsets, to - 1, 1) ?? runs.at(-1)?.end ?? otherwise) : start]
}

/** Where the character at `index` begins (`side` 0) or ends (1). */
function edgeIn(runs: readonly Run[], offsets: readonly number[], index: number, side: 0 | 1): number | undefined {
  const at = runIndexAt(offsets, index)
  const run = runs[at]
  const inRun = index - (offsets[at] ?? 0)
  if (run === undefined || inRun >= run.text.length) return undefined
  if (run.isVerbatim) return run.start + inRun + side
  return side === 0 ? run.start : run.end
}

/** The last run that begins at or before `index`; empty runs before it share its offset. */
function runIndexAt(offsets: readonly number[], index: number): number {
  const low = countWhile(offsets, (offset) => offset <= index)
  return low - 1
}

/** The characters `[from, to)` of a value of `document`: without layers when their bytes are the text itself, whatever stands around. */
export function storedPart(document: string, value: StoredText, from = 0, to = value.text.length): StoredText {
  const text = value.text.slice(from, to)
  const span = value.spanOf(from, to)
  if (value.within === undefined && document.slice(...span) === text) return plainText(text, span[0])
  return { ...value, text, spanOf: (start, end) => value.spanOf(from + start, from + end) }
}
