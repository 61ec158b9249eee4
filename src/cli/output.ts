import picocolors from 'picocolors'
import { chunksOf, jsonPieces } from '../model/json-pieces.ts'
import type { Completing } from './global-flags.ts'

export type Paint = ReturnType<typeof picocolors.createColors>

export interface Streams {
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number }
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number }
}

/** Where a command's words go: results to stdout, everything else to stderr. */
export interface Output {
  readonly json: boolean
  readonly paint: Paint
  /** Columns to fill at most. */
  readonly width: number
  /** Prints the result: `document` with `--json`, otherwise the lines. */
  result(document: unknown, lines: () => readonly string[]): void
  /** Lines of a story told while it happens; nothing with `--json`. */
  tell(lines: readonly string[]): void
  note(line: string): void
  progress(text: string): void
  clearProgress(): void
}

export interface OutputOptions {
  readonly json: boolean
  readonly colour: boolean
  /** For the commands that it prints to be copied. */
  readonly complete?: Completing
}

export function makeOutput(streams: Streams, options: OutputOptions): Output {
  const showsProgress = streams.stderr.isTTY === true
  let shown = false
  const clear = (): void => {
    if (shown) streams.stderr.write('\r\u001b[2K')
    shown = false
  }
  return {
    json: options.json,
    paint: picocolors.createColors(options.colour),
    width: Math.min(streams.stdout.columns ?? 80, 100),
    result: (document, lines) => {
      clear()
      if (!options.json)
        streams.stdout.write(
          `${lines()
            .map((line) => options.complete?.(line) ?? line)
            .join('\n')}\n`,
        )
      else for (const chunk of chunksOf(documentText(document))) streams.stdout.write(chunk)
    },
    tell: (lines) => {
      clear()
      if (!options.json) streams.stdout.write(`${lines.join('\n')}\n`)
    },
    note: (line) => {
      clear()
      streams.stderr.write(`${line}\n`)
    },
    progress: (text) => {
      if (!showsProgress) return
      // A line that breaks cannot be drawn over: what is erased is the last row of it alone.
      streams.stderr.write(`\r\u001b[2K${text.slice(0, (streams.stderr.columns ?? 80) - 1)}`)
      shown = true
    },
    clearProgress: clear,
  }
}

function* documentText(document: unknown): Generator<string> {
  yield* jsonPieces(document)
  yield '\n'
}

/** Colour repeats what words already say; `NO_COLOR` and `FORCE_COLOR` decide before the terminal does. */
export function wantsColour(environment: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  if ((environment['NO_COLOR'] ?? '') !== '') return false
  if ((environment['FORCE_COLOR'] ?? '') !== '') return environment['FORCE_COLOR'] !== '0'
  return isTerminal && environment['TERM'] !== 'dumb'
}
