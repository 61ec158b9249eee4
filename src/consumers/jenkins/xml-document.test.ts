import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asciiXml, child, escapeText, readXml, splice, withText } from './xml-document.ts'

const textOf = (source: string, name: string): string | undefined => {
  const document = readXml(source)
  return document && child(document.root, name)?.text
}

const withA = (source: string, text: string): string => {
  const document = readXml(source)
  const element = document && child(document.root, 'a')
  if (document === undefined || element === undefined) throw new Error('no element a')
  return splice(document.source, [withText(element, document.source, text)])
}

describe('an XML document', () => {
  it('of version 1.1, with control characters as references, is read', () => {
    expect(textOf("<?xml version='1.1' encoding='UTF-8'?>\n<r><a>x&#x1;&amp;é</a></r>", 'a')).toBe('x\u0001&é')
  })

  it.each(['', 'text', '<r>', '<r><a></r>', '<html><br></html>'])('%j is none', (source) => {
    expect(readXml(source)).toBeUndefined()
  })

  it('keeps every other byte when one text changes', () => {
    const source = `<?xml version='1.1'?>\n<r x="1">\n  <z/>\n  <a p='q'>old</a>\r\n  <b>é &#233;</b>\n</r>`
    expect(withA(source, 'new & <')).toBe(source.replace('old', 'new &amp; &lt;'))
  })

  it('opens an empty element to hold a text', () => {
    expect(withA('<r><a x="1" /><b/></r>', 'new')).toBe('<r><a x="1">new</a><b/></r>')
  })

  it.each([
    ['<r><a/><a/></r>', '<r><a>new</a><a/></r>'],
    ['<r><a/><ab>1</ab></r>', '<r><a>new</a><ab>1</ab></r>'],
    ['<a><a><a/></a></a>', '<a><a>new</a></a>'],
  ])('knows where an element begins that another of the same beginning follows: %s', (source, expected) => {
    expect(withA(source, 'new')).toBe(expected)
  })

  it('reads back any text that was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }).filter(isXmlText), (text) => {
        expect(textOf(withA('<r><b>é</b><a>old</a></r>', text), 'a')).toBe(text)
      }),
    )
  })

  it('in ASCII says the same', () => {
    const source = '<r><a>é – \u{1f511}</a></r>'
    expect(asciiXml(source)).toBe('<r><a>&#xe9; &#x2013; &#x1f511;</a></r>')
    expect(textOf(asciiXml(source), 'a')).toBe('é – \u{1f511}')
    expect(escapeText('é')).toBe('&#xe9;')
  })
})

/** XML has no way to write a null, a lone surrogate or U+FFFE. */
function isXmlText(text: string): boolean {
  return !/[\u0000\ufffe\uffff]|\p{Surrogate}/u.test(text)
}
