/**
 * What a credential helper that is a snippet (`!f() { echo password=...; }`) prints by its text alone. Whoever runs such a helper puts its
 * text, and so the secret, into arguments that everyone on the machine can read; it is read instead. `undefined`: it holds none, or none
 * that can be told without a shell.
 */
export function literalHelper(
  helper: string,
): { readonly username: string | undefined; readonly password: string } | undefined {
  if (!helper.startsWith('!')) return undefined
  const password = literal(helper, 'password') ?? TOKEN.exec(helper)?.[0]
  return password === undefined ? undefined : { username: literal(helper, 'username'), password }
}

const TOKEN = /\bAT(?:ATT3|CTT3|BB)[A-Za-z0-9_=%-]{12,}/

/** Up to what a shell would end or expand. A letter or digit is part of it: `s/^/password=/` holds none. */
const VALUE = '(?=[^\\s;"\'`$}%\\\\]*[A-Za-z0-9])([^\\s;"\'`$}%\\\\]+)'

const WRITTEN: Readonly<Record<'username' | 'password', RegExp>> = {
  username: new RegExp(`(?:^|\\\\n|[^\\w\\\\])username=["']?${VALUE}`),
  password: new RegExp(`(?:^|\\\\n|[^\\w\\\\])password=["']?${VALUE}`),
}

function literal(helper: string, key: 'username' | 'password'): string | undefined {
  return WRITTEN[key].exec(helper)?.[1] ?? formatted(helper, key)
}

/** The word for `password=%s` behind `printf`. */
function formatted(helper: string, key: string): string | undefined {
  for (const [, , format = '', rest = ''] of helper.matchAll(/\bprintf\s+(["'])([^"']*)\1([^;&|}]*)/g)) {
    const before = format.indexOf(`${key}=%s`)
    if (before < 0) continue
    const word = wordsIn(rest)[format.slice(0, before).split('%s').length - 1]
    if (word !== undefined && /[A-Za-z0-9]/.test(word) && !/[$`\\]/.test(word)) return word
  }
  return undefined
}

function wordsIn(text: string): readonly string[] {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, one, two, three]) => one ?? two ?? three ?? '')
}
