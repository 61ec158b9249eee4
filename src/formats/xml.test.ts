import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesOf, decodeUtf8, encodeUtf8, sliceText } from './byte-text.ts'
import { splice } from './splice.ts'
import { decodeXmlText, escapeXmlText, parseXml, readXml, type XmlElement } from './xml.ts'

const text = fc.string({ unit: fc.constantFrom(...'aé€😀<>&"\'\n\t ]-;x'), maxLength: 15 })
const xml = (content: string) => bytesOf(encodeUtf8(`<?xml version='1.1' encoding='UTF-8'?>\n${content}`))

function rootOf(bytes: Uint8Array): XmlElement {
  const read = readXml(bytes)
  if (read.kind === 'malformed') throw new Error(read.detail)
  return read.root
}

describe('xml', () => {
  test('the stored bytes of an element decode to its text, whatever stands before it', () => {
    const stored = fc.oneof(
      text.map(escapeXmlText),
      text.map((value) => `<![CDATA[${value.replaceAll(']]>', '')}]]>`),
      fc.constant('<!-- é -->'),
      fc.constant('&#233;&#x1F600;&lt;'),
      fc.constant('line\r\nend'),
    )
    fc.assert(
      fc.property(text, fc.array(stored, { maxLength: 4 }), (before, parts) => {
        const bytes = xml(
          `<r a="${escapeXmlText(before)}"><é>${escapeXmlText(before)}</é><b >${parts.join('')}</b></r>`,
        )
        const element = rootOf(bytes).children[1]
        if (element?.inner === undefined) throw new Error('no element')
        expect(decodeXmlText(decodeUtf8(sliceText(bytes, element.inner)))).toBe(element.text)
        expect(sliceText(bytes, element.outer)).toBe(encodeUtf8(`<b >${parts.join('')}</b>`))
      }),
    )
  })

  test('a new text reads back, and everything else keeps its bytes', () => {
    fc.assert(
      fc.property(text, text, text, (before, value, next) => {
        const source = (content: string) =>
          xml(`<r><a>${escapeXmlText(before)}</a><b>${escapeXmlText(content)}</b><c/></r>`)
        const inner = rootOf(source(value)).children[1]?.inner
        if (inner === undefined) throw new Error('no element')
        const after = splice(source(value), [{ span: inner, bytes: bytesOf(escapeXmlText(next)) }])
        expect(after).toEqual(source(next))
        expect(rootOf(after).children.map((child) => child.text)).toEqual([before, next, ''])
      }),
    )
  })

  test('an element directly inside one of the same name begins where it does', () => {
    const read = parseXml(xml('<a><a></a></a>'))
    const root = read.kind === 'document' ? read.root : undefined
    const at = xml('').length
    expect([root?.outer, root?.children[0]?.outer]).toEqual([
      [at, at + 14],
      [at + 3, at + 10],
    ])
  })

  test('control characters of XML 1.1 are read from their references', () => {
    expect(rootOf(xml('<r>&#x1b;[1m&#x85;</r>')).text).toBe('\x1b[1m\x85')
  })

  test.each(['', '<r>', '<r></s>', '<r>&nope;</r>', '<r/><s/>', '<?xml version="1.1"?>', 'text'])(
    'malformed: %j',
    (content) => {
      expect(readXml(bytesOf(content)).kind).toBe('malformed')
    },
  )

  test('bytes that are not UTF-8, and any other garbage, are a result', () => {
    expect(readXml(new Uint8Array([0x3c, 0x72, 0x3e, 0xff]))).toEqual({
      kind: 'malformed',
      detail: 'it is not UTF-8 text',
    })
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void readXml(bytes)))
  })
})
