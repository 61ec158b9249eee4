import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse, parseAllDocuments, stringify } from 'yaml'
import { bytesOf, decodeUtf8, encodeUtf8 } from './byte-text.ts'
import type { Field } from './field.ts'
import { splice } from './splice.ts'
import { readYamlFields } from './yaml-fields.ts'

const secrets = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(...'ab0é€😀=%#:"\'\\ -{}[]&*!|>@`,?~\xa0\x85'), minLength: 1, maxLength: 12 }),
  )
  // Blanks alone are no secret, and the library writes them in a way that it does not read itself.
  .filter((text) => text.trim() !== '')

type Style = 'PLAIN' | 'QUOTE_DOUBLE' | 'QUOTE_SINGLE' | 'BLOCK_LITERAL' | 'BLOCK_FOLDED'
const styles = fc.constantFrom<Style>('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED')

/** What the library writes; a text that a style cannot hold is written in double quotes. */
const documents = fc
  .record({
    secret: secrets,
    style: styles,
    isFlow: fc.boolean(),
    newline: fc.constantFrom('\n', '\r\n'),
    bom: fc.constantFrom('', '\ufeff'),
    other: fc.jsonValue({ maxDepth: 2 }),
    lineWidth: fc.constantFrom(0, 20),
  })
  .map(({ secret, style, isFlow, newline, bom, other, lineWidth }) => {
    const options = { defaultStringType: style, defaultKeyType: 'PLAIN', lineWidth, blockQuote: true } as const
    const value = { a: other, list: ['x', { password: secret }], z: 'y' }
    const body = stringify(value, { ...options, collectionStyle: isFlow ? 'flow' : 'block' })
    return { secret, text: encodeUtf8(`${bom}---\nfirst: doc # é\n---\n${body}`.replaceAll('\n', newline)) }
  })
  // The library breaks long lines between the halves of a surrogate pair.
  .filter(({ text }) => !text.includes('\xef\xbf\xbd'))

function byKeys(text: string, keys: string): Field {
  const field = readYamlFields(text).fields.find((candidate) => candidate.keys.join('.') === keys)
  if (field === undefined) throw new Error(`no field ${keys}`)
  return field
}

const keyed = (text: string) =>
  readYamlFields(text).fields.map(({ keys, value }) => [keys.join('.'), value.text] as const)

const storedWhole = (text: string, { value }: Field) => text.slice(...value.spanOf(0, value.text.length))

