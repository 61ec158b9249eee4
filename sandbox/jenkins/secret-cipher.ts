import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Randomness } from './randomness.ts'

/**
 * `hudson.util.Secret`, byte for byte (jenkinsci/jenkins: Secret, HistoricalSecrets, DefaultConfidentialStore,
 * CryptoConfidentialKey).
 */
export interface SecretCipher {
  /** A new payload with a new initialisation vector. */
  encrypt(plaintext: string): string
  /** The plaintext, or undefined when the text is not a payload of this instance. */
  decrypt(text: string): string | undefined
  /** `Secret.fromString`: what does not decrypt **is** the plaintext. */
  reveal(text: string): string
  /** What the next save writes: a v1 payload stays the same string, everything else is encrypted. */
  stored(text: string): string
}

const MAGIC = Buffer.from('::::MAGIC::::', 'ascii')
const PAYLOAD = /^\{([A-Za-z0-9+/]+={0,2})\}$/
const HEADER_LENGTH = 9

export function secretCipher(keys: SecretKeys, random: Randomness): SecretCipher {
  const decrypt = (text: string) => decryptPayload(text, keys.dek) ?? decryptLegacy(text, keys)
  const encrypt = (plaintext: string) => encryptPayload(plaintext, keys.dek, random.bytes(16))
  return {
    encrypt,
    decrypt,
    reveal: (text) => decrypt(text) ?? text,
    stored: (text) => (decryptPayload(text, keys.dek) === undefined ? encrypt(decrypt(text) ?? text) : text),
  }
}

export interface SecretKeys {
  readonly dek: Buffer
  /** From `secret.key`, only on homes older than Jenkins 1.498. */
  readonly oldestKey?: Buffer
}

/**
 * Reads `secrets/`, and creates what is missing. A key file that does not decrypt is replaced by a new one, as
 * DefaultConfidentialStore and CryptoConfidentialKey do: every stored secret then turns into its own ciphertext text.
 */
export function openSecretKeys(home: string, random: Randomness): SecretKeys {
  const folder = join(home, 'secrets')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const masterFile = join(folder, 'master.key')
  if (!existsSync(masterFile)) writeFileSync(masterFile, random.hex(256), { mode: 0o600 })
  const kek = keyEncryptionKey(readFileSync(masterFile, 'utf8'))
  const keyFile = join(folder, 'hudson.util.Secret')
  const known = existsSync(keyFile) ? openKeyFile(readFileSync(keyFile), kek) : undefined
  const key = known ?? random.bytes(256)
  if (known === undefined) writeFileSync(keyFile, sealKeyFile(key, kek), { mode: 0o644 })
  const oldest = join(home, 'secret.key')
  return {
    dek: key.subarray(0, 16),
    ...(existsSync(oldest) ? { oldestKey: keyOfText(readFileSync(oldest, 'utf8').trim()) } : {}),
  }
}

/** The hash of the text of `master.key`, not of the bytes its hexadecimal digits stand for. */
export function keyEncryptionKey(masterKeyText: string): Buffer {
  return keyOfText(masterKeyText.trim())
}

export function keyOfText(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest().subarray(0, 16)
}

/** `secrets/hudson.util.Secret`: AES-128-ECB of 256 random bytes and the magic. */
export function openKeyFile(bytes: Buffer, kek: Buffer): Buffer | undefined {
  const plain = decryptBlocks(bytes, kek)
  return plain?.subarray(-MAGIC.length).equals(MAGIC) ? plain.subarray(0, -MAGIC.length) : undefined
}

export function sealKeyFile(key: Buffer, kek: Buffer): Buffer {
  const cipher = createCipheriv('aes-128-ecb', kek, null)
  return Buffer.concat([cipher.update(Buffer.concat([key, MAGIC])), cipher.final()])
}

export function encryptPayload(plaintext: string, dek: Buffer, iv: Buffer): string {
  const cipher = createCipheriv('aes-128-cbc', dek, iv)
  const data = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()])
  const header = Buffer.alloc(HEADER_LENGTH)
  header.writeUInt8(1, 0)
  header.writeUInt32BE(iv.length, 1)
  header.writeUInt32BE(data.length, 5)
  return `{${Buffer.concat([header, iv, data]).toString('base64')}}`
}

export function decryptPayload(text: string, dek: Buffer): string | undefined {
  const bytes = Buffer.from(PAYLOAD.exec(text)?.[1] ?? '', 'base64')
  if (bytes.length < HEADER_LENGTH || bytes[0] !== 1) return undefined
  const ivLength = bytes.readUInt32BE(1)
  if (ivLength !== 16 || bytes.length !== HEADER_LENGTH + ivLength + bytes.readUInt32BE(5)) return undefined
  const start = HEADER_LENGTH + ivLength
  const decipher = createDecipheriv('aes-128-cbc', dek, bytes.subarray(HEADER_LENGTH, start))
  return finish(decipher, bytes.subarray(start))?.toString('utf8')
}

function decryptLegacy(text: string, keys: SecretKeys): string | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined
  for (const key of [keys.dek, ...(keys.oldestKey ? [keys.oldestKey] : [])]) {
    const plain = decryptBlocks(Buffer.from(text, 'base64'), key)
    if (plain?.subarray(-MAGIC.length).equals(MAGIC)) return plain.subarray(0, -MAGIC.length).toString('utf8')
  }
  return undefined
}

function decryptBlocks(bytes: Buffer, key: Buffer): Buffer | undefined {
  return finish(createDecipheriv('aes-128-ecb', key, null), bytes)
}

/** Wrong padding is how a wrong key shows itself, so it is an answer and not an error. */
function finish(decipher: ReturnType<typeof createDecipheriv>, bytes: Buffer): Buffer | undefined {
  try {
    return Buffer.concat([decipher.update(bytes), decipher.final()])
  } catch {
    return undefined
  }
}
