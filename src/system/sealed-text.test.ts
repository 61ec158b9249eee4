import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sealedTexts } from './sealed-text.ts'

const KEY = Buffer.alloc(32, 1)
let above = ''
let folder = ''
beforeEach(() => {
  above = mkdtempSync(join(tmpdir(), 'keyturn-sealed-'))
  folder = join(above, 'printed')
})
afterEach(() => rmSync(above, { recursive: true, force: true }))

const only = (): string => join(folder, readdirSync(folder)[0] ?? '')

describe('a sealed text', () => {
  it('is read again, and replaced', () => {
    const texts = sealedTexts(folder, KEY)
    expect(texts.read('a')).toBeUndefined()
    texts.write('a', 'é one')
    expect(texts.read('a')).toBe('é one')
    texts.write('a', 'two')
    expect([texts.read('a'), texts.read('b'), readdirSync(folder).length]).toEqual(['two', undefined, 1])
  })

  it('is for the owner of the key alone: neither name nor text can be told from the file', () => {
    sealedTexts(folder, KEY).write('/home/alice', 'alice@example.com')
    expect([statSync(folder).mode & 0o777, statSync(only()).mode & 0o777]).toEqual([0o700, 0o600])
    expect(`${only()} ${readFileSync(only(), 'latin1')}`).not.toMatch(/alice|example/)
    expect(sealedTexts(folder, Buffer.alloc(32, 2)).read('/home/alice')).toBeUndefined()
  })

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['is changed', (bytes) => bytes.fill((bytes.at(-1) ?? 0) ^ 1, bytes.length - 1)],
    ['has another seal', (bytes) => bytes.fill((bytes.at(12) ?? 0) ^ 1, 12, 13)],
    ['is cut short', (bytes) => bytes.subarray(0, -1)],
    ['is empty', () => Buffer.alloc(0)],
  ])('is none when the file %s', (_, change) => {
    const texts = sealedTexts(folder, KEY)
    texts.write('a', 'text')
    writeFileSync(only(), change(readFileSync(only())))
    expect(texts.read('a')).toBeUndefined()
  })

  it('is none under the name of another', () => {
    const texts = sealedTexts(folder, KEY)
    texts.write('a', 'of a')
    const [ofA] = readdirSync(folder)
    texts.write('b', 'of b')
    const ofB = readdirSync(folder).find((name) => name !== ofA)
    renameSync(join(folder, ofA ?? ''), join(folder, ofB ?? ''))
    expect(texts.read('b')).toBeUndefined()
  })

  it('makes room for newer ones', () => {
    const texts = sealedTexts(folder, KEY)
    for (let index = 0; index < 40; index++) texts.write(String(index), 'text')
    expect(readdirSync(folder)).toHaveLength(32)
    expect(texts.read('39')).toBe('text')
  })

  it('that cannot be written is no failure', () => {
    writeFileSync(folder, 'a file')
    sealedTexts(folder, KEY).write('a', 'text')
    expect(sealedTexts(folder, KEY).read('a')).toBeUndefined()
  })
})
