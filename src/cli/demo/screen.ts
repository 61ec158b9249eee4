import type { Output } from '../output.ts'
import { harmless, wrap } from '../views/text.ts'

const WIDTH = 80

/** One thing that happened in the story: what was typed, what the screen said, how it ended. */
export interface Scene {
  readonly act: string
  readonly command: string
  readonly exitCode: number
  readonly screen: readonly string[]
}

/** Tells the story while it happens, and keeps it for `--json`. */
export interface Screen {
  act(title: string, text?: readonly string[]): void
  /** Shows a command and what it printed. */
  show(command: string, lines: readonly string[], exitCode?: number): void
  say(lines: readonly string[]): void
  readonly scenes: readonly Scene[]
}

export function makeScreen(output: Output): Screen {
  const scenes: Scene[] = []
  let current = ''
  let number = 0
  const { paint } = output
  return {
    scenes,
    act: (title, text = []) => {
      current = title
      number++
      output.tell(['', paint.bold(`${number}  ${title}`), ...text.flatMap((line) => wrap(line, WIDTH, '   '))])
    },
    show: (command, lines, exitCode = 0) => {
      scenes.push({ act: current, command, exitCode, screen: lines })
      output.tell(['', paint.cyan(`   $ ${command}`), ...lines.map((line) => (line === '' ? '' : `   ${line}`))])
    },
    say: (lines) => output.tell(lines.map((line) => (line === '' ? '' : `   ${line}`))),
  }
}

/** What git printed, without progress. */
export function gitWords(stderr: string): readonly string[] {
  return harmless(stderr)
    .split('\n')
    .filter((line) => /^(remote|fatal|error|warning):/.test(line))
}
