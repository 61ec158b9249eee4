import { shellWord } from './views/text.ts'

/** What decides which keys, vault and runs a command meets, whom it trusts and how it signs in; what the environment says holds for the next one as well. */
interface Given {
  readonly home?: string
  readonly ca?: string
  readonly jenkins?: readonly string[]
  readonly jenkinsUser?: readonly string[]
  readonly jenkinsTokenFile?: readonly string[]
  readonly vaultPasswordFile?: readonly string[]
}

/** Adds to a line what the command that prints it was given; a line that is no command stays as it is. */
export type Completing = (line: string) => string

const COMMAND =
  /^(\s+(?:\S.*\| )?keyturn)(?= (?:scan|doctor|token|plan|apply|verify|rollback|status|runs|show|audit|forget)\b)/

/** A command that is printed to be copied; without its flags it would look for the run, or the token, where it is not, and would have no login. */
export function completing(given: Given): Completing {
  const global = [...flag('home', given.home), ...flag('ca', given.ca)].join('')
  const logins = loginFlags(given)
  const passwords = (given.vaultPasswordFile ?? []).flatMap((file) => flag('vault-password-file', file)).join('')
  return (line) => {
    if (!COMMAND.test(line)) return line
    const signedIn = withLogins(line, logins)
    const opened = passwords === '' ? signedIn : signedIn.replace(' --vault-password-file FILE', () => passwords)
    return opened.replace(COMMAND, (start) => `${start}${global}`)
  }
}

function flag(name: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [` --${name} ${shellWord(value)}`]
}

/** By the address as it is printed. One user or file may have been given for all controllers. */
function loginFlags({ jenkins = [], jenkinsUser = [], jenkinsTokenFile = [] }: Given): ReadonlyMap<string, string> {
  const ofEach = (values: readonly string[], index: number): string | undefined =>
    values.length === 1 ? values[0] : values[index]
  return new Map(
    jenkins.map((url, index) => [
      shellWord(url.replace(/\/+$/, '')),
      [
        ...flag('jenkins-user', ofEach(jenkinsUser, index)),
        ...flag('jenkins-token-file', ofEach(jenkinsTokenFile, index)),
      ].join(''),
    ]),
  )
}

/** Each login behind its controller: so it holds for some of them in any order. Where one is not known, the counts would not agree. */
function withLogins(line: string, logins: ReadonlyMap<string, string>): string {
  const named = [...line.matchAll(/ --jenkins (\S+)/g)].map(([, url = '']) => url)
  if (named.some((url) => !logins.has(url))) return line
  return line.replace(/ --jenkins (\S+)/g, (whole, url: string) => `${whole}${logins.get(url) ?? ''}`)
}

/** Where a command ended before its options were read, or could not be. */
export function completingAs(words: readonly string[]): Completing {
  const end = words.indexOf('--')
  const own = end === -1 ? words : words.slice(0, end)
  const [home, ca] = [valuesIn(own, 'home').at(-1), valuesIn(own, 'ca').at(-1)]
  return completing({
    ...(home === undefined ? {} : { home }),
    ...(ca === undefined ? {} : { ca }),
    jenkins: valuesIn(own, 'jenkins'),
    jenkinsUser: valuesIn(own, 'jenkins-user'),
    jenkinsTokenFile: valuesIn(own, 'jenkins-token-file'),
    vaultPasswordFile: valuesIn(own, 'vault-password-file'),
  })
}

function valuesIn(words: readonly string[], name: string): readonly string[] {
  return words.flatMap((word, index) => {
    const value = word === `--${name}` ? words[index + 1] : undefined
    if (value !== undefined) return [value]
    return word.startsWith(`--${name}=`) ? [word.slice(name.length + 3)] : []
  })
}
