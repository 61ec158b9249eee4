import { neutralise } from '../bitbucket/evidence-text.ts'

/** One line of a log, without what Jenkins and terminals put around it, so that `^` means the start of what was said. */
export interface CleanLine {
  readonly text: string
  readonly number: number
}

/** Longer lines are cut: no line that is known is as long, and a log may be one line of a hundred megabytes. */
const LONGEST = 16 * 1024

/** `undefined`: a step of a pipeline. */
export function cleanedLine(raw: string, number: number): CleanLine | undefined {
  const text = withoutPrefixes(neutralise(raw.replace(/\u001B\[8mha:[^\u001B]*\u001B\[0m/g, '')))
  return /^\s*\[Pipeline\]/.test(text) ? undefined : { text, number }
}

/** Timestamps of the timestamper plugin and of services that keep logs, the name of a parallel branch, and `stderr: `. */
const PREFIXES: readonly RegExp[] = [
  /^\[\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)\] ?/,
  /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)? /,
  /^\d\d:\d\d:\d\d(?:\.\d+)? {1,2}(?=\S| >)/,
  /^\[[\w ./-]{1,60}\] (?=(?: ?> git |using |No credentials specified|Warning: CredentialId|remote: |fatal: |stderr: ))/,
  /^(?:stderr|stdout): /,
]

function withoutPrefixes(line: string): string {
  return PREFIXES.reduce((rest, prefix) => rest.replace(prefix, ''), line.replace(/^\uFEFF/, ''))
}

export interface LineSplitter {
  push(bytes: Uint8Array): void
  end(): void
}

/**
 * Lines of any encoding that a log comes in. A bare carriage return ends what was said and not the line: git draws its progress with
 * it, and editors do not count it.
 */
export function lineSplitter(take: (line: string, number: number) => void): LineSplitter {
  let decoder: ReturnType<typeof decoderOf> | undefined
  let rest = ''
  let number = 1
  const feed = (text: string): void => {
    const lines = (rest + text).split('\n')
    const unfinished = (lines.pop() ?? '').split('\r')
    for (const line of lines) takeSaid(line.split('\r'), number++, take)
    takeSaid(unfinished.slice(0, -1), number, take)
    // The beginning is kept and what follows is left out, up to the next end of a line.
    rest = (unfinished.at(-1) ?? '').slice(0, LONGEST)
  }
  return {
    push: (bytes) => {
      decoder ??= decoderOf(bytes)
      feed(decoder.decode(bytes, { stream: true }))
    },
    end: () => {
      feed(decoder?.decode() ?? '')
      takeSaid([rest], number, take)
    },
  }
}

function takeSaid(said: readonly string[], number: number, take: (line: string, number: number) => void): void {
  for (const text of said) if (text !== '') take(text.slice(0, LONGEST), number)
}

/** PowerShell writes UTF-16 where a log is redirected into a file. What is no text at all becomes replacement characters. */
function decoderOf(bytes: Uint8Array) {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le')
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be')
  return new TextDecoder('utf-8')
}
