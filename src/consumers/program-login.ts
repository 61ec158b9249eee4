import type { Use } from '../model/use.ts'
import { isNameOfItsOwn } from './spelled-login.ts'

/** What stands directly before a secret that a program presents behind a username. */
const BEHIND_NAME: readonly RegExp[] = [
  // `auth=('alice', SECRET`, `HTTPBasicAuth(user, SECRET`, `req.SetBasicAuth("alice", SECRET`, `basic_auth 'alice', SECRET`
  /(?:\bauth|basic_?auth\w*|authentication|\bcredentials?(?:\.basic)?|\bbasic)["']?\s{0,3}[=:]{0,2}>?\s{0,3}[([{]{0,2}\s{0,40}[^,;{}\n]{1,120},\s{0,40}(?:["']?\w+["']?\s{0,3}[=:]>?\s{0,3})?$/i,
  // `{ username: 'alice', password: SECRET`
  /\b(?:user(?:_?name)?|login|e?mail)["']?\s{0,3}(?:[:=]|=>)\s{0,3}[^,;\n]{1,120},\s{0,60}["']?\w+["']?\s{0,3}(?:[:=]|=>)\s{0,3}$/i,
  // `"alice:" + SECRET`, `alice:${SECRET`, f"{user}:{SECRET`
  /[\w.%)}\]+-]:(?:["'`]\s{0,3}[+.]\s{0,3}|[$#]?\{\s{0,3})\(?$/,
  // `"%s:%s" % (user, SECRET`, `"{}:{}".format(user, SECRET`, `fmt.Sprintf("%s:%s", user, SECRET`
  /["'](?:%s|\{\w{0,20}\}):(?:%s|\{\w{0,20}\})["'][^\n"']{0,20}[,(]\s{0,3}[^,\n]{1,80},\s{0,3}$/,
]
/** The userinfo of a URL up to the secret. */
const IN_URL = /https?:\/\/[^\s/?#]{1,200}$/
const ENCODED = /encodeURI|quote|escape|url_?encode/i
const BEFORE = 400
/** `os.` of `os.getenv`, the call that makes text of it. */
const OWNER = /(?:\b\w{1,40}(?:\.|::|->|\())*$/

/** The same with a literal name: `('alice', SECRET`, `user: 'alice', password: SECRET`, `"alice:" + SECRET`, `alice:${SECRET`. */
const BEHIND_LITERAL: readonly RegExp[] = [
  /[([{,=>\s]["']([^"'\n]{1,120})["'],\s{0,40}(?:["']?\w+["']?\s{0,3}(?:[=:]|=>)\s{0,3})?$/,
  /["'`]([^"'`\n:{}$%]{1,120}):(?:["'`]\s{0,3}[+.]\s{0,3}|[$#]?\{\s{0,3})\(?$/,
]

/** How a program presents the secret that stands at `at`: an environment variable that is looked up, or the variable that holds it. */
export function programLogin(text: string, at: number): Use['spelled'] {
  const before = text.slice(Math.max(0, at - BEFORE), at).replace(OWNER, '')
  if (!BEHIND_NAME.some((pattern) => pattern.test(before))) return undefined
  const names = BEHIND_LITERAL.map((pattern) => pattern.exec(before)?.[1]).filter((name) => name !== undefined)
  if (names.some(isNameOfItsOwn)) return 'under a name of its own'
  const [userinfo] = IN_URL.exec(before) ?? []
  return userinfo !== undefined && !ENCODED.test(userinfo) ? 'in a URL' : 'beside a name'
}

/** `const PW = `, `pw := `, `String pw = `, `$pw = `, in front of a lookup. */
const ASSIGNED = /(?:^|[\s;({])\$?([A-Za-z_]\w{0,60})\s{0,20}(?::\s{0,3}\w{1,30}\s{0,3})?:?=\s{0,3}$/
const MOST = 2000

/** The variable that is set to what stands at `at`. */
export function assignedTo(text: string, at: number): string | undefined {
  return ASSIGNED.exec(text.slice(Math.max(0, at - BEFORE), at).replace(OWNER, ''))?.[1]
}

/** What needs most of a person counts. */
const RANK = { 'beside a name': 0, 'in a URL': 1, 'under a name of its own': 2 } as const

/** How each of these variables of a program is presented, where it is as a login; the text is gone through once. */
export function loginsOf(text: string, names: readonly string[]): ReadonlyMap<string, NonNullable<Use['spelled']>> {
  const found = new Map<string, NonNullable<Use['spelled']>>()
  if (names.length === 0) return found
  const mentions = text.matchAll(new RegExp(`\\b(?:${[...new Set(names)].join('|')})\\b`, 'g'))
  let count = 0
  for (const { 0: name, index } of mentions) {
    if (++count > MOST) break
    const spelled = programLogin(text, text[index - 1] === '$' ? index - 1 : index)
    if (spelled !== undefined && RANK[spelled] >= RANK[found.get(name) ?? 'beside a name']) found.set(name, spelled)
  }
  return found
}
