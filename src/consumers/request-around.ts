import { readShell } from '../formats/shell-words.ts'
import { requestOf, type SeenUse } from './command-uses.ts'

/** One command over several lines is rarely longer. */
export const AROUND = 600

interface Around {
  readonly head: string
  readonly tail: string
}

/** Up to the line ends that no backslash continues. */
function around(text: string, from: number, to: number): Around {
  const [before, after] = [text.slice(Math.max(0, from - AROUND), from + 1), text.slice(to, to + AROUND)]
  const start = [...before.matchAll(/[^\\\r]\r?\n/g)].at(-1)
  const end = /[^\\\r]\r?\n/.exec(after)
  return {
    head: start === undefined ? before : before.slice(start.index + 1),
    tail: after.slice(0, end?.index === undefined ? after.length : end.index + 1),
  }
}

/** The command that a pair stands in, without the pair: what stands before it takes `AROUND` characters. */
export function commandAround(text: string, from: number, to: number): string {
  const { head, tail } = around(text, from, to)
  return head.padStart(AROUND, ' ') + tail
}

/**
 * What the command asks of Bitbucket that is handed a literal credential from `from` to `to`: its method, its path, its repository. Absent:
 * no command that sends a request stands there.
 */
export function requestAround(text: string, from: number, to: number): SeenUse | undefined {
  const handed = text.slice(from, to)
  const { head, tail } = around(text, from, to)
  const { commands } = readShell(`${head.slice(0, -1)}${handed}${tail}`.trim())
  const command = commands.find(({ words }) => words.some(({ value }) => value.text.includes(handed)))
  return command === undefined
    ? undefined
    : requestOf({
        words: command.words.map(({ value }) => value.text),
        input: command.inputs.map(({ value }) => value.text).join('\n'),
      })
}
