import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { type ParseError, parse as parseJsonc, printParseErrorCode } from 'jsonc-parser'
import { SaxesParser } from 'saxes'
import { getStaticTOMLValue, parseTOML } from 'toml-eslint-parser'
import { afterAll, describe, expect, it } from 'vitest'
import { isDocument, parseAllDocuments, visit } from 'yaml'
import { readBack } from './encodings.ts'
import { makeCorpus, type Truth, writeCorpus } from './generate.ts'

const corpus = makeCorpus(1)
const bytesOf = new Map(corpus.files.map(({ path, bytes }) => [path, bytes]))

const charsetOf = (bytes: Buffer): 'utf8' | 'utf16le' | 'utf16be' => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf16le'
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf16be' : 'utf8'
}

function textOf(bytes: Buffer, charset = charsetOf(bytes)): string {
  if (charset === 'utf16be') return Buffer.from(bytes).swap16().toString('utf16le')
  return bytes.toString(charset)
}

function storedText(truth: Truth): string {
  const bytes = bytesOf.get(truth.path) ?? Buffer.alloc(0)
  return textOf(bytes.subarray(truth.start, truth.end), charsetOf(bytes))
}

/** What stands at the place, decoded; of base64 pairs the second half, of whole files whether the secret is in there. */
function reads(truth: Truth): boolean {
  const { encoding, secret, username } = truth
  const text = readBack(storedText(truth), encoding)
  if (encoding.includes('base64-file')) return text.includes(secret) || unpercented(text).includes(secret)
  if (encoding.includes('base64-pair')) return text === `${username ?? ''}:${secret}`
  return encoding.includes('jenkins') || text === secret
}

/** Unlike `decodeURIComponent`, for text in which not every percent sign begins an escape. */
const unpercented = (text: string): string =>
  text.replaceAll(/%([0-9a-f]{2})/gi, (_, digits) => String.fromCharCode(Number.parseInt(String(digits), 16)))

const count = (values: Iterable<unknown>): number => new Set(values).size

describe('the corpus', () => {
  it('has places and look-alikes enough, over consumers, formats and encodings', () => {
    const rows = new Set(corpus.truths.map(({ consumer }) => consumer))
    rows.delete('code')
    expect(corpus.truths.length).toBeGreaterThanOrEqual(1500)
    expect(corpus.lookalikes.length).toBeGreaterThanOrEqual(1500)
    expect(rows.size).toBeGreaterThanOrEqual(70)
    expect(count(corpus.truths.map(({ format }) => format))).toBeGreaterThanOrEqual(25)
    expect(count(corpus.truths.map(({ encoding }) => encoding.join(' ')))).toBeGreaterThanOrEqual(25)
    expect(count(corpus.lookalikes.map(({ why }) => why))).toBeGreaterThanOrEqual(15)
  })

  it('covers every kind of secret, both sorts of app password, and all ways to write a file', () => {
    const dressed = (test: (bytes: Buffer) => boolean): number =>
      count(corpus.truths.filter(({ path }) => test(bytesOf.get(path) ?? Buffer.alloc(0))).map(({ path }) => path))
    expect(new Set(corpus.truths.map(({ kind }) => kind))).toEqual(
      new Set(['app-password', 'api-token', 'access-token', 'password']),
    )
    expect(corpus.truths.filter(({ secret }) => secret.length === 20).length).toBeGreaterThan(200)
    expect(dressed((bytes) => bytes.includes('\r\n'))).toBeGreaterThan(100)
    expect(dressed((bytes) => bytes.at(-1) !== 0x0a)).toBeGreaterThan(100)
    expect(dressed((bytes) => charsetOf(bytes) !== 'utf8')).toBeGreaterThan(10)
    expect(dressed((bytes) => bytes.subarray(0, 3).equals(Buffer.from('\uFEFF')))).toBeGreaterThan(20)
    expect(dressed((bytes) => bytes.some((byte) => byte > 0xc0))).toBeGreaterThan(100)
    expect(dressed((bytes) => bytes.length > 40_000)).toBeGreaterThan(3)
  })

  it('has the same bytes for the same seed, and others for another', () => {
    const again = makeCorpus(1)
    expect(again.truths).toEqual(corpus.truths)
    expect(again.lookalikes).toEqual(corpus.lookalikes)
    expect(again.files.every(({ path, bytes }) => bytesOf.get(path)?.equals(bytes))).toBe(true)
    const other = new Set(makeCorpus(2).truths.map(({ secret }) => secret))
    expect(corpus.truths.filter(({ secret }) => other.has(secret))).toEqual([])
  })

  it('has every path, place and id once', () => {
    const { files, truths } = corpus
    expect(count(files.map(({ path }) => path))).toBe(files.length)
    expect(count(truths.map(({ id }) => id))).toBe(truths.length)
    expect(count(truths.map(({ path, start, secret }) => `${path} ${start} ${secret}`))).toBe(truths.length)
  })
})

