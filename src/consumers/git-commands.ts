import type { Operation } from '../model/use.ts'
import { addressIn } from './bitbucket-address.ts'
import type { SeenUse } from './command-uses.ts'
import type { Command } from './document-commands.ts'

/** What the git commands of a document do, for those that only say where and with what. */
export interface GitCommands {
  /** What is done through the remote of that name, later. */
  readonly through: (remote: string, from: Command) => readonly Operation[]
  /** What a credential is for that is stored for git: all that it does with addresses of Bitbucket. */
  readonly stored: readonly SeenUse[]
}

interface Read {
  readonly command: Command
  /** With the addresses that variables hold. */
  readonly text: string
}

/** Of one script; one with more is made by a program, and stays quick to read. */
const MOST = 500

export function gitCommandsOf(commands: readonly Read[]): GitCommands {
  const git = commands.flatMap(({ command, text }) => {
    const told = gitOf(command)
    return told === undefined ? [] : [{ ...told, at: command.at, address: addressIn(text) }]
  })
  const named = git.filter(({ name }) => name === 'push' || name === 'fetch' || name === 'pull').slice(0, MOST)
  const sources = git
    .filter(({ name, address }) => address !== undefined && (name === 'clone' || name === 'remote'))
    .slice(0, MOST)
  const byRemote = new Map<string, { readonly at: number; readonly operation: Operation }[]>()
  for (const { name, remote, at, address } of named)
    if (address === undefined) {
      const list = byRemote.get(remote) ?? []
      list.push({ at, operation: name === 'push' ? 'git-push' : 'git-fetch' })
      byRemote.set(remote, list)
    }
  const starts = sources.map(({ at }) => at).sort((a, b) => a - b)
  const through = (remote: string, { at }: Command): readonly Operation[] => {
    // Up to the next remote that is made: what follows is done through that one.
    const end = remote === 'origin' ? (starts.find((start) => start > at) ?? Infinity) : Infinity
    const done = (byRemote.get(remote) ?? []).filter((each) => each.at > at && each.at < end)
    return [...new Set(done.map(({ operation }) => operation))]
  }
  const asked = git.slice(0, MOST).flatMap(({ name, address }): readonly SeenUse[] => {
    if (address === undefined || address.side !== 'git') return []
    const { side: _, ...owner } = address
    return [{ operation: name === 'push' ? 'git-push' : 'git-fetch', ...owner }]
  })
  const pushes = named.some(({ name, address }) => name === 'push' && address === undefined)
  const pushed = pushes ? asked.slice(0, 1).map((use): SeenUse => ({ ...use, operation: 'git-push' })) : []
  return { through, stored: distinct([...asked, ...pushed]) }
}

interface Told {
  /** `clone`, `push`, ... */
  readonly name: string
  /** Of `push`, `fetch` and `pull` the one that they name, else `origin`; of `remote` the one that it makes. */
  readonly remote: string
}

const WITH_VALUE = /^(?:-c|-C|--git-dir|--work-tree|--namespace|--exec-path|--config-env)$/

function gitOf({ words }: Command): Told | undefined {
  const start = words.findIndex((word) => /(?:^|[/\\])git(?:\.exe)?$/.test(word))
  if (start === -1) return undefined
  let at = start + 1
  while (words[at]?.startsWith('-')) at += WITH_VALUE.test(words[at] ?? '') ? 2 : 1
  const name = words[at] ?? ''
  const values = words.slice(at + 1).filter((word) => !word.startsWith('-'))
  if (name !== 'remote') return { name, remote: values[0] ?? 'origin' }
  return { name, remote: values[1] ?? 'origin' }
}

/** What a command does with the address that stands in it. */
export function operationsOfGit(command: Command, git: GitCommands): readonly Operation[] {
  const told = gitOf(command)
  if (told?.name === 'push') return ['git-push']
  if (told?.name === 'clone') return distinctOf(['git-fetch', ...git.through('origin', command)])
  if (told?.name !== 'remote') return ['git-fetch']
  const done = git.through(told.remote, command)
  return done.length === 0 ? ['git-fetch'] : done
}

/** A header, a helper, a store, `insteadOf`: for whatever git does elsewhere in the document. */
export function isStoring(command: Command): boolean {
  const told = gitOf(command)
  if (told?.name === 'config' || told?.name === 'credential') return true
  if (told !== undefined) return false
  return /\bmachine\s|\bextraheader\b|credential|netrc|\bGIT_ASKPASS\b/i.test(
    `${command.words.join(' ')}${command.input}`,
  )
}

function distinctOf(operations: readonly Operation[]): readonly Operation[] {
  return [...new Set(operations)]
}

function distinct(uses: readonly SeenUse[]): readonly SeenUse[] {
  return [...new Map(uses.map((use) => [JSON.stringify(use), use])).values()]
}
