import type { Command } from 'commander'
import { Failure } from '../../model/failure.ts'

type Shell = 'bash' | 'zsh' | 'fish'

/** Words that may follow each command, taken from the command line itself, so that they cannot differ from it. */
interface Words {
  readonly path: string
  readonly words: readonly string[]
  /** Of options whose value is one of a few. */
  readonly choices: readonly Choices[]
  /** What its argument names, and behind which option it does so. Absent option: always. */
  readonly names?: { readonly kind: Names; readonly behind?: string }
  /** Options whose value is the name of something kept. */
  readonly named: readonly (readonly [option: string, kind: Names])[]
}

type Names = keyof typeof LISTS
type Choices = readonly [option: string, values: readonly string[]]

/** What tells the names, and the key that has them: of entries of the outermost list alone, by the depth of the line. */
const LISTS = {
  runs: { list: 'runs --json', key: 'run' },
  tokens: { list: 'token list --json', key: 'name' },
} as const

export function completionCommand(shell: string, program: Command): void {
  const write: Readonly<Record<string, ((words: readonly Words[], values: readonly string[]) => string) | undefined>> =
    {
      bash,
      zsh,
      fish,
    } satisfies Record<Shell, unknown>
  const script = write[shell]
  if (script === undefined)
    throw new Failure('R112', {
      at: `completion ${shell}`,
      because: 'it is written for bash, zsh and fish',
      next: ['  keyturn completion bash'],
      exitCode: 2,
    })
  process.stdout.write(script(wordsOf(program, '', []), valued(program)))
}

/** `above`: options of the commands that it belongs to; they may stand behind it, too. */
function wordsOf(command: Command, path: string, above: readonly string[]): readonly Words[] {
  const options = [...command.options.flatMap(({ long }) => long ?? []), ...above]
  const names = command.commands.map((one) => one.name())
  const below = command.commands.flatMap((one) =>
    wordsOf(one, path === '' ? one.name() : `${path} ${one.name()}`, options),
  )
  const choices = command.options.flatMap(({ long, argChoices }): readonly Choices[] =>
    long === undefined || long === null || argChoices === undefined ? [] : [[long, argChoices]],
  )
  const named = command.options.flatMap(({ long }): Words['named'] => (long === '--token' ? [[long, 'tokens']] : []))
  return [{ path, words: [...names, ...options, '--help'], choices, named, ...namedBy(command, path) }, ...below]
}

function namedBy(command: Command, path: string): Pick<Words, 'names'> {
  const [first] = command.registeredArguments.map((one) => one.name())
  if (first === 'run') return { names: { kind: 'runs' } }
  if (command.options.some(({ long }) => long === '--resume')) return { names: { kind: 'runs', behind: '--resume' } }
  return path === 'token check' || path === 'token remove' ? { names: { kind: 'tokens' } } : {}
}

/** Options that the next word belongs to: it is no command. */
function valued(command: Command): readonly string[] {
  const own = command.options.flatMap(({ short, long, required }) => (required ? [short ?? [], long ?? []].flat() : []))
  return [...new Set([...own, ...command.commands.flatMap(valued)])]
}

