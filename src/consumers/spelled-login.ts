import type { Use } from '../model/use.ts'
import { referencesIn } from './variable-references.ts'

const USERINFO = /https?:\/\/([^\s/?#"'`]+)@/g
/** curl, HTTPie, wget: what stands in front of the colon is the username. */
const PAIR = /(?:^|\s)(?:-u|--user|-a|--auth)(?:=|\s{1,4})?([^\s:]+):(\S+)/g
/** Base64 of a pair, made from the secret or held as a whole. */
const HEADER = /authorization:\s{0,4}basic\s{1,4}(\S+)/gi
const PASSWORD = /(?:^|\s)--(?:http-)?password(?:=|\s{1,4})(\S+)/g

/** How a command hands a variable to a request as a login. What it sends as Bearer, or as a pair of one variable, is none. */
export function spelledLogin(text: string): Use['spelled'] {
  const hasReference = (part = ''): boolean => referencesIn(part).length > 0
  const inUrls = [...text.matchAll(USERINFO)].flatMap(([, userinfo]) =>
    hasReference(userinfo) ? [userinfo ?? ''] : [],
  )
  const pairs = [...text.matchAll(PAIR), ...inUrls.flatMap((userinfo) => [/^([^:]+):(.+)$/.exec(userinfo) ?? []])]
  if (pairs.some(([, name, secret]) => hasReference(secret) && isNameOfItsOwn(name))) return 'under a name of its own'
  if (inUrls.length > 0) return 'in a URL'
  const isBeside =
    [...text.matchAll(PAIR)].some(([, , secret]) => hasReference(secret)) ||
    [...text.matchAll(PASSWORD), ...text.matchAll(HEADER)].some(([, secret]) => hasReference(secret))
  return isBeside ? 'beside a name' : undefined
}

/** A literal name. An e-mail is what REST wants, and a part in quotes may be anything that a shell makes of it. */
export function isNameOfItsOwn(name = ''): boolean {
  return /^["']?[A-Za-z0-9][\w.-]*["']?$/.test(name)
}
