import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeStored } from '../../test/contract/decode-stored.ts'
import { bytesOf, decodeUtf8, encodeUtf8 } from './byte-text.ts'
import { splice } from './splice.ts'
import { escapeXmlText } from './xml.ts'
import { readXmlFields } from './xml-fields.ts'

const secrets = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(...'ab0é€😀=%#:"\'\\ <>&;]'), minLength: 1, maxLength: 12 }),
  )
  .filter((text) => !/[\x00-\x1f\x7f-\x9f\u2028\ufffe\uffff]/.test(text))

const least = (text: string) => text.replace(/[<&>"]/g, (character) => `&#${character.charCodeAt(0)};`)
const sections = (text: string) => (text.includes(']]>') ? least(text) : `<![CDATA[${text}]]>`)

const documents = fc
  .record({
    secret: secrets,
    isElement: fc.boolean(),
    way: fc.constantFrom(escapeXmlText, least, sections),
    bom: fc.constantFrom('', '\ufeff'),
  })
  .map(({ secret, isElement, way, bom }) => {
    const body = isElement
      ? `<server>\n <id x = 'é>'>a</id><password >${way(secret)}</password></server>`
      : `<server id='a' password = "${way === sections ? escapeXmlText(secret) : way(secret)}"/>`
    return {
      secret,
      key: isElement ? 'settings/server/password' : 'settings/server/@password',
      text: encodeUtf8(
        `${bom}<?xml version="1.0" encoding="UTF-8"?>\n<!-- é = "<x>" --><settings>${body}<z/></settings>`,
      ),
    }
  })

const keyed = (text: string) =>
  readXmlFields(text).fields.map(({ keys, value }) => [keys.join('/'), value.text] as const)

describe('the fields of XML', () => {
  test('a secret is found under its key, and its bytes mean the secret', () => {
    fc.assert(
      fc.property(documents, ({ secret, key, text }) => {
        const { fields, problem } = readXmlFields(text)
        expect(problem).toBeUndefined()
        const value = fields.find(({ keys }) => keys.join('/') === key)?.value
        if (value === undefined) throw new Error('no field')
        expect(decodeUtf8(value.text)).toBe(secret)
        const stored = bytesOf(text.slice(...value.spanOf(0, value.text.length)))
        expect(decodeStored(stored, value.layers[0] ?? 'plain')).toBe(secret)
      }),
      { numRuns: 500 },
    )
  })

  test("the values are those of Python's ElementTree", (context) => {
    const samples = fc.sample(documents, 200)
    let answers: unknown
    try {
      const input = JSON.stringify(samples.map(({ text }) => decodeUtf8(text)))
      answers = JSON.parse(execFileSync('python3', ['-c', PROGRAM], { input, encoding: 'utf8' }))
    } catch {
      return context.skip('there is no python3')
    }
    const ours = samples.map(({ text, key }) => decodeUtf8(keyed(text).find(([name]) => name === key)?.[1] ?? ''))
    expect(ours).toEqual(answers)
  })

  test('the bytes of the part behind a colon mean that part', () => {
    fc.assert(
      fc.property(secrets, secrets, fc.constantFrom(escapeXmlText, least), (user, secret, way) => {
        const text = encodeUtf8(`<a b="${way(`${user}:${secret}`)}">${way(`${user}:${secret}`)}</a>`)
        for (const { value } of readXmlFields(text).fields) {
          const stored = bytesOf(text.slice(...value.spanOf(encodeUtf8(user).length + 1, value.text.length)))
          expect(decodeStored(stored, value.layers[0] ?? 'plain')).toBe(secret)
        }
      }),
    )
  })

  test('replacing nothing, or each value by its own bytes, keeps the document', () => {
    fc.assert(
      fc.property(documents, ({ text }) => {
        expect(splice(bytesOf(text), [])).toEqual(bytesOf(text))
        const edits = readXmlFields(text).fields.map(({ extent }) => ({
          span: extent,
          bytes: bytesOf(text.slice(...extent)),
        }))
        expect(splice(bytesOf(text), edits)).toEqual(bytesOf(text))
      }),
    )
  })

  test('comments, sections and elements inside of a text', () => {
    const text = '<a>x<!-- y -->&amp;<b c="d&#x41;"/>z<![CDATA[<&lt;]]><![CDATA[w]]></a>'
    expect(keyed(text)).toEqual([
      ['a', 'x&z<&lt;w'],
      ['a/b/@c', 'dA'],
    ])
  })

  test('latin1 is handed out as UTF-8', () => {
    expect(keyed('<?xml version="1.0" encoding="ISO-8859-1"?><a b="\xe9">\xff</a>')).toEqual([
      ['a/@b', encodeUtf8('é')],
      ['a', encodeUtf8('ÿ')],
    ])
  })

  test.each<[string, readonly (readonly [string, string])[]]>([
    [
      '<a><b>c</b><d>e',
      [
        ['a/b', 'c'],
        ['a/d', 'e'],
      ],
    ],
    [
      '<a><b>&company;</b><d>e & f</d></a>',
      [
        ['a/b', '&company;'],
        ['a/d', 'e & f'],
      ],
    ],
    [
      '<a><b>c</a><d>e</d>',
      [
        ['a/b', 'c'],
        ['d', 'e'],
      ],
    ],
  ])('what can be read of %j', (text, expected) => {
    expect(keyed(text)).toEqual(expected)
    expect(readXmlFields(text).problem).toBeDefined()
  })

  test('arbitrary bytes and truncated documents are a result', () => {
    const garbage = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
      fc.string({ unit: fc.constantFrom(...'<>/=&;!-[]CDATA"\'a? \n'), maxLength: 80 }),
      fc.tuple(documents, fc.nat()).map(([{ text }, cut]) => text.slice(0, cut % (text.length + 1))),
    )
    fc.assert(
      fc.property(garbage, (text) => {
        for (const { value, extent } of readXmlFields(text).fields) {
          const [from, to] = value.spanOf(0, value.text.length)
          expect(extent[0] <= from && from <= to && to <= extent[1] && to <= text.length).toBe(true)
        }
      }),
      { numRuns: 1000 },
    )
  })

  test.each<[string, string]>([
    ['one long text', `<a>${'x&amp;'.repeat(200_000)}</a>`],
    ['elements', `<a>${'<b>c</b>'.repeat(60_000)}</a>`],
    ['nested elements', '<a>'.repeat(100_000)],
    ['closed nested elements', '<a>'.repeat(100_000) + '</a>'.repeat(100_000)],
    ['one wrong end tag', `${'<a>'.repeat(100_000)}</b${' x'.repeat(100_000)}>`],
    ['signs', '<'.repeat(500_000)],
    ['attributes', `<a ${'b="c" '.repeat(50_000)}/>`],
    ['names', `<a ${'b '.repeat(200_000)}/>`],
    ['sections', `<a>${'<![CDATA['.repeat(100_000)}`],
  ])(
    'a long run of %s takes no long time',
    (_, text) => {
      const start = performance.now()
      readXmlFields(text)
      expect(performance.now() - start).toBeLessThan(8000)
    },
    20_000,
  )
})

const PROGRAM = `
import json, sys
import xml.etree.ElementTree as tree
def read(text):
    server = tree.fromstring(text.lstrip('\\ufeff').encode()).find('server')
    return server.get('password') or server.find('password').text
print(json.dumps([read(text) for text in json.load(sys.stdin)]))
`
