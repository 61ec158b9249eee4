/** A secret that was planted, by the name of the place where it was planted. */
export interface Canary {
  readonly name: string
  readonly text: string
}

const WINDOW = 12

/**
 * Finds any 12 characters of any secret in a text, in each of its spellings. Fixed prefixes (`ATATT3xFfGF0...`) tell nothing
 * and are in messages; so a piece counts only when it lies in the random part, which starts after them.
 */
export class CanaryWatch {
  readonly #pieces = new Map<string, string>()

  constructor(canaries: readonly Canary[]) {
    for (const canary of canaries) this.add(canary)
  }

  add({ name, text }: Canary): void {
    const random = text.slice(fixedLength(text))
    if (random.length < WINDOW) throw new Error(`the canary of ${name} is too short to be found`)
    for (const [spelling, spelled] of spellings(text, random)) {
      for (let at = 0; at + WINDOW <= spelled.length; at++) {
        const piece = spelled.slice(at, at + WINDOW)
        if (!this.#pieces.has(piece)) this.#pieces.set(piece, `${name} (${spelling})`)
      }
    }
  }

  /** Names of the secrets of which a piece is in the text: never the piece. */
  seenIn(text: string): readonly string[] {
    const seen = new Set<string>()
    for (let at = 0; at + WINDOW <= text.length; at++) {
      const name = this.#pieces.get(text.slice(at, at + WINDOW))
      if (name !== undefined) seen.add(name)
    }
    return [...seen]
  }
}

/** What every secret of its kind begins with: the prefix of Atlassian and the mark of a made-up secret. */
function fixedLength(text: string): number {
  return /^(?:ATATT3xFfGF0|ATCTT3xFfGN0|ATBB)?(?:sandboxFAKE|testFAKE)?/.exec(text)?.[0].length ?? 0
}

function spellings(text: string, random: string): readonly (readonly [string, string])[] {
  const bytes = Buffer.from(random, 'utf8')
  const hex = bytes.toString('hex')
  const percent = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
  return [
    ['plain', random],
    ['percent, as git writes it', encodeURIComponent(random)],
    ['percent, lower case', encodeURIComponent(random).replaceAll(/%../g, (code) => code.toLowerCase())],
    ['every byte in percent, upper case', percent.toUpperCase()],
    ['every byte in percent, lower case', percent],
    ['hex', hex],
    ['hex, upper case', hex.toUpperCase()],
    ['XML', xmlEscaped(random)],
    ['JSON', JSON.stringify(random).slice(1, -1)],
    ...base64Alignments(text),
    ...base64Alignments(random),
  ]
}

function xmlEscaped(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&apos;',
  }
  return text.replaceAll(/[&<>"']/g, (letter) => names[letter] ?? letter)
}

/** Base64 of a pair `user:secret` holds the secret at one of three alignments; the groups that the neighbours share are cut off. */
function base64Alignments(text: string): readonly (readonly [string, string])[] {
  const skipped = Math.ceil((fixedLength(text) * 4) / 3)
  return [0, 1, 2].flatMap((shift) => {
    const encoded = Buffer.from(' '.repeat(shift) + text, 'utf8').toString('base64')
    const inner = encoded.slice(4 + skipped, encoded.replaceAll('=', '').length - 2)
    return [
      [`base64 at ${shift}`, inner] as const,
      [`base64url at ${shift}`, inner.replaceAll('+', '-').replaceAll('/', '_')] as const,
    ]
  })
}
