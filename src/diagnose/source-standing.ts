import type { TokenShape } from '../bitbucket/token-shape.ts'
import type { PlaceRef } from '../model/place.ts'
import type { Secret } from '../model/secret.ts'
import type { PinnedUsername } from './git-target.ts'

/**
 * `sent first`: git sends it with its first authenticated request. `sent next`: only after the one before was answered 401.
 * `masked`: never reached. `not matched`: it holds a credential for this host under another username than git asks for.
 */
export type Standing = 'sent first' | 'sent next' | 'masked' | 'not matched'

/** One thing that git or libcurl would take a credential from. */
export interface Source {
  readonly kind: 'extra header' | 'url userinfo' | 'netrc' | 'helper' | 'askpass'
  /** `/home/alice/.gitconfig:4`, or the helper's name. */
  readonly where: string
  readonly username?: string
  readonly secret?: Secret
  readonly shape?: TokenShape
  readonly standing: Standing
  readonly why: string
  /** The place that a change would touch, where a detector finds it. */
  readonly place?: PlaceRef
  /** For extra headers and for helpers with the secret written into them: the setting as `git config --file` wants it. */
  readonly setting?: { readonly file: string; readonly key: string }
}

/** A source before its standing is known. */
export type Found = Omit<Source, 'standing' | 'why'> & { readonly matched: boolean }

export function withStanding(found: readonly Found[], pinned: PinnedUsername | undefined): readonly Source[] {
  let before: Found | undefined
  return found.map((entry) => {
    const { matched, ...source } = entry
    if (!matched)
      return {
        ...source,
        standing: 'not matched' as const,
        why: `git asks for the username ${pinned?.username ?? ''} only`,
      }
    if (before === undefined) {
      before = entry
      return { ...source, standing: 'sent first' as const, why: firstWhy(entry.kind) }
    }
    // libcurl answers the first 401 from netrc; only when that is refused with 401 does git ask its helpers.
    if (before.kind === 'netrc')
      return { ...source, standing: 'sent next' as const, why: 'git asks it only after netrc was answered 401' }
    if (before.kind === 'helper' && entry.kind === 'helper')
      return { ...source, standing: 'masked' as const, why: helperWhy(before, entry) }
    return { ...source, standing: 'masked' as const, why: `the ${before.kind} before it answers` }
  })
}

function helperWhy(before: Found, entry: Found): string {
  return isSameFile(before, entry) ? 'a line before it in the same file answers' : 'the helper before it answers'
}

/** Both are lines of one store. */
export function isSameFile(a: Pick<Source, 'place'>, b: Pick<Source, 'place'>): boolean {
  return a.place?.at.kind === 'file' && b.place?.at.kind === 'file' && a.place.at.path === b.place.at.path
}

function firstWhy(kind: Source['kind']): string {
  if (kind === 'extra header') return 'an Authorization header from the configuration replaces every other credential'
  if (kind === 'url userinfo') return 'the URL holds the credential, so git asks nobody else'
  if (kind === 'netrc') return 'libcurl reads netrc before git asks a helper'
  if (kind === 'helper') return 'the helper answers before anything is asked of a person or a program'
  return 'nothing before it answers'
}
