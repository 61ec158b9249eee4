import type { FixedVariable } from '../model/consumer.ts'
import type { Use } from '../model/use.ts'
import type { VariableName } from '../model/variable-flow.ts'
import { accessOfMethod, addressIn } from './bitbucket-address.ts'
import type { Command } from './document-commands.ts'
import { foldedIn } from './folded-base64.ts'
import { type GitCommands, gitCommandsOf, isStoring, operationsOfGit } from './git-commands.ts'
import { spelledLogin } from './spelled-login.ts'
import { referencesIn } from './variable-references.ts'

export type SeenUse = Omit<Use, 'by'>

/** What a command does with Bitbucket, and the variables that it takes for it. */
export interface CommandUse {
  readonly command: Command
  readonly names: readonly VariableName[]
  readonly uses: readonly SeenUse[]
}

/** Variables that programs read by themselves, by the name of the program. */
export type ProgramVariables = ReadonlyMap<string, readonly FixedVariable[]>

/** What variables of the document hold, by their names: an address of Bitbucket; a name and a secret of another variable (`AUTH=alice:$SECRET`). */
export interface KnownTexts {
  readonly addresses: ReadonlyMap<string, string>
  readonly pairs: ReadonlyMap<string, string>
}

export function commandUses(
  commands: readonly Command[],
  { addresses, pairs }: KnownTexts,
  programs: ProgramVariables,
): readonly CommandUse[] {
  const expanded = commands.map((command) => ({ command, text: expand(textOf(command), addresses) }))
  const git = gitCommandsOf(expanded)
  const mentioned = new Set(commands.flatMap((each) => (isAssignment(each) ? [] : referencesIn(textOf(each)))))
  return expanded.flatMap(({ command, text }) => {
    // What a variable is for, the commands tell that take it.
    if (!TELLING.test(text)) return implicitUses(command, programs)
    const assigned = assignedBy(command)
    if (assigned !== undefined && mentioned.has(assigned)) return []
    const uses = usesOf(command, text, git)
    const names = uses.length === 0 ? [] : [...new Set([...referencesIn(textOf(command)), ...referencesIn(text)])]
    return [
      ...spelledUses({ command, names, uses }, expand(`${textOf(command)}\n${text}`, pairs)),
      ...implicitUses(command, programs),
    ]
  })
}

/** REST alone wants a name with an @, and takes a secret without any name. */
function spelledUses({ command, names, uses }: CommandUse, text: string): readonly CommandUse[] {
  if (names.length === 0) return []
  const isAsked = uses.some(({ operation }) => operation === 'rest' || operation === 'web')
  const spelled = isAsked ? spelledLogin(text) : undefined
  const how = { ...(spelled === undefined ? {} : { spelled }), ...foldedIn(textOf(command)) }
  return [{ command, names, uses: uses.map((use) => ({ ...use, ...how })) }]
}

/** Everything else says nothing of Bitbucket, and stores nothing for git. */
const TELLING = /bitbucket\.org|\bgit\b|credential|extraheader|GIT_ASKPASS|machine|netrc/i

function textOf({ words, input }: Command): string {
  return input === '' ? words.join(' ') : `${words.join(' ')}\n${input}`
}

/** The variable that a command does nothing but set; of a value of a document the key. */
function assignedBy(command: Command): string | undefined {
  if (isAssignment(command)) return /^(\w+)\+?=/.exec(command.words.at(-1) ?? '')?.[1]
  return command.words.length === 1 ? command.keys.at(-1) : undefined
}

/** `NAME=value`, `export NAME=value`. */
export function isAssignment({ words }: Command): boolean {
  return (
    words.length > 0 &&
    words.every((word) => /^(?:\w+\+?=|(?:export|local|declare|readonly|typeset|set|ENV|ARG|-\w+)$)/s.test(word))
  )
}

/** An address in an address is enough. */
const DEEPEST = 2
const LONGEST = 20_000

