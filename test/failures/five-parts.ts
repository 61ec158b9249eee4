/** An error as its reader sees it, part by part. */
export interface FiveParts {
  readonly headline: string
  readonly at?: string
  readonly because?: string
  readonly state?: string
  readonly next?: readonly string[]
}

const LABELS = ['at', 'because', 'state', 'next'] as const
type Label = (typeof LABELS)[number]
const INDENT = 11

/**
 * Reads the screen back: `error R101: headline`, a blank line, then `at`, `because`, `state` and `next` in this order, each at
 * its column. Wrapped lines are joined; the lines of `next` stay lines. Anything else on the screen is an error of the form.
 */
export function readFiveParts(screen: string): FiveParts {
  const [first = '', blank = '', ...rest] = screen.replace(/\n$/, '').split('\n')
  const headline = /^error (R\d{3}: [A-Z].*[^.])$/.exec(first)?.[1]
  if (headline === undefined || (blank !== '' && rest.length > 0)) throw formError(screen)
  const found = new Map<Label, string[]>()
  let current: Label | undefined
  for (const line of rest) {
    const label = LABELS.find((name) => line.startsWith(`  ${name}`.padEnd(INDENT)))
    if (label !== undefined && (current === undefined || LABELS.indexOf(label) > LABELS.indexOf(current)))
      current = label
    else if (!line.startsWith(' '.repeat(INDENT))) throw formError(screen)
    if (current === undefined) throw formError(screen)
    found.set(current, [...(found.get(current) ?? []), line.slice(INDENT)])
  }
  const next = found.get('next')
  const joined = LABELS.filter((label) => label !== 'next' && found.has(label)).map((label) => [
    label,
    found.get(label)?.join(' '),
  ])
  return { headline, ...Object.fromEntries(joined), ...(next === undefined ? {} : { next }) }
}

function formError(screen: string): Error {
  return new Error(`not in the five-part form:\n${screen}`)
}
