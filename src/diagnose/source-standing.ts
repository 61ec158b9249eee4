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
  /** The name that goes over the wire, where the URL or a setting puts it in place of the one stored. */
  readonly sentAs?: string
  /** A header of the scheme Bearer: the secret goes alone. */
  readonly bearer?: true
  readonly secret?: Secret
  readonly shape?: TokenShape
  readonly standing: Standing
  readonly why: string
  /** The place that a change would touch, where a detector finds it. */
  readonly place?: PlaceRef
  /** For extra headers and for helpers with the secret written into them: the setting as `git config --file` wants it. */
  readonly setting?: { readonly file: string; readonly key: string }
  /** `store --file=/x`: the value of `credential.helper`, where it can hold no secret. */
  readonly helper?: string
  /** Git Credential Manager holds it and does not give it. */
  readonly dropped?: true
  /** Why git does not get it, when that is not its username. */
  readonly barred?: 'by its path' | 'by a helper before it'
  /** Of userinfo: the remote whose URL holds it. */
  readonly remote?: { readonly name: string; readonly isPushUrl: boolean }
}

/** A source before its standing is known. */
export type Found = Omit<Source, 'standing' | 'why'> & {
  readonly matched: boolean
  /** Why it is not matched, when that is not the username. */
  readonly reason?: string
}

/** What git asks and what gives it nothing. */
export interface SilentSource {
  readonly kind: Source['kind']
  readonly where: string
  readonly outcome:
    | 'broken'
    | 'silent'
    | 'named a user'
    | 'could not be run'
    | 'timed out'
    | 'told git to stop'
    | 'not asked'
  readonly why: string
}

/** Sources and silent ones in one list, in the order in which git would come to them. */
export type Step = Source | SilentSource

export function isSilent(step: Found | Step): step is SilentSource {
  return 'outcome' in step
}

export function withStanding(
  found: readonly (Found | SilentSource)[],
  pinned: PinnedUsername | undefined,
): readonly Step[] {
  let before: Found | undefined
  let next: Found | undefined
  return found.map((entry): Step => {
    if (isSilent(entry)) return entry
    const { matched, reason, ...rest } = entry
    const source = { ...rest, ...nameOnTheWire(entry, pinned) }
    if (!matched)
      return {
        ...source,
        standing: 'not matched',
        why: reason ?? `git asks for the username ${pinned?.username ?? 'that was named before it'} only`,
      }
    if (before === undefined) {
      before = entry
      return { ...source, standing: 'sent first', why: firstWhy(entry) }
    }
    // libcurl answers the first 401 from netrc; only when that is refused with 401 does git ask its helpers.
    if (before.kind === 'netrc' && next === undefined) {
      next = entry
      return { ...source, standing: 'sent next', why: 'git asks it only after netrc was answered 401' }
    }
    return { ...source, standing: 'masked', why: maskedWhy(next ?? before, entry) }
  })
}

/**
 * libcurl puts the name of the URL before the password of netrc, and git asks askpass for the password of the user it wants. What a
 * helper answers replaces the name that it was asked for (git, credential.c: credential_read).
 */
function nameOnTheWire({ kind, username }: Found, pinned: PinnedUsername | undefined): Pick<Source, 'sentAs'> {
  const isPinned = kind === 'askpass' || (kind === 'netrc' && (pinned?.from === 'url' || pinned?.from === 'insteadOf'))
  return pinned === undefined || !isPinned || pinned.username === username ? {} : { sentAs: pinned.username }
}

/** `netrc, /home/alice/.netrc:1`; a helper without a file is called by its name alone. */
export function sourceWords({ kind, where }: Pick<Source, 'kind' | 'where'>): string {
  return where.startsWith('credential helper') ? where : `${kind}, ${where}`
}

function maskedWhy(before: Found, entry: Found): string {
  if (before.kind === 'extra header' && entry.kind === 'extra header')
    return 'the header before it goes out too, and is read first'
  if (before.kind === 'extra header' && entry.kind === 'helper')
    return 'the header replaces it; after a 401 git asks for it and makes the helper forget it'
  if (before.kind === 'helper' && entry.kind === 'helper')
    return isSameFile(before, entry) ? 'a line before it in the same file answers' : 'the helper before it answers'
  return `the ${before.kind} before it answers`
}

/** Both are lines of one store. */
export function isSameFile(a: Pick<Source, 'place'>, b: Pick<Source, 'place'>): boolean {
  return a.place?.at.kind === 'file' && b.place?.at.kind === 'file' && a.place.at.path === b.place.at.path
}

function firstWhy({ kind, secret }: Found): string {
  if (kind === 'extra header') return 'an Authorization header from the configuration replaces every other credential'
  if (kind === 'url userinfo') return 'the URL holds the credential, so git asks nobody else'
  if (kind === 'netrc') return 'libcurl reads netrc before git asks a helper'
  if (kind === 'helper') return 'the helper answers before anything is asked of a person or a program'
  return secret === undefined
    ? 'nothing before it answers; git runs it to ask, and keyturn does not'
    : 'nothing before it answers'
}
