import type { Plan } from '../model/plan.ts'
import type { Context } from '../model/ports.ts'

/** What the plan was made from, as it was named on the command line. */
export function sourceWords(plan: Plan): string {
  const words = plan.sources.map((source) => (isUrl(source) ? ` --jenkins ${quoted(source)}` : ` ${quoted(source)}`))
  return `${words.join('')}${passwordFlag(plan)}`
}

/**
 * Controllers are named on the command line, by the same addresses as when the plan was made. Empty: none has to be. `opens`: for a command
 * that encrypts or reads a secret, and so wants the password of what is encrypted again; to put old bytes back none is needed.
 */
export function controllerFlag(plan: Plan, { opens = false } = {}): string {
  const named = controllersOf(plan).map((url) => ` --jenkins ${quoted(url)}`)
  return `${named.join('')}${opens ? passwordFlag(plan) : ''}`
}

/** Those of a plan for which no login was given. */
export function controllersWithout({ logins }: Pick<Context, 'logins'>, plan: Plan): readonly string[] {
  return controllersOf(plan).filter((url) => !logins.some(({ baseUrl }) => baseUrl === url))
}

/** Those that are changed, in the order in which they were named. */
function controllersOf({ sources, steps }: Plan): readonly string[] {
  const urls = steps.flatMap(({ place }) => (place.at.kind === 'url' ? [place.at.url] : []))
  const controllers = sources.filter(isUrl)
  if (controllers.length < 2) return urls.length === 0 ? [] : controllers
  return controllers.filter((controller) => urls.some((url) => url.startsWith(`${controller}/`)))
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
