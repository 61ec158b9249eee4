/** The checksum of Atlassian's tokens: CRC-32 as in zlib, in upper-case hexadecimal digits. */
export const crc32 = (text: string): string => {
  let sum = 0xffffffff
  for (const byte of Buffer.from(text, 'latin1')) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (0xedb88320 & -(sum & 1))
  }
  return ((sum ^ 0xffffffff) >>> 0).toString(16).toUpperCase().padStart(8, '0')
}
