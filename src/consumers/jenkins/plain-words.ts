const LIMIT = 400

const ENTITIES: Readonly<Record<string, string>> = { quot: '"', amp: '&', lt: '<', gt: '>', nbsp: ' ', apos: "'" }

/** Text of a server as one line of plain words: no markup, no control characters, no userinfo of URLs, bounded. */
export function plainWords(html: string): string {
  const words = withoutUserinfo(decodeEntities(html.replace(/<br\s*\/?>/gi, ' ').replace(/<[^>]{0,2000}>/g, ' ')))
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return words.length > LIMIT ? `${words.slice(0, LIMIT)}…` : words
}

/** `https://alice:x@host/` becomes `https://alice@host/`: what stands after the colon is a secret. */
export function withoutUserinfo(text: string): string {
  return text.replace(/(\bhttps?:\/\/[^\s/:@]*):[^\s/]*@/gi, '$1@')
}

/** The five named entities, `&nbsp;`, and numeric references, as in Jenkins' form validation. */
export function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(quot|amp|lt|gt|nbsp|apos));/gi,
    (whole, decimal, hex, name) => {
      if (name !== undefined) return ENTITIES[String(name).toLowerCase()] ?? whole
      const code = decimal === undefined ? Number.parseInt(hex, 16) : Number.parseInt(decimal, 10)
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole
    },
  )
}
