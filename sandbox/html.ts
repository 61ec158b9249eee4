import { createHash } from 'node:crypto'
import type { Reply } from './reply.ts'
import { style } from './style.ts'

/** Text that is safe inside an element or a quoted attribute. */
export class Html {
  readonly text: string

  private constructor(text: string) {
    this.text = text
  }

  static of(text: string): Html {
    return new Html(text)
  }
}

type Part = string | number | Html | readonly Html[] | undefined

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/**
 * Control characters, and those that turn the direction of a line: a token called "...\u202e..." would otherwise show
 * the words after it backwards. They are written as their numbers.
 */
const invisible = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

const numbered = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

const escapeText = (text: string): string =>
  text.replace(invisible, numbered).replace(/[&<>"']/g, (character) => escapes[character] ?? '')

const render = (part: Part): string => {
  if (part === undefined) return ''
  if (part instanceof Html) return part.text
  if (typeof part === 'object') return part.map((item) => item.text).join('')
  return escapeText(String(part))
}

/** A template in which every value is escaped unless it is Html already. */
export const html = (texts: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  Html.of(texts.map((text, index) => text + render(parts[index])).join(''))

export interface Page {
  readonly title: string
  /** Right side of the header: who is signed in, what time it is. */
  readonly aside: Html
  readonly content: Html
  /** Loads the page again after so many seconds, without a script. */
  readonly refreshSeconds?: number
}

const styleHash = createHash('sha256').update(style).digest('base64')

/**
 * The one style sheet is named by its hash, nothing else may be loaded and no script runs. The referrer stays on this
 * site, because a form under `no-referrer` sends `Origin: null`, by which nobody could tell it from a foreign one.
 */
const htmlHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    'img-src data:',
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

const refresh = (seconds: number | undefined): Html =>
  seconds === undefined ? html`` : html`<meta http-equiv="refresh" content="${seconds}">`

export const pageReply = (status: number, page: Page, because: string): Reply => {
  const document = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
${refresh(page.refreshSeconds)}
<title>${page.title} · sandbox</title>
<style>${Html.of(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header><div><strong>keyturn sandbox</strong> <span class="mute">nothing in it is real</span></div><div>${page.aside}</div></header>
<main id="main">
<h1>${page.title}</h1>
${page.content}
</main>
</body>
</html>
`
  return { status, headers: htmlHeaders, body: document.text, because }
}

export const seeOther = (location: string, because: string, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status: 303,
  headers: { location, ...headers },
  body: '',
  because,
})
