import type { Command } from 'commander'
import { Failure } from '../../model/failure.ts'

type Shell = 'bash' | 'zsh' | 'fish'

/** Words that may follow each command, taken from the command line itself, so that they cannot differ from it. */
interface Words {
  readonly path: string
  readonly words: readonly string[]
}

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
  return [{ path, words: [...names, ...options, '--help'] }, ...below]
}

/** Options that the next word belongs to: it is no command. */
function valued(command: Command): readonly string[] {
  const own = command.options.flatMap(({ short, long, required }) => (required ? [short ?? [], long ?? []].flat() : []))
  return [...new Set([...own, ...command.commands.flatMap(valued)])]
}

function bash(all: readonly Words[], values: readonly string[]): string {
  const cases = all.map(({ path, words }) => `    '${path}') words='${words.join(' ')}' ;;`).join('\n')
  return `# bash completion of keyturn: eval "$(keyturn completion bash)"
_keyturn() {
  local cur=\${COMP_WORDS[COMP_CWORD]} path='' word words='' value=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [ -z "$value" ] || { value=''; continue; }
    case $word in ${values.join('|')}) value=1 ;; -*) ;; *) [ "$(echo $path | wc -w)" -lt 2 ] && path="\${path:+$path }$word" ;; esac
  done
  while :; do
    case $path in
${cases}
    esac
    [ -n "$words" ] || [ -z "$path" ] && break
    case $path in *' '*) path=\${path% *} ;; *) path='' ;; esac
  done
  COMPREPLY=($(compgen -W "$words" -- "$cur") $(compgen -f -- "$cur"))
}
complete -o filenames -F _keyturn keyturn
`
}

function zsh(all: readonly Words[], values: readonly string[]): string {
  return `# zsh completion of keyturn: eval "$(keyturn completion zsh)"
autoload -Uz bashcompinit && bashcompinit
${bash(all, values)}`
}

function fish(all: readonly Words[]): string {
  const lines = all.flatMap(({ path, words }) => words.map((word) => fishLine(path, word)))
  return `# fish completion of keyturn: keyturn completion fish | source\n${lines.join('\n')}\n`
}

function fishLine(path: string, word: string): string {
  const condition =
    path === ''
      ? '__fish_use_subcommand'
      : path
          .split(' ')
          .map((name) => `__fish_seen_subcommand_from ${name}`)
          .join('; and ')
  return word.startsWith('--')
    ? `complete -c keyturn -n '${condition}' -l ${word.slice(2)}`
    : `complete -c keyturn -f -n '${condition}' -a ${word}`
}
