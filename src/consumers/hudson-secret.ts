import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'
import type { Document } from '../model/consumer.ts'

/**
 * Jenkins' `hudson.util.Secret` to the byte (docs/consumers/jenkins-home.md, "Encryption"; jenkinsci/jenkins Secret.java,
 * HistoricalSecrets.java, CryptoConfidentialKey.java). These functions handle clear text: the consumers that read a Jenkins home call them.
 */
export interface JenkinsKeys {
  /** From `secrets/master.key` and `secrets/hudson.util.Secret`. */
  readonly current?: Uint8Array
  /** From `secret.key`, the scheme before 1.498. */
  readonly oldest?: Uint8Array
}

export type OpenedSecret =
  | { readonly kind: 'opened'; readonly text: string; readonly form: 'v1' | 'legacy' }
  /** Jenkins itself takes such a text as the secret. */
  | { readonly kind: 'plain'; readonly text: string }
  /** It has the form of a stored secret and the keys are missing or do not fit. */
  | { readonly kind: 'undecryptable' }

const MAGIC = Buffer.from('::::MAGIC::::', 'latin1')
const KEY_BYTES = 16
const IV_BYTES = 16
const HEADER_BYTES = 9

export interface KeyFiles {
  readonly masterKey: string
  readonly secretFile: string
  readonly oldSecretKey: string
}

/** Paths below `$JENKINS_HOME`. */
export function keyFilesOf(home: string): KeyFiles {
  return {
    masterKey: `${home}/secrets/master.key`,
    secretFile: `${home}/secrets/hudson.util.Secret`,
    oldSecretKey: `${home}/secret.key`,
  }
}

/** Opened once for the thousands of files of a home. */
const KEYS = new WeakMap<Uint8Array, { readonly secretFile: Uint8Array | undefined; readonly keys: JenkinsKeys }>()

/** Of a home, from the files that were read beside a document. */
export function keysOf(home: string, { companion }: Pick<Document, 'companion'>): JenkinsKeys {
  const names = keyFilesOf(home)
  const [masterKey, secretFile, oldSecretKey] = [names.masterKey, names.secretFile, names.oldSecretKey].map(companion)
  const known = masterKey === undefined ? undefined : KEYS.get(masterKey)
  if (known !== undefined && known.secretFile === secretFile && oldSecretKey === undefined) return known.keys
  const keys = readKeys({ masterKey, secretFile, oldSecretKey })
  if (masterKey !== undefined && oldSecretKey === undefined) KEYS.set(masterKey, { secretFile, keys })
  return keys
}

/** `{...}` with a payload inside; Jenkins opens it wherever it takes a secret, and the text is no secret itself. */
export function isSealed(stored: string): boolean {
  return payloadOf(stored) !== undefined
}

export function readKeys(files: {
  readonly masterKey: Uint8Array | undefined
  readonly secretFile: Uint8Array | undefined
  readonly oldSecretKey: Uint8Array | undefined
}): JenkinsKeys {
  const current = files.masterKey && files.secretFile && currentKey(files.masterKey, files.secretFile)
  const oldest = files.oldSecretKey && keyOfText(files.oldSecretKey)
  return { ...(current === undefined ? {} : { current }), ...(oldest === undefined ? {} : { oldest }) }
}

/** The key file holds 256 random bytes and the magic; the data key is the first 16 of them. */
function currentKey(masterKey: Uint8Array, secretFile: Uint8Array): Uint8Array | undefined {
  return withoutMagic(decrypt('aes-128-ecb', keyOfText(masterKey), null, secretFile))?.subarray(0, KEY_BYTES)
}

/** A hash of the text, not of the bytes that its hex digits stand for. */
function keyOfText(file: Uint8Array): Uint8Array {
  const text = Buffer.from(file).toString('utf8').trim()
  return createHash('sha256').update(text, 'utf8').digest().subarray(0, KEY_BYTES)
}

