import type { Scope } from '../model/answer.ts'
import type { Use } from '../model/use.ts'

const scope = (name: string): Scope => `${name}:bitbucket`

const READ = scope('read:repository')
/** Pushing needs both: write does not include read (docs/bitbucket-authentication.md, "Scopes"). */
const PUSH = [READ, scope('write:repository')]
/** What Jenkins' Bitbucket Branch Source asks for in its user guide, without webhook management. */
const BRANCH_SOURCE = [READ, scope('read:project'), scope('read:pullrequest'), scope('read:workspace')]

/** Whether Jenkins' Branch Source does this: it signs in to REST and git with one credential and swaps the username itself. */
export function isBranchSource(use: Use): boolean {
  return use.by.endsWith(' (Branch Source)')
}

/** Least scopes for what is done, sorted; never copied from the permissions of an app password. */
export function scopesFor(uses: readonly Use[]): readonly Scope[] {
  const needed = new Set(uses.flatMap(scopesOf))
  if (needed.size === 0) needed.add(READ)
  return [...needed].sort()
}

function scopesOf(use: Use): readonly Scope[] {
  if (isBranchSource(use)) return BRANCH_SOURCE
  return use.operation === 'git-push' ? PUSH : [READ]
}

/** `not reported` counts as covering: only Bitbucket can tell, and every change is proved. */
export function covers(granted: readonly Scope[] | 'not reported', needed: readonly Scope[]): boolean {
  return granted === 'not reported' || needed.every((one) => granted.includes(one))
}
