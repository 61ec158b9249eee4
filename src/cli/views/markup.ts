import { oneLine } from './text.ts'

/** HTML or SVG that is safe to put into a page. */
export class Markup {
  readonly text: string

  private constructor(text: string) {
    this.text = text
  }

  /** Only for text that no file or server has a part in. */
  static trusted(text: string): Markup {
    return new Markup(text)
  }
}

export type Part = string | number | Markup | readonly Markup[] | undefined

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Zero-width characters and marks of direction, besides what `oneLine` replaces: two names must not look the same. */
const INVISIBLE = /[\u061c\u200b-\u200f\u2028\u2029\u2060-\u2064\ufeff]/g

export function escaped(text: string): string {
  return oneLine(text)
    .replace(INVISIBLE, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}

function render(part: Part): string {
  if (part === undefined) return ''
  if (part instanceof Markup) return part.text
  return typeof part === 'object' ? part.map(({ text }) => text).join('') : escaped(String(part))
}

/** A template in which everything that is not `Markup` already is text. */
export function markup(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return Markup.trusted(texts.map((text, index) => text + render(parts[index])).join(''))
}
