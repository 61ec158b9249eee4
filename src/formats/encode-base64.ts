/** Stored base64 as bytes. Absent: other characters than base64, of either alphabet, and white space. */
export function decodeStoredBase64(stored: string): Uint8Array | undefined {
  return /^[A-Za-z0-9+/_\-\s]*={0,2}\s*$/.test(stored) ? new Uint8Array(Buffer.from(stored, 'base64')) : undefined
}

/** `bytes` in the alphabet, with the padding and with the line lengths of `stored`. */
export function encodeStoredBase64(bytes: Uint8Array, stored: string): string {
  const [, head = '', body = '', tail = ''] = /^(\s*)([\s\S]*?)(\s*)$/.exec(stored) ?? []
  const isUrlSafe = /[-_]/.test(body)
  const isPadded = body.endsWith('=') || body.replace(/\s/g, '').length % 4 === 0
  const standard = Buffer.from(bytes).toString(isUrlSafe ? 'base64url' : 'base64')
  const unpadded = standard.replace(/=+$/, '')
  const written = isPadded ? unpadded.padEnd(Math.ceil(unpadded.length / 4) * 4, '=') : unpadded
  const wrap = /^(\S+)(\s+)/.exec(body)
  return `${head}${wrap === null ? written : wrapped(written, wrap[1]?.length ?? 76, wrap[2] ?? '\n')}${tail}`
}

function wrapped(text: string, width: number, lineEnd: string): string {
  const lines: string[] = []
  for (let at = 0; at < text.length; at += width) lines.push(text.slice(at, at + width))
  return lines.join(lineEnd)
}
