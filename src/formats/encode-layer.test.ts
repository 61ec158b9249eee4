import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeStored } from '../../test/contract/decode-stored.ts'
import { apiToken } from '../../test/support/synthetic-secrets.ts'
import { bytesOf, encodeUtf8 } from './byte-text.ts'
import { decodeStoredBase64, encodeStoredBase64 } from './encode-base64.ts'
import { encodeTextIn } from './encode-layer.ts'
import type { Layer } from './field.ts'

const LAYERS: readonly Layer[] = [
  'utf-16le',
  'utf-16be',
  'json',
  'yaml-double',
  'yaml-single',
  'yaml-block',
  'yaml-folded',
  'shell-double',
  'shell-bare',
  'shell-word',
  'shell-ansi',
  'shell-heredoc',
  'dotenv-double',
  'properties',
  'ini',
  'toml',
  'xml-text',
  'hcl',
  'hcl-heredoc',
  'groovy',
  'groovy-slashy',
  'groovy-dollar',
  'php-single',
  'php-double',
  'php-heredoc',
  'python',
  'python-bytes',
  'javascript',
  'ruby-single',
  'ruby-percent',
  'ruby-double',
  'go',
  'java',
  'csharp',
  'csharp-verbatim',
  'rust',
  'systemd',
  'systemd-word',
  'backtick',
  'doubled-single',
  'doubled-double',
  'batch',
  'batch-quoted',
  'crontab',
  'dockerfile',
  'make',
]

/** Some punctuation has a meaning in every format. */
const AWKWARD = fc.string({
  unit: fc.constantFrom(...'aZ09 \'"\\`$#%{}()[]<>&|;:,!?*~^=+-@./\t\n\r\0é€😀'),
  maxLength: 12,
})
/** A line end written by Windows is one line end to many readers; the writers refuse or escape it. */
const TEXT = fc.oneof(AWKWARD, fc.string({ unit: 'grapheme', maxLength: 20 }))

describe.each(LAYERS)('%s', (layer) => {
  test('what is written means what was given, or it is refused', () => {
    fc.assert(
      fc.property(TEXT, (text) => {
        const stored = encodeTextIn(layer, text)
        return stored === undefined || decodeStored(bytesOf(stored), layer) === text
      }),
      { numRuns: 500 },
    )
  })

  test('a token is written everywhere, and an e-mail wherever the format has letters like these', () => {
    // Windows' cmd takes `=` for the end of a word.
    if (layer !== 'batch') expect(encodeTextIn(layer, apiToken())).toBeDefined()
    expect(encodeTextIn(layer, 'alice+ci@example.com')).toBeDefined()
  })
})

describe('what is refused because the spot cannot hold it', () => {
  test.each<[Layer, string]>([
    ['ini', 'a # b'],
    ['yaml-folded', 'a: b'],
    ['shell-bare', 'a\nb'],
    ['csharp', '{0}'],
    ['java', 'a$b'],
    ['xml-text', 'a\0b'],
    ['make', 'a\\#b'],
  ])('%s and %j', (layer, text) => {
    expect(encodeTextIn(layer, text)).toBeUndefined()
  })
})

describe('base64', () => {
  test('keeps alphabet, padding and lines of what stood there', () => {
    const bytes = Buffer.from('machine bitbucket.org login alice password ??>>~~')
    const twice = Buffer.concat([bytes, bytes])
    for (const stored of [
      bytes.toString('base64'),
      bytes.toString('base64url'),
      bytes.toString('base64').replace(/(.{20})/g, '$1\n  '),
      `${bytes.toString('base64')}\n`,
    ]) {
      expect(encodeStoredBase64(bytes, stored)).toBe(stored)
      const other = encodeStoredBase64(twice, stored)
      expect(Buffer.from(decodeStoredBase64(other) ?? [])).toEqual(twice)
    }
  })

  test('whatever was written so comes back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 90 }), fc.integer({ min: 4, max: 76 }), (bytes, width) => {
        const stored = encodeUtf8(Buffer.from(bytes).toString('base64')).replace(
          new RegExp(`(.{${width}})(?=.)`, 'g'),
          '$1\n',
        )
        expect(encodeStoredBase64(bytes, stored)).toBe(stored)
      }),
    )
  })
})
