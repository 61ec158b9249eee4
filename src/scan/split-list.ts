/**
 * The names in a list of files, as `find -print0` or `git ls-files` give it. One NUL anywhere makes it a NUL-separated list,
 * in which names may hold line feeds; otherwise lines count, and a carriage return before a line feed is no part of a name.
 * Empty names are left out; nothing else is trimmed, since names may begin or end with a space.
 */
export function splitList(bytes: Uint8Array): readonly string[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
  const names = text.includes('\0') ? text.split('\0') : text.split(/\r?\n/)
  return names.filter((name) => name !== '')
}
