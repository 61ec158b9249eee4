import { createCipheriv, createDecipheriv, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto'

/**
 * What Ansible Vault writes (docs.ansible.com, "Format of files encrypted with Ansible Vault"; lib/ansible/parsing/vault): a line that
 * names the format, then hex of three lines of hex: salt, HMAC and ciphertext.
 */
export interface Envelope {
  readonly version: '1.1' | '1.2'
  /** Of a vault id; only format 1.2 has one. */
  readonly label?: string
  readonly salt: Uint8Array
  readonly hmac: Uint8Array
  readonly ciphertext: Uint8Array
  /** Length of its lines of hex. */
  readonly width: number
}

const HEADER = /^\$ANSIBLE_VAULT;(?:(1\.1);AES256|(1\.2);AES256;([^;\r\n]+))[ \t]*(?=\r?\n)/
export const VAULT_START = '$ANSIBLE_VAULT;'
const WIDTH = 80

/** `undefined`: it is none, or it was cut. */
export function readEnvelope(text: string): Envelope | undefined {
  const header = HEADER.exec(text)
  if (header === null) return undefined
  const lines = text.slice(header[0].length).trim().split(/\s+/)
  const [salt, hmac, ciphertext, more] = (hexBytes(lines.join('')) ?? Buffer.alloc(0))
    .toString('latin1')
    .split('\n')
    .map(hexBytes)
  if (salt === undefined || hmac?.length !== 32 || ciphertext === undefined || more !== undefined) return undefined
  const { 3: label } = header
  return {
    version: label === undefined ? '1.1' : '1.2',
    ...(label === undefined ? {} : { label }),
    salt,
    hmac,
    ciphertext,
    width: lines.length > 1 ? (lines[0]?.length ?? WIDTH) : WIDTH,
  }
}

function hexBytes(text: string): Buffer | undefined {
  return text.length % 2 === 0 && /^[0-9a-fA-F]+$/.test(text) ? Buffer.from(text, 'hex') : undefined
}

/** `undefined`: the password does not fit, or a byte was changed. */
export function openEnvelope({ salt, hmac, ciphertext }: Envelope, password: Uint8Array): Uint8Array | undefined {
  const keys = keysOf(password, salt)
  if (!timingSafeEqual(mac(keys, ciphertext), hmac)) return undefined
  const decipher = createDecipheriv('aes-256-ctr', keys.cipher, keys.counter)
  const padded = Buffer.concat([decipher.update(ciphertext), decipher.final()])
  const padding = padded.at(-1) ?? 0
  return padding >= 1 && padding <= 16 && padding <= padded.length
    ? padded.subarray(0, padded.length - padding)
    : undefined
}

/** The lines of an envelope like this one, without a line end at the end. `salt` must be new: a counter is used once only. */
export function sealEnvelope(
  { version, label, width }: Pick<Envelope, 'version' | 'label' | 'width'>,
  plain: Uint8Array,
  password: Uint8Array,
  salt: Uint8Array,
): readonly string[] {
  const keys = keysOf(password, salt)
  const padding = 16 - (plain.length % 16)
  const cipher = createCipheriv('aes-256-ctr', keys.cipher, keys.counter)
  const ciphertext = Buffer.concat([
    cipher.update(plain),
    cipher.update(Buffer.alloc(padding, padding)),
    cipher.final(),
  ])
  const inner = [salt, mac(keys, ciphertext), ciphertext].map((bytes) => Buffer.from(bytes).toString('hex')).join('\n')
  const hex = Buffer.from(inner, 'latin1').toString('hex')
  const lines = hex.match(new RegExp(`.{1,${width}}`, 'g')) ?? []
  return [`${VAULT_START}${version};AES256${label === undefined ? '' : `;${label}`}`, ...lines]
}

interface Keys {
  readonly cipher: Uint8Array
  readonly hmac: Uint8Array
  readonly counter: Uint8Array
}

/** PBKDF2 with SHA-256, 10,000 rounds, 80 bytes: two keys and the first block of the counter. */
function keysOf(password: Uint8Array, salt: Uint8Array): Keys {
  const derived = pbkdf2Sync(password, salt, 10_000, 80, 'sha256')
  return { cipher: derived.subarray(0, 32), hmac: derived.subarray(32, 64), counter: derived.subarray(64) }
}

function mac({ hmac }: Keys, ciphertext: Uint8Array): Uint8Array {
  return createHmac('sha256', hmac).update(ciphertext).digest()
}
