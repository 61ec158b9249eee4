import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openSecret, readKeys, sealSecret } from './hudson-secret.ts'

const Vectors = z.object({
  vectors: z.array(
    z.object({
      id: z.string(),
      masterKeyFileText: z.string(),
      hudsonUtilSecretFileBase64: z.string(),
      dekHex: z.string(),
      ivHex: z.string(),
      plaintextUtf8Hex: z.string(),
      payload: z.string(),
      legacyPayloadUnderHudsonUtilSecretKey: z.string(),
      legacySecretKeyFileText: z.string(),
      legacyPayloadUnderSecretKeyFile: z.string(),
    }),
  ),
  negative: z.array(z.object({ payload: z.string(), becomesPlaintext: z.string() })),
})
const { vectors, negative } = Vectors.parse(
  JSON.parse(readFileSync(join(import.meta.dirname, 'jenkins-home', 'fixtures', 'hudson-secret-vectors.json'), 'utf8')),
)

describe.each(vectors)('vector $id', (vector) => {
  const text = Buffer.from(vector.plaintextUtf8Hex, 'hex').toString('utf8')
  const keys = readKeys({
    masterKey: Buffer.from(`${vector.masterKeyFileText}\n`),
    secretFile: Buffer.from(vector.hudsonUtilSecretFileBase64, 'base64'),
    oldSecretKey: Buffer.from(vector.legacySecretKeyFileText),
  })

  test('the key files give the data key', () => {
    expect(Buffer.from(keys.current ?? []).toString('hex')).toBe(vector.dekHex)
  })

  test('all three stored forms open to the text', () => {
    expect(openSecret(vector.payload, keys)).toEqual({ kind: 'opened', text, form: 'v1' })
    for (const stored of [vector.legacyPayloadUnderHudsonUtilSecretKey, vector.legacyPayloadUnderSecretKeyFile])
      expect(openSecret(stored, keys)).toEqual({ kind: 'opened', text, form: 'legacy' })
  })

  test('sealing with the same initialisation vector gives the same payload', () => {
    expect(sealSecret(text, Buffer.from(vector.dekHex, 'hex'), Buffer.from(vector.ivHex, 'hex'))).toBe(vector.payload)
  })

  test('without keys the stored forms are undecryptable', () => {
    for (const stored of [vector.payload, vector.legacyPayloadUnderHudsonUtilSecretKey])
      expect(openSecret(stored, {})).toEqual({ kind: 'undecryptable' })
  })

  test('a key file under another master key gives no key', () => {
    const secretFile = Buffer.from(vector.hudsonUtilSecretFileBase64, 'base64')
    expect(readKeys({ masterKey: Buffer.from('another'), secretFile, oldSecretKey: undefined })).toEqual({})
  })
})

test.each(negative)('"$payload" is itself the secret, as Jenkins takes it', ({ payload, becomesPlaintext }) => {
  const keys = { current: Buffer.alloc(16, 3) }
  expect(openSecret(payload, keys)).toEqual({ kind: 'plain', text: becomesPlaintext })
})

test('every text survives sealing and opening', () => {
  const bytes16 = fc.uint8Array({ minLength: 16, maxLength: 16 })
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), bytes16, bytes16, (text, key, iv) => {
      expect(openSecret(sealSecret(text, key, iv), { current: key })).toEqual({ kind: 'opened', text, form: 'v1' })
    }),
  )
})