/** `stored` is the text of the XML element. */
export function openSecret(stored: string, keys: JenkinsKeys): OpenedSecret {
  const payload = payloadOf(stored)
  if (payload !== undefined) {
    const text = keys.current && utf8(decrypt('aes-128-cbc', keys.current, payload.iv, payload.ciphertext))
    return text === undefined ? { kind: 'undecryptable' } : { kind: 'opened', text, form: 'v1' }
  }
  return openLegacy(stored, keys) ?? { kind: 'plain', text: stored }
}

export function sealSecret(text: string, key: Uint8Array, iv: Uint8Array): string {
  const cipher = createCipheriv('aes-128-cbc', key, iv)
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt8(1, 0)
  header.writeUInt32BE(iv.length, 1)
  header.writeUInt32BE(ciphertext.length, 5)
  return `{${Buffer.concat([header, iv, ciphertext]).toString('base64')}}`
}

/** Version 1, IV length, ciphertext length, IV, ciphertext; anything else is not a stored secret. */
function payloadOf(stored: string): { readonly iv: Uint8Array; readonly ciphertext: Uint8Array } | undefined {
  const base64 = /^\{([A-Za-z0-9+/]+={0,2})\}$/.exec(stored)?.[1]
  const bytes = base64 === undefined ? undefined : strictBase64(base64)
  if (bytes === undefined || bytes.length < HEADER_BYTES || bytes[0] !== 1) return undefined
  const [ivLength, length] = [bytes.readUInt32BE(1), bytes.readUInt32BE(5)]
  if (ivLength !== IV_BYTES || bytes.length !== HEADER_BYTES + ivLength + length) return undefined
  return {
    iv: bytes.subarray(HEADER_BYTES, HEADER_BYTES + ivLength),
    ciphertext: bytes.subarray(HEADER_BYTES + ivLength),
  }
}

/** Before 2.44: base64 without braces, recognised by the magic at the end of the clear text. */
function openLegacy(stored: string, keys: JenkinsKeys): OpenedSecret | undefined {
  const ciphertext = strictBase64(stored)
  if (ciphertext === undefined || ciphertext.length === 0 || ciphertext.length % 16 !== 0) return undefined
  for (const key of [keys.current, keys.oldest]) {
    const text = key && utf8(withoutMagic(decrypt('aes-128-ecb', key, null, ciphertext)))
    if (text !== undefined) return { kind: 'opened', text, form: 'legacy' }
  }
  return keys.current === undefined || looksLegacy(stored, ciphertext) ? { kind: 'undecryptable' } : undefined
}

/** With keys that do not fit, Jenkins would send such a text as it is; to call it a readable secret would hide the loss. */
function looksLegacy(stored: string, ciphertext: Uint8Array): boolean {
  return ciphertext.length >= 32 && !/^[0-9a-f]+$/i.test(stored)
}

function strictBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}

function decrypt(
  cipher: 'aes-128-ecb' | 'aes-128-cbc',
  key: Uint8Array,
  iv: Uint8Array | null,
  ciphertext: Uint8Array,
): Buffer | undefined {
  try {
    const decipher = createDecipheriv(cipher, key, iv)
    return Buffer.concat([decipher.update(ciphertext), decipher.final()])
  } catch {
    return undefined // a wrong key shows as wrong padding
  }
}

function withoutMagic(clear: Buffer | undefined): Buffer | undefined {
  if (clear === undefined || clear.length < MAGIC.length) return undefined
  const end = clear.length - MAGIC.length
  return clear.subarray(end).equals(MAGIC) ? clear.subarray(0, end) : undefined
}

/** A wrong key leaves right padding once in 256 times; its clear text is then hardly ever UTF-8. */
function utf8(clear: Buffer | undefined): string | undefined {
  if (clear === undefined) return undefined
  const text = clear.toString('utf8')
  return Buffer.from(text, 'utf8').equals(clear) ? text : undefined
}
