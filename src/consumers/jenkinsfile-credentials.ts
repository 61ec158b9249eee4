import type { Field } from '../formats/field.ts'
import type { DerivedVariable } from '../model/variable-flow.ts'
import { accessOfMethod, addressIn } from './bitbucket-address.ts'
import type { Command } from './document-commands.ts'
import type { FieldDocument } from './document-fields.ts'
import { type FieldIndex, indexOf } from './field-index.ts'
import { gitCommandsOf } from './git-commands.ts'
import type { SpotUse } from './variable-flow.ts'

/** One binding of `withCredentials`, as a call or as a map with `$class` (plugins.jenkins.io/credentials-binding). */
const BINDING =
  /\b(?:usernamePassword|usernameColonPassword|string|gitUsernamePassword)\s*\(([^()]{0,500})\)|\[([^[\]()]{0,500})\]/g
const BOUND = /\b(?:variable|usernameVariable|passwordVariable)\s*:\s*(['"])(\w+)\1/g
const ID = /\bcredentialsId\s*:\s*(['"])([^'"$\n]{1,200})\1/
/** Pipelines with more are made by programs. */
const MOST = 500

/** How a credential of the controller is named among variables. */
function credentialName(id: string): string {
  return `credentials:${id}`
}

/** Variables that a Jenkinsfile binds to credentials of its controller: `withCredentials`, and `credentials()` in `environment`. */
export function boundVariables({ format, text, fields }: FieldDocument): readonly DerivedVariable[] {
  if (format !== 'groovy') return []
  const inBindings = bindingsIn(text).flatMap(({ inside, at, id }) =>
    [...inside.matchAll(BOUND)].map(({ 2: name = '' }) => derived(name, id, at)),
  )
  return [...inBindings, ...fields.flatMap(inEnvironment)]
}

/** `BB = credentials('id')` also sets `BB_USR` and `BB_PSW` (jenkins.io/doc/book/pipeline/syntax, "environment"). */
function inEnvironment({ keys, value, extent }: Field): readonly DerivedVariable[] {
  const name = keys.at(-2) ?? ''
  if (keys.at(-1) !== 'credentials' || keys.at(-3) !== 'environment') return []
  return [name, `${name}_USR`, `${name}_PSW`].map((each) => derived(each, value.text, extent[0]))
}

function derived(name: string, id: string, at: number): DerivedVariable {
  return { name, at, keys: [], from: [credentialName(id)] }
}

interface Binding {
  readonly at: number
  readonly end: number
  readonly inside: string
  readonly id: string
  readonly isForGit: boolean
}

function bindingsIn(text: string): readonly Binding[] {
  if (!text.includes('credentialsId')) return []
  return [...text.matchAll(BINDING)].slice(0, MOST).flatMap((match) => {
    const inside = match[1] ?? match[2] ?? ''
    const id = ID.exec(inside)?.[2]
    const end = match.index + match[0].length
    return id === undefined ? [] : [{ at: match.index, end, inside, id, isForGit: match[0].startsWith('git') }]
  })
}

/** What steps of a Jenkinsfile do with a credential that they name by its id. */
export function credentialReads(document: FieldDocument, commands: readonly Command[]): readonly SpotUse[] {
  if (document.format !== 'groovy') return []
  const index = indexOf(document)
  const inSteps = document.fields.flatMap((field) => stepUse(field, index) ?? [])
  return [...inSteps, ...bindingsIn(document.text).flatMap((binding) => gitBindingUse(binding, document, commands))]
}

function stepUse(field: Field, index: FieldIndex): SpotUse | undefined {
  const { keys, value, extent } = field
  const name = keys.at(-1) ?? ''
  const isHttp = name === 'authentication' && keys.includes('httpRequest')
  if (!(isHttp || name === 'credentialsId') || value.text === '' || value.text.includes('$')) return undefined
  const spot = { names: [credentialName(value.text)], at: extent[0], keys: [] }
  if (/^bitbucket/i.test(keys.at(-2) ?? '')) return { ...spot, uses: [{ operation: 'rest' }] }
  const url = besideIt(field, /^(?:url|remote)$/, index)
  const address = url === undefined ? undefined : addressIn(url.value.text)
  // An id that stands nearer to the address has it.
  if (url === undefined || address === undefined || besideIt(url, new RegExp(`^${name}$`), index) !== field)
    return undefined
  const { side, ...owner } = address
  if (side !== 'rest') return { ...spot, uses: [{ operation: side === 'web' ? 'web' : 'git-fetch', ...owner }] }
  const method = besideIt(field, /^httpMode$/, index)?.value.text ?? 'GET'
  // The plugin HTTP Request signs in with a username and a password (plugins.jenkins.io/http_request, "authentication").
  const spelled = isHttp ? ({ spelled: 'beside a name' } as const) : {}
  return { ...spot, uses: [{ operation: 'rest', ...owner, access: accessOfMethod(method), ...spelled }] }
}

function besideIt(field: Field, name: RegExp, index: FieldIndex): Field | undefined {
  return index.siblingsOf(field.keys, field).find(({ keys }) => name.test(keys.at(-1) ?? ''))
}

/** `gitUsernamePassword` is for every git command of its block, whatever the address. */
function gitBindingUse(
  { id, end, at, isForGit }: Binding,
  { text }: FieldDocument,
  commands: readonly Command[],
): readonly SpotUse[] {
  if (!isForGit) return []
  const block = blockEnd(text, end)
  const inside = commands.filter((command) => command.at >= end && command.at < block)
  const uses = gitCommandsOf(inside.map((command) => ({ command, text: command.words.join(' ') }))).stored
  return uses.length === 0 ? [] : [{ names: [credentialName(id)], at, keys: [], uses }]
}

const LONGEST_BLOCK = 20_000

/** Where the next block ends. */
function blockEnd(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length && at < from + LONGEST_BLOCK; at++) {
    if (text[at] === '{') depth++
    else if (text[at] === '}' && --depth <= 0) return at
  }
  return Math.min(text.length, from + LONGEST_BLOCK)
}