describe('every true place', () => {
  it('holds its secret in its encoding, between its offsets', () => {
    expect(corpus.truths.filter((truth) => !reads(truth))).toEqual([])
  })

  it('stands on its line', () => {
    const wrong = corpus.truths.filter(({ path, start, end, line, lastLine }) => {
      const bytes = bytesOf.get(path) ?? Buffer.alloc(0)
      const linesUpTo = (offset: number): number =>
        textOf(bytes.subarray(0, offset), charsetOf(bytes)).split('\n').length
      return linesUpTo(start) !== line || linesUpTo(end) !== lastLine
    })
    expect(wrong).toEqual([])
  })

  it('holds a token with a valid checksum, or something that has none', () => {
    const wrong = corpus.truths.filter(({ secret, kind }) => {
      if (kind === 'password') return false
      if (kind === 'app-password' && /^[A-Za-z0-9]{20}$/.test(secret)) return false
      const body = secret.slice(0, -8)
      const prefix = { 'app-password': 'ATBB', 'api-token': 'ATATT3xFfGF0', 'access-token': 'ATCTT3xFfGN0' }[kind]
      return !secret.startsWith(prefix) || crc32(body) !== Number.parseInt(secret.slice(-8), 16)
    })
    expect(wrong).toEqual([])
  })

  it('has lengths that vary, of the tokens whose length Atlassian does not promise', () => {
    const lengths = corpus.truths.filter(({ kind }) => kind.endsWith('-token')).map(({ secret }) => secret.length)
    expect(count(lengths)).toBeGreaterThan(10)
    expect(lengths.filter((length) => length === 192).length).toBeGreaterThan(lengths.length / 2)
  })
})

describe('every look-alike', () => {
  const linesOf = new Map(corpus.files.map(({ path, bytes }) => [path, textOf(bytes).split('\n')]))

  it('stands on its line', () => {
    const wrong = corpus.lookalikes.filter(({ path, line, text }) => {
      return !(linesOf.get(path)?.[line - 1] ?? '').includes(text)
    })
    expect(wrong).toEqual([])
  })

  it('has no true secret in it, and shares its line with none', () => {
    const secrets = new Set(corpus.truths.map(({ secret }) => secret))
    const lines = new Set(corpus.truths.map(({ path, line }) => `${path}:${line}`))
    expect(corpus.lookalikes.filter(({ text }) => secrets.has(text))).toEqual([])
    expect(corpus.lookalikes.filter(({ path, line }) => lines.has(`${path}:${line}`))).toEqual([])
  })
})

/** Every string that a parser of the format finds in a text. */
const PARSERS: Readonly<Record<string, (text: string) => readonly string[]>> = {
  json: (text) => stringsIn(JSON.parse(text)),
  jsonc: jsoncStrings,
  toml: (text) => stringsIn(getStaticTOMLValue(parseTOML(text))),
  yaml: yamlStrings,
  xml: xmlStrings,
}

function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : []
}

function jsoncStrings(text: string): readonly string[] {
  const errors: ParseError[] = []
  const value: unknown = parseJsonc(text, errors, { allowTrailingComma: true })
  const [first] = errors
  if (first !== undefined) throw new Error(printParseErrorCode(first.error))
  return stringsIn(value)
}

function yamlStrings(text: string): readonly string[] {
  const strings: string[] = []
  for (const document of parseAllDocuments(text)) {
    if (!isDocument(document)) continue
    if (document.errors.length > 0) throw document.errors[0]
    visit(document, { Scalar: (_, { value }) => void strings.push(String(value)) })
  }
  return strings
}

function xmlStrings(text: string): readonly string[] {
  const strings: string[] = []
  const parser = new SaxesParser()
  parser.on('text', (each) => strings.push(each))
  parser.on('attribute', ({ value }) => strings.push(value))
  parser.write(text).close()
  return strings
}

/** In one of the strings, whatever is wrapped around it there. */
function comesOut(strings: readonly string[], secret: string): boolean {
  const unwrapped = strings.flatMap((text) => [
    text,
    ...(text.match(/[A-Za-z0-9+/]{24,}=*/g) ?? []).map((each) => Buffer.from(each, 'base64').toString()),
  ])
  return unwrapped.some((text) =>
    [text, unpercented(text), unpercented(text.replaceAll('%%', '%'))].some((each) => each.includes(secret)),
  )
}

describe('the files', () => {
  // Keys without quotes are JSON5, which the parser does not know.
  const strict = corpus.truths.filter(({ path, encoding }) => !path.endsWith('.json5') && !encoding.includes('jenkins'))

  it.each(Object.entries(PARSERS))('in %s are well-formed, and a parser finds the secrets in them', (format, parse) => {
    const truths = strict.filter((truth) => truth.format === format)
    const strings = new Map<string, readonly string[]>()
    for (const { path } of truths)
      strings.set(path, parse(textOf(bytesOf.get(path) ?? Buffer.alloc(0)).replace(/^\uFEFF/, '')))
    expect(truths.length).toBeGreaterThan(20)
    expect(truths.filter(({ path, secret }) => !comesOut(strings.get(path) ?? [], secret))).toEqual([])
  })
})

describe('writing it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-corpus-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('puts every file where it says', () => {
    const files = corpus.files.filter((_, index) => index % 30 === 0)
    writeCorpus({ ...corpus, files }, folder)
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
    expect(entries.filter((entry) => entry.isFile()).length).toBe(files.length)
    expect(files.filter(({ path, bytes }) => !readFileSync(join(folder, path)).equals(bytes))).toEqual([])
  })
})
