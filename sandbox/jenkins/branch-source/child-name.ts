import { createHash } from 'node:crypto'

const MAXIMUM_LENGTH = 32
const SHORTEST_HASH = 6
const LONGEST_HASH = 12
const RESERVED = /^(con|prn|aux|nul|com[1-9]|lpt[1-9])$/i

/** The folder of a child of a computed folder (branch-api, NameMangler). */
export function mangledName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9-]{0,31}$/.test(name) && !RESERVED.test(name)) return name
  const signs = [...name].map(mangledSign).join('')
  const readable = name.startsWith('-') ? signs : signs.replace(/^([-_])/, '0$1')
  const hash = digestOf(name)
  if (readable.length <= MAXIMUM_LENGTH - SHORTEST_HASH - 1) return `${readable}.${hash.slice(-SHORTEST_HASH)}`
  const overage = readable.length - MAXIMUM_LENGTH
  const inserted = `.${hash.slice(-Math.min(Math.max(overage, SHORTEST_HASH), LONGEST_HASH))}.`
  const start = Math.floor((MAXIMUM_LENGTH - inserted.length) / 2)
  return readable.slice(0, start) + inserted + readable.slice(start + inserted.length + overage)
}

function mangledSign(sign: string): string {
  if (/[A-Za-z0-9-]/.test(sign)) return sign
  if (/[/\\ ._]/.test(sign)) return '-'
  const bytes = Buffer.from(sign, 'utf16le')
  const hex = (at: number) => (bytes[at] ?? 0).toString(16).padStart(2, '0')
  const units = Array.from({ length: bytes.length / 2 }, (_, at) => at * 2)
  return units.map((at) => (bytes[at + 1] === 0 ? `_${hex(at)}` : `_${hex(at)}_${hex(at + 1)}`)).join('')
}

/** SHA-1 in digits of five bits, the lowest bits first. What is left in the buffer at the end is dropped. */
function digestOf(name: string): string {
  let [digits, bits, data] = ['', 0, 0]
  for (const byte of createHash('sha1').update(name, 'utf8').digest()) {
    for (; bits >= 5; bits -= 5, data >>= 5) digits += (data & 0x1f).toString(32)
    data |= byte << bits
    bits += 8
  }
  return digits
}

/** The name of the item in URLs and full names (branch-api, NameEncoder): signs that an item name may not hold, as `%2F`. */
export function encodedName(name: string): string {
  if (name === '.' || name === '..') return name.replaceAll('.', '%2E')
  return name.replace(/[\u0000-\u001f?*/\\%!@#$^&|<>[\]:;]/g, (sign) => `%${hexOf(sign)}`)
}

export function decodedName(name: string): string {
  return name.replace(/%([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
}

function hexOf(sign: string): string {
  return sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')
}
