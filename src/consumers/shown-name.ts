import { withoutTokens } from '../model/token-text.ts'

/** The form of an older app password, which has no prefix to know it by. */
const UNPREFIXED =
  /(?<![A-Za-z0-9])(?=[A-Za-z0-9]{0,19}\d)(?=[A-Za-z0-9]{0,19}[a-z])(?=[A-Za-z0-9]{0,19}[A-Z])[A-Za-z0-9]{20}(?![A-Za-z0-9])/g

/** Addresses and names are printed and kept in plans: nothing of a username or secret that stands in a URL goes into them. */
export function withoutSecrets(name: string): string {
  return withoutTokens(name.replace(/([a-z][a-z0-9+.-]*:\/\/)[\s\S]*@/gi, '$1').replace(/^[^\s/@:]+:\S+@/, ''))
}

/**
 * Names that a document itself chose: keys of a map, entries of a lock file, literals of a program. Any of them may be a secret, or hold
 * one. `secret` is that of the place which is named.
 */
export function shownName(names: readonly string[], secret: string): string {
  return names.map((name) => masked(name, secret)).join('.')
}

function masked(name: string, secret: string): string {
  const bare = secret === '' ? name : name.replaceAll(secret, '(secret)')
  return withoutSecrets(bare).replace(UNPREFIXED, '(20 characters)')
}
