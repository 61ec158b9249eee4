import { shellWord } from './views/text.ts'

/** Flags that decide which keys, vault and runs a command meets, and whom it trusts; what the environment says holds for the next one as well. */
interface Given {
  readonly home?: string
  readonly ca?: string
}

export function globalFlags({ home, ca }: Given): string {
  return [...flag('home', home), ...flag('ca', ca)].join('')
}

function flag(name: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [` --${name} ${shellWord(value)}`]
}

/** Where a command ended before its options were read, or could not be. */
export function globalFlagsIn(words: readonly string[]): string {
  const end = words.indexOf('--')
  const own = end === -1 ? words : words.slice(0, end)
  const [home, ca] = [valueIn(own, 'home'), valueIn(own, 'ca')]
  return globalFlags({ ...(home === undefined ? {} : { home }), ...(ca === undefined ? {} : { ca }) })
}

function valueIn(words: readonly string[], name: string): string | undefined {
  const index = words.findLastIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`))
  const word = index === -1 ? undefined : words[index]
  return word === `--${name}` ? words[index + 1] : word?.slice(name.length + 3)
}

const COMMAND =
  /^(\s+(?:\S.*\| )?keyturn)(?= (?:scan|doctor|token|plan|apply|verify|rollback|status|runs|show|audit|forget)\b)/

/** A command that is printed to be copied; without the flags it would look for the run, or the token, where it is not. */
export function withGlobalFlags(line: string, flags: string): string {
  return flags === '' ? line : line.replace(COMMAND, (start) => `${start}${flags}`)
}
