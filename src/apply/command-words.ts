import type { Plan } from '../model/plan.ts'

/** What the plan was made from, as it was named on the command line. */
export function sourceWords(plan: Plan): string {
  const words = plan.sources.map((source) => (isUrl(source) ? ` --jenkins ${quoted(source)}` : ` ${quoted(source)}`))
  return `${words.join('')}${passwordFlag(plan)}`
}

/**
 * A controller is named on the command line, by the same address as when the plan was made. Empty: none has to be. `opens`: for a command
 * that encrypts or reads a secret, and so wants the password of what is encrypted again; to put old bytes back none is needed.
 */
export function controllerFlag(plan: Plan, { opens = false } = {}): string {
  const { sources, steps } = plan
  const url = sources.find(isUrl)
  const isAsked = url !== undefined && steps.some(({ place }) => place.at.kind === 'url')
  return `${isAsked ? ` --jenkins ${quoted(url)}` : ''}${opens ? passwordFlag(plan) : ''}`
}

function passwordFlag({ steps }: Plan): string {
  return steps.some(({ place }) => place.consumer === 'ansible-vault') ? ' --vault-password-file FILE' : ''
}

function isUrl(source: string): boolean {
  return /^https?:/.test(source)
}

function quoted(word: string): string {
  return /^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
