/** Replaces control characters, so that text from files and servers cannot steer a terminal. Line feeds and tabs stay. */
export function harmless(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd')
}

/** A word that a shell takes as it stands, for commands to copy. Control characters cannot be in it. */
export function shellWord(text: string): string {
  const clean = oneLine(text)
  return /^[A-Za-z0-9_@%+=:,./~-]+$/.test(clean) ? clean : `'${clean.replaceAll("'", `'\\''`)}'`
}

/** For a cell: what comes from files and servers must not begin a new line. */
export function oneLine(text: string): string {
  return harmless(text).replace(/[\n\t]/g, '\ufffd')
}

/** Hides what a person typed by mistake into an argument: a token, or the secret of a URL. */
export function masked(text: string): string {
  return text
    .replace(/\bAT(?:ATT3|CTT3|BB)[A-Za-z0-9_=%+/-]{6,}/g, '<secret>')
    .replace(/(\bhttps?:\/\/[^\s/:@]*):[^\s/@]+@/gi, '$1:<secret>@')
}

/** Columns, left aligned, two blanks between; the last one is not padded. */
export function columns(rows: readonly (readonly string[])[], indent = ''): readonly string[] {
  const widths: number[] = []
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length)
  return rows.map((row) => `${indent}${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ')}`.trimEnd())
}

/** Breaks running text at blanks; every line starts with `indent`, the first with `first` when given. Colours in `first` take no room. */
export function wrap(text: string, width: number, indent = '', first = indent): readonly string[] {
  const lines: string[] = []
  let line = first
  let isEmpty = true
  let room = width + first.length - first.replace(/\u001b\[\d+m/g, '').length
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    if (!isEmpty && line.length + 1 + word.length > room) {
      lines.push(line)
      room = width
      line = indent
      isEmpty = true
    }
    line = isEmpty ? line + word : `${line} ${word}`
    isEmpty = false
  }
  return [...lines, line]
}

export function count(amount: number, singular: string, plural = `${singular}s`): string {
  return `${grouped(amount)} ${amount === 1 ? singular : plural}`
}

/** `12,345`. `Intl` would say the same, and takes longer to load than a small scan. */
function grouped(amount: number): string {
  return String(amount).replace(/\B(?=(?:\d{3})+$)/g, ',')
}

/** Cuts a cell that must cut, keeping its end: the end of a path tells most. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `…${text.slice(text.length - width + 1)}`
}

/**
 * Cuts `FILE ADDRESS`, where the address has no blank, and keeps the ends of both: a place in a YAML file can have an address that is longer
 * than the line, and without its file it tells nobody where to look.
 */
export function cutPlace(text: string, width: number): string {
  const blank = text.lastIndexOf(' ')
  if (text.length <= width || blank === -1) return cut(text, width)
  const [file, address] = [text.slice(0, blank), text.slice(blank + 1)]
  const shown = cut(file, Math.max(width - address.length - 1, Math.ceil(width * 0.6)))
  return `${shown} ${cut(address, width - shown.length - 1)}`
}
