import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import document from './fixtures/secret-vectors.json' with { type: 'json' }
import { randomness } from './randomness.ts'
import {
  decryptPayload,
  encryptPayload,
  keyEncryptionKey,
  keyOfText,
  openKeyFile,
  openSecretKeys,
  sealKeyFile,
  secretCipher,
} from './secret-cipher.ts'

const folder = mkdtempSync(join(tmpdir(), 'secret-cipher-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const fromHex = (text: string) => Buffer.from(text, 'hex')

describe.each(document.vectors)('vector $id', (vector) => {
  const dek = fromHex(vector.dekHex)
  const plaintext = fromHex(vector.plaintextUtf8Hex).toString('utf8')
  const keyFile = Buffer.from(vector.hudsonUtilSecretFileBase64, 'base64')

  test('the key of the text of master.key opens the key file', () => {
    const kek = keyEncryptionKey(vector.masterKeyFileText)
    expect(kek.toString('hex')).toBe(vector.kekHex)
    expect(openKeyFile(keyFile, kek)?.subarray(0, 16).toString('hex')).toBe(vector.dekHex)
  })

  test('the key file sealed again is the same bytes', () => {
    const kek = fromHex(vector.kekHex)
    expect(sealKeyFile(openKeyFile(keyFile, kek) ?? Buffer.alloc(0), kek).equals(keyFile)).toBe(true)
  })

  test('the payload decrypts, and encrypts again to itself with the same initialisation vector', () => {
    expect(decryptPayload(vector.payload, dek)).toBe(plaintext)
    expect(encryptPayload(plaintext, dek, fromHex(vector.ivHex))).toBe(vector.payload)
  })

  test('both legacy forms are read, and become v1 when stored', () => {
    const keys = { dek, oldestKey: keyOfText(vector.legacySecretKeyFileText) }
    const cipher = secretCipher(keys, randomness('legacy'))
    const legacy = [vector.legacyPayloadUnderHudsonUtilSecretKey, vector.legacyPayloadUnderSecretKeyFile]
    expect(legacy.map(cipher.decrypt)).toEqual([plaintext, plaintext])
    for (const each of legacy) expect(decryptPayload(cipher.stored(each), dek)).toBe(plaintext)
  })

  test('a home with these key files reads the payload', () => {
    const home = join(folder, vector.id)
    mkdirSync(join(home, 'secrets'), { recursive: true })
    writeFileSync(join(home, 'secrets', 'master.key'), `${vector.masterKeyFileText}\n`)
    writeFileSync(join(home, 'secrets', 'hudson.util.Secret'), keyFile)
    const random = randomness('unused')
    expect(secretCipher(openSecretKeys(home, random), random).reveal(vector.payload)).toBe(plaintext)
    expect(readFileSync(join(home, 'secrets', 'hudson.util.Secret')).equals(keyFile)).toBe(true)
  })

  test.each(document.negative)(
    '$payload is no payload and becomes the secret itself',
    ({ payload, becomesPlaintext }) => {
      const cipher = secretCipher({ dek }, randomness('negative'))
      expect(cipher.decrypt(payload)).toBeUndefined()
      expect(cipher.reveal(payload)).toBe(becomesPlaintext)
    },
  )
})

test('a payload of another instance becomes the literal password', () => {
  const [first, second] = document.vectors
  const cipher = secretCipher({ dek: fromHex(second?.dekHex ?? '') }, randomness('other'))
  expect(cipher.reveal(first?.payload ?? '')).toBe(first?.payload)
})

test('a new home gets a master key of 256 hexadecimal digits and a key file of 272 bytes, and keeps both', () => {
  const home = join(folder, 'new')
  const keys = openSecretKeys(home, randomness('new'))
  expect(readFileSync(join(home, 'secrets', 'master.key'), 'utf8')).toMatch(/^[0-9a-f]{256}$/)
  expect(statSync(join(home, 'secrets', 'hudson.util.Secret')).size).toBe(272)
  expect(statSync(join(home, 'secrets')).mode & 0o777).toBe(0o700)
  expect(openSecretKeys(home, randomness('again')).dek.equals(keys.dek)).toBe(true)
})

test('a key file that does not decrypt is replaced, and old payloads turn into their own text', () => {
  const home = join(folder, 'damaged')
  const random = randomness('damaged')
  const payload = secretCipher(openSecretKeys(home, random), random).encrypt('old secret')
  writeFileSync(join(home, 'secrets', 'master.key'), random.hex(256))
  expect(secretCipher(openSecretKeys(home, random), random).reveal(payload)).toBe(payload)
})

test('any text survives the round trip, and a stored payload stays the same string', () => {
  const cipher = secretCipher({ dek: Buffer.alloc(16, 7) }, randomness('property'))
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const payload = cipher.encrypt(text)
      expect(payload.startsWith('{AQAAABAAAA')).toBe(true)
      expect([cipher.decrypt(payload), cipher.stored(payload)]).toEqual([text, payload])
    }),
  )
})

test('a token of 192 characters gives a payload of 314', () => {
  expect(encryptPayload('a'.repeat(192), Buffer.alloc(16), Buffer.alloc(16)).length).toBe(314)
})
