/** Delimiters of Go, Jinja and ERB templates. */
const DELIMITERS: Readonly<Record<string, string>> = { '{{': '}}', '{%': '%}', '{#': '#}', '<%': '%>' }

/**
 * The text with its templates blotted out, at the same length, so that offsets stay. A line that holds nothing else becomes blank; inside
 * a line a template becomes a word.
 */
export function withoutTemplates(text: string): string {
  const pieces: string[] = []
  for (let at = 0; at < text.length; ) {
    const comment = commentEnd(text, at)
    if (comment !== undefined) {
      pieces.push(text.slice(at, comment).replace(/[^\r\n]/g, ' '))
      at = comment
      continue
    }
    const feed = text.indexOf('\n', at)
    const end = feed === -1 ? text.length : feed + 1
    pieces.push(maskedLine(text.slice(at, end)))
    at = end
  }
  return pieces.join('')
}

/** Of a comment of Go templates, which may go over several lines. It starts a line. */
function commentEnd(text: string, at: number): number | undefined {
  const head = /^[ \t]{0,100}\{\{-? ?\/\*/.exec(text.slice(at, at + 110))
  if (head === null) return undefined
  const end = text.indexOf('*/', at + head[0].length)
  const close = end === -1 ? -1 : text.indexOf('}}', end)
  return close === -1 ? text.length : close + 2
}

function maskedLine(line: string): string {
  const pieces: string[] = []
  let kept = 0
  let isOnlyTemplates = true
  for (let at = 0; at < line.length; ) {
    const close = DELIMITERS[line.slice(at, at + 2)]
    const end = close === undefined ? -1 : line.indexOf(close, at + 2)
    // Without its end on the line, nothing behind it is a template of this kind: the rest stays as it is.
    if (close !== undefined && end === -1) break
    if (close === undefined) {
      at++
      continue
    }
    const between = line.slice(kept, at)
    if (/[^ \t]/.test(between)) isOnlyTemplates = false
    pieces.push(between, 'x'.repeat(end + 2 - at))
    at = end + 2
    kept = at
  }
  if (kept === 0) return line
  const rest = line.slice(kept)
  if (isOnlyTemplates && !/[^ \t\r\n]/.test(rest)) return line.replace(/[^\r\n]/g, ' ')
  return [...pieces, rest].join('')
}
