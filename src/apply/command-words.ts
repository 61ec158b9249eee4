import type { Plan } from '../model/plan.ts'

/** What the plan was made from, as it was named on the command line. */
export function sourceWords({ sources }: Plan): string {
  return sources.map((source) => (isUrl(source) ? ` --jenkins ${quoted(source)}` : ` ${quoted(source)}`)).join('')
}

/** A controller is named on the command line, by the same address as when the plan was made. Empty: none has to be. */
export function controllerFlag({ sources, steps }: Plan): string {
  const url = sources.find(isUrl)
  return url !== undefined && steps.some(({ place }) => place.at.kind === 'url') ? ` --jenkins ${quoted(url)}` : ''
}

function isUrl(source: string): boolean {
  return /^https?:/.test(source)
}

function quoted(word: string): string {
  return /^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
