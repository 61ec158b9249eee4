/**
 * Paths as strings that can be turned back into the system's bytes. A name that is no UTF-8 keeps its bytes from 0x80 on as
 * U+DC80 to U+DCFF, which no decoder produces (PEP 383 does the same); Node would turn them into U+FFFD and never find the file.
 */
const ESCAPED = /[\udc80-\udcff]/u
const ESCAPED_PARTS = /([\udc80-\udcff])/u

export function isEscaped(path: string): boolean {
  return ESCAPED.test(path)
}

/** What the system calls it: the string itself, or its bytes where it is no UTF-8. */
export function osPath(path: string): string | Buffer {
  if (!isEscaped(path)) return path
  return Buffer.concat(
    path
      .split(ESCAPED_PARTS)
      .map((part) => (isEscaped(part) ? Buffer.from([part.charCodeAt(0) & 0xff]) : Buffer.from(part))),
  )
}

/** The string for a name, given in the system's bytes. */
export function nameOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return [...bytes].map((byte) => String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte)).join('')
  }
}

/** Whether a path ends like one of the wanted ones; suffixes are looked up by their last two characters. */
export function matcher(wanted: {
  readonly names: readonly string[]
  readonly suffixes: readonly string[]
  readonly inNames?: readonly string[]
}): (path: string) => boolean {
  const inNames = (wanted.inNames ?? []).map((part) => new RegExp(part.replaceAll(/[^a-z0-9]/g, '\\$&'), 'i'))
  const names = new Set(wanted.names)
  const byEnd = new Map<string, string[]>()
  for (const suffix of wanted.suffixes) {
    const end = suffix.slice(-2)
    byEnd.set(end, [...(byEnd.get(end) ?? []), suffix])
  }
  return (path) => {
    const name = path.slice(path.lastIndexOf('/') + 1)
    if (names.has(name) || inNames.some((part) => part.test(name))) return true
    return byEnd.get(path.slice(-2))?.some((suffix) => path.endsWith(suffix)) ?? false
  }
}

export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  ENOENT: 'it vanished before it was read',
  ENOTDIR: 'it vanished before it was read',
  ELOOP: 'it became a symbolic link before it was read',
  EISDIR: 'it is a folder',
  EAGAIN: 'it has nothing to read now',
  EIO: 'the device reported an error',
  ENAMETOOLONG: 'its path is too long',
  EMFILE: 'too many files are open',
}

export function wordsFor(code: string): string {
  return WORDS[code] ?? code
}
