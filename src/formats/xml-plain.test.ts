import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesOf, encodeUtf8 } from './byte-text.ts'
import { parseXml, type XmlElement } from './xml.ts'
import { readPlainXml } from './xml-plain.ts'

/** Everything that an element says, in one shape whoever read it. */
function told({ name, attributes, children, text, outer, inner }: XmlElement): unknown {
  return { name, attributes: { ...attributes }, text, outer, inner, children: children.map(told) }
}

function bytesFor(text: string): Uint8Array {
  return bytesOf(encodeUtf8(text))
}

const PIECES = [
  ...['a', 'b:c', '_d.e-f', 'x1', 'é', '😀', ' ', '\n', '\t', '\r', '<', '>', '/', '=', '"', "'", '&', ';', ']]>'],
  ...[
    '<a>',
    '</a>',
    '<a/>',
    '<b x="1">',
    '</b>',
    '</b >',
    '<c y=\'>\' z="a&lt;b" />',
    '<a x="1"y="2">',
    '<a x="1" x="2">',
  ],
  ...['&amp;', '&LT;', '&lt;', '&quot;', '&#xd;', '&#13;', '&#x41;', '&#x0041;', '&#65;', '&#0;', '&#x1b;', '&#xe9;'],
  ...[
    '&nope;',
    '&#xD800;',
    '<!-- c -->',
    '<![CDATA[<x>]]>',
    '<?pi x?>',
    '<!DOCTYPE a>',
    '\x85',
    '\u2028',
    '\ufffe',
    '\x7f',
  ],
  ...["<?xml version='1.1' encoding='UTF-8'?>\n", '<?xml version="1.0"?>', '\ufeff', '__proto__="1"', ' class="x"'],
]

const elements = fc.letrec<{ element: string; content: string }>((tie) => ({
  content: fc
    .array(fc.oneof({ depthSize: 'small' }, fc.constantFrom(...PIECES), tie('element')), { maxLength: 5 })
    .map((parts) => parts.join('')),
  element: fc
    .tuple(fc.constantFrom('a', 'b.c', 'd x="1"', 'e class="f g" plugin="h@1"'), tie('content'))
    .map(([tag, content]) => `<${tag}>${content}</${tag.split(' ')[0]}>`),
}))

const prolog = fc.constantFrom('', "<?xml version='1.1' encoding='UTF-8'?>\n", '<?xml version="1.0"?>', ' ')

describe('plain XML', () => {
  test('reads what the whole parser reads, element by element, or leaves it to that', () => {
    let count = 0
    fc.assert(
      fc.property(prolog, elements.element, fc.constantFrom('', '\n', 'x', '<a/>'), (start, element, end) => {
        const bytes = bytesFor(start + element + end)
        const plain = readPlainXml(bytes)
        if (plain === undefined) return
        count++
        const whole = parseXml(bytes)
        expect(whole.kind === 'document' ? told(whole.root) : whole.detail).toEqual(told(plain))
      }),
      { numRuns: 2000 },
    )
    expect(count).toBeGreaterThan(100)
  })

  test('of any pieces it takes none that the whole parser refuses', () => {
    const pieces = fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(pieces, (text) => {
        const bytes = bytesFor(text)
        const plain = readPlainXml(bytes)
        if (plain === undefined) return
        const whole = parseXml(bytes)
        expect(whole.kind === 'document' ? told(whole.root) : whole.detail).toEqual(told(plain))
      }),
      { numRuns: 5000 },
    )
  })

  test.each([
    "<?xml version='1.1' encoding='UTF-8'?>\n<a plugin=\"x@1\">\n  <b class='y'/>\n  <c>é &amp; &#xd;</c >\n</a>",
    '<a>&#x41;&quot;></a>\n',
    '<a x = "1" y="&gt;>" ></a>',
  ])('takes %j', (text) => {
    const whole = parseXml(bytesFor(text))
    const plain = readPlainXml(bytesFor(text))
    expect(plain === undefined ? undefined : told(plain)).toEqual(
      whole.kind === 'document' ? told(whole.root) : 'malformed',
    )
  })

  test.each([
    '<a><!-- c --></a>',
    '<a><![CDATA[x]]></a>',
    '<a>&#x1b;</a>',
    '<a>\r\n</a>',
    '<a>\x85</a>',
    '<é/>',
    '<a',
    '<a x',
  ])('leaves %j to the parser', (text) => {
    expect(readPlainXml(bytesFor(text))).toBeUndefined()
  })

  test('bytes that are not UTF-8 are left to the parser', () => {
    expect(readPlainXml(bytesOf('<a>\xe9</a>'))).toBeUndefined()
  })
})
