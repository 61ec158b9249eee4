import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Texts in a folder of the cache that only this installation can read, and that only it can have written. */
export interface SealedTexts {
  /** `undefined`: there is none of this name, or it is not ours. */
  read(name: string): string | undefined
  /** Replaces it at once. A folder that cannot be written costs time only. */
  write(name: string, text: string): void
}

const CIPHER = 'aes-256-gcm'
const [NONCE_BYTES, TAG_BYTES] = [12, 16]
/** Older ones go. */
const MOST_TEXTS = 32

/** `key`: the bytes of the key of the installation. Neither names nor texts can be told from the files without it. */
export function sealedTexts(folder: string, key: Uint8Array): SealedTexts {
  const secret = Buffer.from(hkdfSync('sha256', key, '', 'keyturn sealed texts', 32))
  const pathOf = (name: string): string =>
    join(folder, createHmac('sha256', secret).update(name).digest('hex').slice(0, 32))
  return {
    read: (name) => {
      try {
        return opened(readFileSync(pathOf(name)), secret, name)
      } catch {
        return undefined
      }
    },
    write: (name, text) => {
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 })
        chmodSync(folder, 0o700)
        makeRoom(folder)
        const path = pathOf(name)
        const fresh = `${path}.${randomBytes(6).toString('hex')}`
        writeFileSync(fresh, sealed(text, secret, name), { mode: 0o600, flag: 'wx' })
        renameSync(fresh, path)
      } catch {
        // Without it the next run does all of its work again.
      }
    },
  }
}

function sealed(text: string, secret: Uint8Array, name: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, secret, nonce).setAAD(Buffer.from(name))
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), body])
}

function opened(bytes: Buffer, secret: Uint8Array, name: string): string {
  const decipher = createDecipheriv(CIPHER, secret, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(name)).setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8')
}

function makeRoom(folder: string): void {
  const paths = readdirSync(folder).map((name) => join(folder, name))
  if (paths.length < MOST_TEXTS) return
  const dated = paths.map((path) => ({ path, at: statSync(path).mtimeMs })).sort((a, b) => b.at - a.at)
  for (const { path } of dated.slice(MOST_TEXTS - 1)) rmSync(path, { force: true })
}
