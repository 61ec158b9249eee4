import { firstWord } from './ask-helper.ts'
import { isManager } from './credential-helpers.ts'
import type { CredentialQuestion } from './credential-question.ts'
import type { GitSetting } from './git-settings.ts'
import { whereOf, withoutSecret } from './setting-match.ts'
import type { SilentSource } from './source-standing.ts'

/** What becomes of a credential that git is given at a prompt. */
export type HelperHome =
  /** A helper in force keeps it. */
  | { readonly kind: 'kept'; readonly isManager: boolean }
  /** No helper in force can. Absent setting: none is named at all. */
  | { readonly kind: 'nowhere'; readonly setting?: { readonly file: string; readonly key: string } }
  /** A helper stops git or lets it wait for ever, so that no other is reached. */
  | {
      readonly kind: 'blocked'
      readonly where: string
      readonly line?: { readonly file: string; readonly number: number }
    }

const BLOCKS: readonly SilentSource['outcome'][] = ['told git to stop', 'timed out']

export function helperHome({ helpers, reset }: CredentialQuestion, silent: readonly SilentSource[]): HelperHome {
  const outcome = (helper: GitSetting) => silent.find(({ where }) => where.endsWith(`(${whereOf(helper)})`))?.outcome
  const blocking = helpers.find((helper) => BLOCKS.includes(outcome(helper) ?? 'silent'))
  if (blocking !== undefined) {
    const { file, line } = blocking
    return {
      kind: 'blocked',
      where: whereOf(blocking),
      ...(file === undefined || line === undefined ? {} : { line: { file, number: line } }),
    }
  }
  const keeping = helpers.filter((helper) => canKeep(helper) && outcome(helper) !== 'could not be run')
  if (keeping.length > 0) return { kind: 'kept', isManager: keeping.every(({ value }) => isManager(value)) }
  const last = helpers.at(-1) ?? reset
  // The file of the machine is not the person's to write; the global one is read after it.
  const isOwn = last !== undefined && last.scope !== 'system' && withoutSecret(last.key) === last.key
  if (!isOwn || last.file === undefined) return { kind: 'nowhere' }
  return { kind: 'nowhere', setting: { file: last.file, key: last.key } }
}

/** A snippet that only prints, and a helper that asks a browser each time, keep nothing. */
function canKeep({ value }: GitSetting): boolean {
  if (/(^|[/-])oauth\b/.test(firstWord(value))) return false
  return !/^!\s*(f\s*\(\)|echo\b|printf\b|cat\b)/.test(value) || /\bstore\b/.test(value)
}
