import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'
import { type IdentityOptions, openIdentity as openReal, type Sealer } from '../../src/vault/identity.ts'

/**
 * Stands in for `src/vault/identity.ts` where the vault imports it. Most of the time of a crash goes into the curve of age, so in most
 * worlds bytes are sealed by a cipher that takes none of it. Like age it opens whole or not at all, and shows nothing.
 */
let isQuick = false

/** From now on. What was sealed either way opens all the same. */
export function sealQuickly(quick: boolean): void {
  isQuick = quick
}

const MARK = Buffer.from('keyturn-crash-quick-seal\n')
const CIPHER = 'chacha20-poly1305'
const TAG_BYTES = 16
const NONCE_BYTES = 12

export async function openIdentity(
  folder: string,
  files: Parameters<typeof openReal>[1],
  options: IdentityOptions = {},
): Promise<Sealer> {
  const real = await openReal(folder, files, options)
  const key = createHash('sha256')
    .update(await files.read(`${folder}/identity.txt`))
    .digest()
  return {
    sealBytes: async (bytes) => (isQuick ? sealed(bytes, key) : real.sealBytes(bytes)),
    openBytes: async (bytes) => (isMarked(bytes) ? opened(bytes, key) : real.openBytes(bytes)),
  }
}

function sealed(bytes: Uint8Array, key: Buffer): Uint8Array {
  const nonce = createHash('sha256').update(bytes).digest().subarray(0, NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
  const body = Buffer.concat([cipher.update(bytes), cipher.final()])
  return Uint8Array.from(Buffer.concat([MARK, nonce, cipher.getAuthTag(), body]))
}

function isMarked(bytes: Uint8Array): boolean {
  return MARK.equals(bytes.subarray(0, MARK.length))
}

/** Throws when a byte is not as it was sealed. */
function opened(bytes: Uint8Array, key: Buffer): Uint8Array {
  const body = MARK.length + NONCE_BYTES + TAG_BYTES
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(MARK.length, MARK.length + NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  })
  decipher.setAuthTag(bytes.subarray(MARK.length + NONCE_BYTES, body))
  return Uint8Array.from(Buffer.concat([decipher.update(bytes.subarray(body)), decipher.final()]))
}