function expand(text: string, addresses: ReadonlyMap<string, string>, depth = 0): string {
  if (depth === DEEPEST || addresses.size === 0 || text.length > LONGEST) return text
  const names = referencesIn(text).filter((name) => addresses.has(name))
  if (names.length === 0) return text
  const known = names.map((name) => addresses.get(name) ?? '').filter((value) => value.length < 2000)
  const replaced = text.replace(
    /\$\{(\w+)\}|\$\((\w+)\)|\$(?:env:)?(\w+)|%(\w+)%|\{\{[ \t]*(\w+)[ \t]*\}\}/g,
    (whole, ...groups: readonly unknown[]) => {
      const name = groups.slice(0, 5).find((group) => typeof group === 'string')
      return (typeof name === 'string' ? addresses.get(name) : undefined) ?? whole
    },
  )
  // `${API%/}` and the like: what it holds is told behind the command.
  const spelled = replaced === text ? `${text} ${known.join(' ')}` : replaced
  return expand(spelled, addresses, depth + 1)
}

function usesOf(command: Command, text: string, git: GitCommands): readonly SeenUse[] {
  const address = addressIn(text)
  if (address?.side !== 'rest' && git.stored.length > 0 && isStoring(command)) {
    // One that names another host is for that one.
    return address === undefined && /https?:\/\//.test(text) ? [] : git.stored
  }
  if (address === undefined) return []
  const { side, ...owner } = address
  if (side === 'rest') return [{ operation: 'rest', ...owner, ...accessOf(command) }]
  if (side === 'web' || isDownload(command)) return [{ operation: 'web', ...owner }]
  return operationsOfGit(command, git).map((operation) => ({ operation, ...owner }))
}

const REQUESTS = /^(?:curl|wget|https?|xh|Invoke-RestMethod|Invoke-WebRequest|irm|iwr|curl\.exe)$/i

/** The program of a command, without its folder and without what runs it. */
export function programOf({ words }: Command): string {
  const first = words.find(
    (word) =>
      !/^(?:\w+\+?=|[-@+!]|(?:sudo|env|exec|time|nice|command|npx|bunx|pnpx|dlx|RUN|then|do|else|if|!)$)/s.test(word),
  )
  return (first ?? '').replace(/^.*[/\\]/s, '').replace(/@[\w.-]+$/, '')
}

const NO_GIT: GitCommands = { through: () => [], stored: [] }

/** What a command that sends one request asks of Bitbucket. Absent: it is no such command, or asks somebody else. */
export function requestOf(command: Pick<Command, 'words' | 'input'>): SeenUse | undefined {
  const asking = { ...command, at: 0, keys: [] }
  return isDownload(asking) ? usesOf(asking, textOf(asking), NO_GIT)[0] : undefined
}

function isDownload(command: Command): boolean {
  return REQUESTS.test(programOf(command))
}

/** The method of a request, where the command shows it. */
function accessOf(command: Command): Pick<Use, 'access'> {
  const program = programOf(command)
  if (!REQUESTS.test(program)) return {}
  const { words } = command
  const at = words.findIndex((word) => /^(?:-X|--request|--method|-Method)$/i.test(word))
  const attached = words.map((word) => /^(?:-X|--request=|--method=)([A-Za-z]+)$/.exec(word)?.[1]).find(Boolean)
  const bare = /^(?:https?|xh)$/.test(program)
    ? words.find((word) => /^(?:GET|HEAD|POST|PUT|DELETE|PATCH)$/.test(word))
    : undefined
  const method = (at === -1 ? undefined : words[at + 1]) ?? attached ?? bare
  if (method !== undefined) return { access: accessOfMethod(method) }
  const hasBody = words.some((word) =>
    /^(?:-d|-F|-T|--data[\w-]*|--form[\w-]*|--json|--upload-file|--post-\w+|-Body|-InFile)(?:=|$)/i.test(word),
  )
  return { access: hasBody && !words.some((word) => /^(?:-G|--get)$/.test(word)) ? 'write' : 'read' }
}

/** `renovate` reads `RENOVATE_TOKEN`, whether or not a line says so. */
function implicitUses(command: Command, programs: ProgramVariables): readonly CommandUse[] {
  const tool = programOf(command)
  const read = new Map((programs.get(tool) ?? []).map((each) => [each.variable, each.operations]))
  return [...read].map(([variable, operations]) => ({
    command,
    names: [variable],
    uses: operations.map((operation) => ({ operation, tool })),
  }))
}
