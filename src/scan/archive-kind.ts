export type ArchiveKind = 'zip' | 'gzip' | 'zstd' | 'tar'

/** Bytes that tell what something is. */
export const MAGIC_BYTES = 512

/** By content: names lie, and half of the archives on a disk are called something else (`.jar`, `.whl`, `.vsix`, `.docx`). */
export function archiveKind(start: Uint8Array): ArchiveKind | undefined {
  const [a, b, c, d] = start
  if (a === 0x50 && b === 0x4b && ((c === 3 && d === 4) || (c === 5 && d === 6))) return 'zip'
  if (a === 0x1f && b === 0x8b && c === 8) return 'gzip'
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return 'zstd'
  return isTar(start) ? 'tar' : undefined
}

/** The oldest tar has no magic; its checksum is as good. */
function isTar(start: Uint8Array): boolean {
  if (start.length < 512 || start[0] === 0) return false
  const [, digits] = /^ *([0-7]{1,8})[ \0]/.exec(Buffer.from(start.subarray(148, 156)).toString('latin1')) ?? []
  if (digits === undefined) return false
  let sum = 8 * 0x20
  for (let at = 0; at < 512; at++) if (at < 148 || at >= 156) sum += start[at] ?? 0
  return sum === Number.parseInt(digits, 8)
}
