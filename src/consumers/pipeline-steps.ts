import type { Operation, Repository } from '../model/use.ts'
import { isOnWeb, repositoryOf } from './bitbucket-hosts.ts'
import type { FieldDocument } from './document-fields.ts'

/** What a variable is used for: absent repository where its address is put together from other variables. */
export interface StepUse {
  readonly operation: Operation
  readonly repository?: Repository
}

/** The commands of a pipeline, asked what they do with an address or with a variable. */
export interface Steps {
  /** What git does with the URL that stands at `at` in `text`. */
  readonly gitAt: (text: string, at: number) => readonly Operation[]
  /** What the commands of the document do with the variable; none: nothing here says so. */
  readonly usesOf: (name: string) => readonly StepUse[]
}

const KNOWN = new WeakMap<FieldDocument, Steps>()

export function stepsOf(document: FieldDocument): Steps {
  const known = KNOWN.get(document)
  if (known !== undefined) return known
  const pushes = new Set([...document.text.matchAll(PUSH)].map(({ 1: remote = '' }) => remote))
  const references = referencesIn(document.text, pushes)
  const steps: Steps = {
    gitAt: (text, at) => gitOperations(commandBefore(text, at), pushes),
    usesOf: (name) => references.get(name) ?? [],
  }
  KNOWN.set(document, steps)
  return steps
}

/** `git push --mirror bb main`: the remote is the first word that is no option. */
const PUSH = /\bgit[ \t](?:[^\n;&|]{0,200}?[ \t])?push(?:[ \t]+-[\w=-]+)*[ \t]+["']?([\w.-]{1,100})(?=["'\s]|$)/g
const REMOTE = /\bremote[ \t]+(?:add|set-url)(?:[ \t]+-\S+)*[ \t]+["']?([\w.-]+)["']?[ \t]+["']?$/
/** One command is rarely longer. */
const AROUND = 600

function commandBefore(text: string, at: number): string {
  const before = text.slice(Math.max(0, at - AROUND), at)
  const start = [...before.matchAll(/(?<!\\)(?<!\\\r)\r?\n|&&|\|\||;/g)].at(-1)
  return start === undefined ? before : before.slice(start.index + start[0].length)
}

function gitOperations(command: string, pushes: ReadonlySet<string>): readonly Operation[] {
  if (/\bgit\b[\s\S]*?[ \t]push\b/.test(command)) return ['git-push']
  const remote = REMOTE.exec(command)?.[1]
  return remote !== undefined && pushes.has(remote) ? ['git-push'] : ['git-fetch']
}

/** `$NAME`, `${NAME}`, `${{ env.NAME }}`, `$env:NAME`, `%NAME%`, `$(NAME)`, `env.NAME`. */
const REFERENCE = /(?:\$\{?|\$\{\{[ \t]*(?:env|secrets|vars)\.|\$env:|\$\(|%|\benv\.)([A-Za-z_]\w{2,100})/g
/** A document full of references stays quick to read. */
const MOST = 2000

function referencesIn(text: string, pushes: ReadonlySet<string>): ReadonlyMap<string, readonly StepUse[]> {
  const uses = new Map<string, StepUse[]>()
  for (const { 1: name = '', index } of [...text.matchAll(REFERENCE)].slice(0, MOST)) {
    const use = useAt(text, index, pushes)
    const list = uses.get(name) ?? []
    if (use !== undefined && !list.some((each) => isSame(each, use))) uses.set(name, [...list, use])
  }
  return uses
}

function useAt(text: string, at: number, pushes: ReadonlySet<string>): StepUse | undefined {
  const before = commandBefore(text, at)
  const after = text.slice(at, at + AROUND)
  const command = before + after.slice(0, /(?<!\\)(?<!\\\r)\r?\n/.exec(after)?.index ?? after.length)
  const address = /(?<![\w-])(api\.)?bitbucket\.org(\/[^\s"'`)]*)?/.exec(command)
  if (address === null) return undefined
  const [, api, path = ''] = address
  const operation =
    api !== undefined ? 'rest' : isOnWeb(path) ? 'web' : gitOperations(before.replace(/https?:\/\/\S*$/, ''), pushes)[0]
  const repository = repositoryOf(path)
  const isKnown = operation !== 'rest' && repository !== undefined && !/[${}%]/.test(path)
  return { operation: operation ?? 'git-fetch', ...(isKnown ? { repository } : {}) }
}

function isSame(one: StepUse, other: StepUse): boolean {
  const keyOf = ({ operation, repository }: StepUse): string =>
    `${operation} ${repository?.workspace ?? ''}/${repository?.slug ?? ''}`
  return keyOf(one) === keyOf(other)
}
