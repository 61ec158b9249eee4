import { createCipheriv, createHash } from 'node:crypto'
import type { Random } from '../random.ts'

/** The key files of a Jenkins that never was, and its cipher: `hudson.util.Secret`, version 1. */
export interface JenkinsKeys {
  readonly masterKey: Buffer
  readonly secretFile: Buffer
  readonly encrypt: (text: string) => string
}

const MAGIC = '::::MAGIC::::'

export function jenkinsKeys(random: Random): JenkinsKeys {
  const masterKey = Buffer.from(random.bytes(128).toString('hex'))
  const plain = random.bytes(256)
  const kek = createHash('sha256').update(masterKey).digest().subarray(0, 16)
  const wrap = createCipheriv('aes-128-ecb', kek, null)
  const secretFile = Buffer.concat([wrap.update(Buffer.concat([plain, Buffer.from(MAGIC)])), wrap.final()])
  return {
    masterKey,
    secretFile,
    encrypt: (text) => {
      const iv = random.bytes(16)
      const cipher = createCipheriv('aes-128-cbc', plain.subarray(0, 16), iv)
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      const head = Buffer.alloc(9)
      head[0] = 1
      head.writeUInt32BE(iv.length, 1)
      head.writeUInt32BE(body.length, 5)
      return `{${Buffer.concat([head, iv, body]).toString('base64')}}`
    },
  }
}
