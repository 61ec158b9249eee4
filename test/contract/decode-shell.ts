import { decodeUtf8 } from '../../src/formats/byte-text.ts'

/**
 * What stored bytes mean to shells, make, cron and systemd: written from their manuals as plain replacements, and sharing nothing with the
 * readers in `src/formats`. Variables stay as they are written. Byte text in, text out.
 */
export const SHELL_DECODERS = {
  'shell-double': (stored: string) => decodeUtf8(double(stored)),
  'shell-bare': (stored: string) => decodeUtf8(bare(stored)),
  'shell-word': (stored: string) => decodeUtf8(word(stored, double, bare)),
  'shell-ansi': (stored: string) => decodeUtf8(cEscapes(stored)),
  'shell-heredoc': (stored: string) =>
    decodeUtf8(stored.replace(/^\t+/gm, '').replace(/\\(\r?\n|[$`\\])/g, (_, next: string) => next.trim())),
  'dotenv-double': (stored: string) =>
    decodeUtf8(stored.replace(/\\([nrt"\\$`])/g, (_, next: string) => ({ n: '\n', r: '\r', t: '\t' })[next] ?? next)),
  systemd: (stored: string) => decodeUtf8(systemd(stored)),
  'systemd-word': (stored: string) => decodeUtf8(word(stored, systemd, systemd, systemd)),
  backtick: (stored: string) =>
    decodeUtf8(
      stored.replace(/`([\s\S])|""/g, (_, next?: string) => (next === undefined ? '"' : (POWERSHELL[next] ?? next))),
    ),
  'doubled-single': (stored: string) => decodeUtf8(stored.replace(/''/g, "'")),
  'doubled-double': (stored: string) => decodeUtf8(stored.replace(/""/g, '"')),
  batch: (stored: string) => decodeUtf8(stored.replace(/%%|\^([\s\S])/g, (_, next?: string) => next ?? '%')),
  'batch-quoted': (stored: string) => decodeUtf8(stored.replace(/%%/g, '%')),
  crontab: (stored: string) => decodeUtf8(stored.replace(/\\%/g, '%')),
  dockerfile: (stored: string) => decodeUtf8(stored.replace(/[\\`][ \t]*\r?\n(?:[ \t]*(?:#[^\n]*)?\r?\n)*/g, '')),
  make: (stored: string) =>
    decodeUtf8(stored.replace(/[ \t]*\\\r?\n\s*/g, ' ').replace(/\$\$|\\#/g, (pair) => pair.slice(1))),
} as const

/** about_Special_Characters of PowerShell. */
const POWERSHELL: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  v: '\v',
  '0': '\0',
}

function double(stored: string): string {
  return stored.replace(/\\(\r?\n|[$`"\\])/g, (_, next: string) => (next.endsWith('\n') ? '' : next))
}

function bare(stored: string): string {
  return stored.replace(/\\(\r?\n|[\s\S])/g, (_, next: string) => (next.endsWith('\n') ? '' : next))
}

type Decode = (stored: string) => string

function word(stored: string, inDouble: Decode, inBare: Decode, inSingle: Decode = (text) => text): string {
  const piece =
    /\$'((?:\\[\s\S]|[^'])*)'|'((?:[^'])*)'|"((?:\\[\s\S]|[^"\\])*)"|((?:\\(?:\r?\n|[\s\S])|[^'"\\])+?(?=\$?'|"|$))/g
  return stored.replace(piece, (_, ansi?: string, single?: string, quoted?: string, plain?: string) => {
    if (ansi !== undefined) return cEscapes(ansi)
    if (single !== undefined) return inSingle(single)
    return quoted === undefined ? inBare(plain ?? '') : inDouble(quoted)
  })
}

const C_ESCAPE = /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([abeEfnrtvs\\'"?]))/g
const C_SHORT: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  s: ' ',
}

function cEscapes(stored: string): string {
  return stored.replace(C_ESCAPE, (_, octal?: string, byte?: string, short?: string, long?: string, letter = '') => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff)
    if (byte !== undefined) return String.fromCharCode(Number.parseInt(byte, 16))
    const code = short ?? long
    if (code === undefined) return C_SHORT[letter] ?? letter
    return Buffer.from(String.fromCodePoint(Number.parseInt(code, 16))).toString('latin1')
  })
}

function systemd(stored: string): string {
  return cEscapes(stored).replace(/%%/g, '%')
}