function bash(all: readonly Words[], values: readonly string[]): string {
  const cases = all.map(({ path, words }) => `    '${path}') words='${words.join(' ')}' ;;`).join('\n')
  const choices = all.flatMap(({ path, choices: own, named }) => [
    ...own.map(([option, few]) => `    '${path} ${option}') COMPREPLY=($(compgen -W '${few.join(' ')}' -- "$cur")) ;;`),
    ...named.map(
      ([option, kind]) => `    '${path} ${option}') COMPREPLY=($(compgen -W "$(${listed(kind)})" -- "$cur")) ;;`,
    ),
  ])
  const names = all.flatMap(({ path, names: own }) => {
    if (own === undefined) return []
    const add = `words="$words $(${listed(own.kind)})"`
    return [
      `    '${path}') ${own.behind === undefined ? add : `case " \${COMP_WORDS[*]} " in *' ${own.behind} '*) ${add} ;; esac`} ;;`,
    ]
  })
  return `# bash completion of keyturn: eval "$(keyturn completion bash)"
_keyturn() {
  local cur=\${COMP_WORDS[COMP_CWORD]} path='' word words='' value=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [ "$word" != = ] || continue
    [ -z "$value" ] || { value=''; continue; }
    case $word in ${values.join('|')}) value=$word ;; -*) ;; *) [ "$(echo $path | wc -w)" -lt 2 ] && path="\${path:+$path }$word" ;; esac
  done
  [ "$cur" != = ] || cur=''
  while :; do
    case $path in
${cases}
    esac
    [ -n "$words" ] || [ -z "$path" ] && break
    case $path in *' '*) path=\${path% *} ;; *) path='' ;; esac
  done
  [ -z "$value" ] || {
    case "$path $value" in
${choices.join('\n')}
    *) COMPREPLY=($(compgen -f -- "$cur")) ;;
    esac
    return
  }
  case $cur in -*) ;; *) case $path in
${names.join('\n')}
  esac ;; esac
  COMPREPLY=($(compgen -W "$words" -- "$cur") $(compgen -f -- "$cur"))
}
complete -o filenames -F _keyturn keyturn
`
}

/** The names of what is kept, a word each; nothing where keyturn cannot tell. */
function listed(kind: Names): string {
  const { list, key } = LISTS[kind]
  return `keyturn ${list} 2>/dev/null </dev/null | sed -n 's/^      "${key}": "\\([^"]*\\)".*/\\1/p'`
}

function zsh(all: readonly Words[], values: readonly string[]): string {
  return `# zsh completion of keyturn: eval "$(keyturn completion zsh)"
autoload -Uz bashcompinit && bashcompinit
${bash(all, values)}`
}

function fish(all: readonly Words[], values: readonly string[]): string {
  const lines = all.flatMap(({ path, words, choices, named, names }) => [
    ...words.map((word) => fishLine(path, word, new Map(choices), values)),
    ...named.map(
      ([option, kind]) =>
        `complete -c keyturn -n '${conditionOf(path)}' -l ${option.slice(2)} -x -a "(${fishList(kind)})"`,
    ),
    ...(names === undefined ? [] : [fishNames(path, names)]),
  ])
  return `# fish completion of keyturn: keyturn completion fish | source\n${lines.join('\n')}\n`
}

function fishNames(path: string, { kind, behind }: NonNullable<Words['names']>): string {
  const asked = behind === undefined ? '' : `; and __fish_contains_opt ${behind.slice(2)}`
  return `complete -c keyturn -f -n '${conditionOf(path)}${asked}' -a "(${fishList(kind)})"`
}

function fishList(kind: Names): string {
  const { list, key } = LISTS[kind]
  return `keyturn ${list} 2>/dev/null </dev/null | string replace -rf '^      \\\\x22${key}\\\\x22: \\\\x22([^\\\\x22]*)\\\\x22.*' '\\$1'`
}

function conditionOf(path: string): string {
  return path === ''
    ? '__fish_use_subcommand'
    : path
        .split(' ')
        .map((name) => `__fish_seen_subcommand_from ${name}`)
        .join('; and ')
}

function fishLine(
  path: string,
  word: string,
  choices: ReadonlyMap<string, readonly string[]>,
  values: readonly string[],
): string {
  const condition = conditionOf(path)
  if (!word.startsWith('--')) return `complete -c keyturn -f -n '${condition}' -a ${word}`
  const few = choices.get(word)
  const value = few === undefined ? (values.includes(word) ? ' -r' : '') : ` -x -a '${few.join(' ')}'`
  return `complete -c keyturn -n '${condition}' -l ${word.slice(2)}${value}`
}