describe('the fields of YAML', () => {
  test('a secret is found under its key, whatever its style, and its bytes mean the secret', () => {
    fc.assert(
      fc.property(documents, ({ secret, text }) => {
        expect(readYamlFields(text).problem).toBeUndefined()
        const field = byKeys(text, 'list.1.password')
        expect(decodeUtf8(field.value.text)).toBe(secret)
        const stored = decodeUtf8(storedWhole(text, field))
        const [layer] = field.value.layers
        if (layer === undefined) expect(stored).toBe(secret)
        else if (layer === 'yaml-double') expect(parse(`"${stored}"`)).toBe(secret)
        else if (layer === 'yaml-single') expect(parse(`'${stored}'`)).toBe(secret)
        else if (layer === 'yaml-folded') expect(parse(stored)).toBe(secret)
      }),
      { numRuns: 500 },
    )
  })

  test('the bytes of the part behind a colon mean that part', () => {
    const word = fc.string({ unit: fc.constantFrom(...'ab0é€😀=%"\'\\'), minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(word, word, styles, (user, secret, style) => {
        const text = encodeUtf8(
          stringify({ auth: `${user}:${secret}` }, { defaultStringType: style, defaultKeyType: 'PLAIN', lineWidth: 0 }),
        )
        const { value } = byKeys(text, 'auth')
        const start = encodeUtf8(user).length + 1
        const stored = decodeUtf8(text.slice(...value.spanOf(start, start + encodeUtf8(secret).length)))
        const [layer] = value.layers
        const quote = layer === 'yaml-double' ? '"' : layer === 'yaml-single' ? "'" : undefined
        expect(quote === undefined ? stored : parse(`${quote}${stored}${quote}`)).toBe(secret)
      }),
    )
  })

  test('a block scalar means what the library reads, with every indicator', () => {
    const line = fc.string({ unit: fc.constantFrom(...'ab é#:\t'), maxLength: 5 })
    const blocks = fc.record({
      style: fc.constantFrom('|', '>'),
      chomping: fc.constantFrom('', '-', '+'),
      indent: fc.constantFrom('', '2', '3'),
      digitFirst: fc.boolean(),
      lines: fc.array(line, { maxLength: 6 }),
      newline: fc.constantFrom('\n', '\r\n'),
      isLast: fc.boolean(),
    })
    fc.assert(
      fc.property(blocks, ({ style, chomping, indent, digitFirst, lines, newline, isLast }) => {
        const header = `${style}${digitFirst ? indent + chomping : chomping + indent}`
        const body = lines.map((content) => (content === '' ? '' : `     ${content}`)).join('\n')
        const source = `top:\n - k: ${header} # note\n${body}\n${isLast ? '' : 'z: 1\n'}`.replaceAll('\n', newline)
        const [document] = parseAllDocuments(source)
        if (document === undefined || document.errors.length > 0) return fc.pre(false)
        const expected = document.toJS().top[0].k
        expect(decodeUtf8(byKeys(encodeUtf8(source), 'top.0.k').value.text)).toBe(expected)
      }),
      { numRuns: 1000 },
    )
  })

  test('text over several lines, plain or in quotes, means what the library reads', () => {
    const pieces = fc.array(
      fc.constantFrom('a', 'é', ' ', '\t', '\n ', '\n  \n ', '\\\n  ', '\\ ', '\\t', "''", '\\"', '\\x41', '\\u20ac'),
      { maxLength: 10 },
    )
    fc.assert(
      fc.property(pieces, fc.constantFrom('"', "'", ''), fc.boolean(), (parts, quote, isCrlf) => {
        const source = `k: ${quote}x${parts.join('')}x${quote}\nz: 1\n`.replaceAll('\n', isCrlf ? '\r\n' : '\n')
        const [document] = parseAllDocuments(source)
        if (document === undefined || document.errors.length > 0) return fc.pre(false)
        const expected = document.toJS().k
        fc.pre(typeof expected === 'string')
        expect(decodeUtf8(byKeys(encodeUtf8(source), 'k').value.text)).toBe(expected)
      }),
      { numRuns: 1000 },
    )
  })

  test('replacing nothing, or each value by its own bytes, keeps the document', () => {
    fc.assert(
      fc.property(documents, ({ text }) => {
        const edits = readYamlFields(text).fields.map(({ extent }) => ({
          span: extent,
          bytes: bytesOf(text.slice(...extent)),
        }))
        expect(splice(bytesOf(text), [])).toEqual(bytesOf(text))
        expect(splice(bytesOf(text), edits)).toEqual(bytesOf(text))
      }),
    )
  })

  test('anchors, aliases and merge keys: values stand where they are meant, with the bytes of the anchor', () => {
    const text =
      'base: &b {user: u, pass: p}\nother: &o\n  x: 1\none: *b\ntwo:\n  <<: [*b, *o]\n  pass: q\nthree:\n  <<: *b\n&k key: v\n*k : w\n'
    expect(keyed(text)).toEqual([
      ['base.user', 'u'],
      ['base.pass', 'p'],
      ['other.x', '1'],
      ['one.user', 'u'],
      ['one.pass', 'p'],
      ['two.user', 'u'],
      ['two.pass', 'p'],
      ['two.x', '1'],
      ['two.pass', 'q'],
      ['three.user', 'u'],
      ['three.pass', 'p'],
      ['key', 'v'],
      ['key', 'w'],
    ])
    expect(byKeys(text, 'one.pass').extent).toEqual(byKeys(text, 'base.pass').extent)
  })

  test('names are taken as they are written, and two members of one name are both read', () => {
    expect(keyed('1.0: a\n"x\\u00e9": b\n? c\n: d\nc: e\n~: f\n')).toEqual([
      ['1.0', 'a'],
      [encodeUtf8('xé'), 'b'],
      ['c', 'd'],
      ['c', 'e'],
      ['~', 'f'],
    ])
  })

  test('a tag is handed out', () => {
    const text = 'a: !vault |\n  line\nb: !!str c\nc: !ENC "y"\nd: !secret name\n'
    expect(readYamlFields(text).fields.map(({ tag }) => tag)).toEqual(['!vault', undefined, '!ENC', '!secret'])
  })

  describe('templates and mistakes', () => {
    const HELM = [
      '{{- if .Values.enabled }}',
      'apiVersion: v1',
      'metadata:',
      '  name: {{ .Release.Name }}-x',
      '  {{- with .Values.labels }}',
      '  labels:',
      '    {{- toYaml . | nindent 4 }}',
      '  {{- end }}',
      'data:',
      '  url: "https://{{ .Values.user | default "bot" }}@bitbucket.org"',
      '  token: s3cret',
      '{{/* a comment',
      '   : over { lines */}}',
      '{{- end }}',
    ].join('\n')
    test.each<[string, string, readonly (readonly [string, string])[]]>([
      [
        'Helm',
        HELM,
        [
          ['data.token', 's3cret'],
          ['data.url', 'https://{{ .Values.user | default "bot" }}@bitbucket.org'],
          ['metadata.name', '{{ .Release.Name }}-x'],
        ],
      ],
      [
        'Jinja',
        '{% if x %}\na:\n  b: c\n{% endif %}\nd: {{ e }}\nf: g\n',
        [
          ['a.b', 'c'],
          ['f', 'g'],
        ],
      ],
      ['a missing quote', 'a: "x\nb:\n  token: s3cret # note\n', [['b.token', 's3cret']]],
      [
        'a stray bracket',
        "a: [x\nb: c\nlist:\n  - token: \"s\\\"3\"\n  - token: 'it''s'\n",
        [
          ['b', 'c'],
          ['list.0.token', 's"3'],
          ['list.1.token', "it's"],
        ],
      ],
      ['a tab for indentation', 'a:\n\tb: c\nd: e\n', [['d', 'e']]],
      [
        'a block behind a mistake',
        'a: ]\nkey: !vault |-\n  one\n  two\nd: e\n',
        [
          ['key', 'one\ntwo'],
          ['d', 'e'],
        ],
      ],
      [
        'a value that starts like nothing in YAML',
        'a: @x\nb: `c`\nd: %e\n',
        [
          ['a', '@x'],
          ['b', '`c`'],
          ['d', '%e'],
        ],
      ],
      ['a colon in a value', 'a: b: c\nd: e\n', [['d', 'e']]],
    ])('%s: what can be read is read', (_, text, expected) => {
      expect(keyed(text)).toEqual(expect.arrayContaining(expected.map((pair) => [...pair])))
      expect(readYamlFields(text).problem).toBeDefined()
    })

    test('nothing is handed out twice', () => {
      const starts = readYamlFields(HELM).fields.map(({ extent }) => extent[0])
      expect(new Set(starts).size).toBe(starts.length)
    })
  })

  test('arbitrary bytes and truncated documents are a result', () => {
    const garbage = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
      fc.string({ unit: fc.constantFrom(...'{}[]:,"\'\\-?|>+2&*!%@#<a \t\n\r'), maxLength: 80 }),
      fc.tuple(documents, fc.nat()).map(([{ text }, cut]) => text.slice(0, cut % (text.length + 1))),
    )
    fc.assert(
      fc.property(garbage, (text) => {
        for (const { value, extent } of readYamlFields(text).fields) {
          const [from, to] = value.spanOf(0, value.text.length)
          expect(extent[0] <= from && from <= to && to <= extent[1] && to <= text.length).toBe(true)
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('aliases of aliases, and an anchor that holds itself, come to an end', () => {
    const levels = Array.from({ length: 30 }, (_, n) => `l${n + 1}: &l${n + 1} [${`*l${n},`.repeat(9)}]`)
    expect(readYamlFields(`l0: &l0 x\n${levels.join('\n')}\nz: end`).problem).toBeDefined()
    expect(readYamlFields('a: &a [*a, *a]\nb: c').fields.at(-1)?.value.text).toBe('c')
  })

  test.each<[string, string]>([
    ['one long string', `a: "${'x\\n'.repeat(350_000)}"`],
    ['blanks in quotes', `a: "x${' '.repeat(1_000_000)}x"`],
    ['backslashes', `a: "${'\\\\'.repeat(500_000)}"`],
    ['flow in one line', `{${'"a":"b",'.repeat(30_000)}}`],
    ['brackets', '['.repeat(100_000)],
    ['closed brackets', `${'['.repeat(100_000)}1${']'.repeat(100_000)}`],
    ['braces', '{"a":'.repeat(100_000)],
    ['items of items', '- '.repeat(100_000)],
    ['questions', '? '.repeat(100_000)],
    ['keys behind keys, in an item', `a:\n  - x${'Authorization: Basic '.repeat(2_400)}\n    b: c\nd: e\n`],
    ['keys behind keys behind one another', `a:\n  - ${'key: word '.repeat(20_000)}\nd:\n`],
    ['quotes', '"'.repeat(50_000)],
    ['aliases', `- &a x\n${'- *a\n'.repeat(30_000)}`],
    ['tags', '!a '.repeat(30_000)],
    ['templates', '{{ x }}\n'.repeat(8_000)],
    ['open templates', '{{'.repeat(300_000)],
    ['lines', 'a: b\n'.repeat(30_000)],
    ['blocks', 'a: |\n  b\n'.repeat(15_000)],
    ['blocks behind a mistake', `]\n${'a: |\n'.repeat(20_000)}`],
  ])(
    'a long run of %s takes no long time',
    (_, text) => {
      const start = performance.now()
      readYamlFields(text)
      expect(performance.now() - start).toBeLessThan(10_000)
    },
    20_000,
  )
})
