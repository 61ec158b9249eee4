import type { Reply } from './reply.ts'

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

const escapeText = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? '')

const render = (part: Part): string => {
  if (part === undefined) return ''
  if (part instanceof Html) return part.text
  if (typeof part === 'object') return part.map((item) => item.text).join('')
  return escapeText(String(part))
}

/** A template in which every value is escaped unless it is Html already. */
export const html = (texts: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  Html.of(texts.map((text, index) => text + render(parts[index])).join(''))

const style = Html.of(`
  :root { color-scheme: light dark; --line: #d5d9e0; --soft: #f4f5f7; --ink: #172b4d; --mute: #5e6c84; --act: #0052cc; }
  @media (prefers-color-scheme: dark) {
    :root { --line: #3a414d; --soft: #22272f; --ink: #dee4ea; --mute: #9fadbc; --act: #579dff; }
    body { background: #1a1e24; }
  }
  * { box-sizing: border-box; }
  body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); }
  header { border-bottom: 1px solid var(--line); }
  header, main { max-width: 68rem; margin: 0 auto; padding: 1rem 1.5rem; }
  header { display: flex; gap: 1rem; align-items: center; justify-content: space-between; flex-wrap: wrap; }
  header span { color: var(--mute); }
  h1 { font-size: 1.5rem; margin: 1rem 0; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
  .scroll { overflow-x: auto; }
  table { width: 100%; border-collapse: collapse; }
  th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); }
  th { color: var(--mute); font-weight: 600; }
  label { display: block; margin: .75rem 0; } fieldset label { margin: .2rem 0; }
  fieldset { border: 1px solid var(--line); border-radius: 4px; margin: 1rem 0; }
  input[type=text], input[type=email], input[type=password], input[type=date], select {
    display: block; width: 100%; max-width: 26rem; padding: .45rem .6rem; font: inherit; color: inherit;
    background: transparent; border: 1px solid var(--line); border-radius: 4px; }
  button, .button { display: inline-block; padding: .45rem .9rem; font: inherit; border: 0; border-radius: 4px;
    background: var(--act); color: #fff; text-decoration: none; cursor: pointer; }
  .quiet { background: var(--soft); color: var(--ink); }
  .row { display: flex; gap: .5rem; flex-wrap: wrap; } form.inline { display: inline; }
  a:focus-visible, button:focus-visible, input:focus-visible, select:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; }
  .token { display: block; padding: .75rem; background: var(--soft); border-radius: 4px; overflow-wrap: anywhere; }
  .problem { padding: .5rem .75rem; border-left: 4px solid #de350b; background: var(--soft); }
  code { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; } .mute { color: var(--mute); }
`)

export interface Page {
  readonly title: string
  /** Right side of the header: who is signed in, what time it is. */
  readonly aside: Html
  readonly content: Html
}

const htmlHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

export const pageReply = (status: number, page: Page, because: string): Reply => {
  const document = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title} · sandbox</title>
<style>${style}</style>
</head>
<body>
<header><strong>keyturn sandbox</strong><span>${page.aside}</span></header>
<main>
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
