import { ACCESS_TOKEN_GIT_USERNAME, API_TOKEN_GIT_USERNAME, usernameFor } from '../bitbucket/usernames.ts'
import type { Place } from '../model/place.ts'
import type { SecretKind } from '../model/secret.ts'
import type { Use } from '../model/use.ts'
import { isBranchSource } from './branch-source.ts'
import {
  ACCESS_TOKEN_FOR_BOTH,
  type ConditionWords,
  managerKeeps,
  NO_API_TOKEN,
  PUTS_TOKEN_NAME,
  RESOLUTIONS,
  type Resolution,
} from './resolutions.ts'

export interface Owner {
  readonly email?: string
  readonly username?: string
}

/** What a step may say of a username. */
export interface UsernameWords {
  readonly reason: string
  readonly alternative?: string
  /** What Bitbucket takes here, the chosen one first. */
  readonly usernames?: readonly string[]
  readonly condition?: ConditionWords
  /** What is proved through the place, where that is not each use under the username that it gets. */
  readonly uses?: readonly Use[]
}

export type ChosenUsername =
  | ({ readonly kind: 'use'; readonly username: string } & UsernameWords)
  /** None is presented. */
  | ({ readonly kind: 'none' } & UsernameWords)
  /** git and REST want different ones, and the place must become two. */
  | { readonly kind: 'split'; readonly reason: string; readonly wayOut: string }
  /** `unserved`: the way out is without a token of this kind. */
  | { readonly kind: 'impossible'; readonly reason: string; readonly wayOut: string; readonly unserved?: true }
  /** Right but for the e-mail of the owner, which comes with the token. `here`: it is for another field, and this one is known. */
  | { readonly kind: 'e-mail missing'; readonly reason: string; readonly wayOut: string; readonly here?: HereAlready }

type HereAlready = Required<Pick<UsernameWords, 'condition' | 'uses'>> & { readonly username: string }

/** The username that one place needs for everything that is done through it, by what is done, the kind of secret, and the tool. */
export function chooseUsername(place: Place, kind: SecretKind, owner: Owner): ChosenUsername {
  const barred = barredHere(place, kind)
  if (barred !== undefined) return barred
  const git = place.uses.filter((use) => sideOf(use) === 'git')
  const rest = place.uses.filter((use) => sideOf(use) === 'rest')
  const isMixed = git.length > 0 && rest.length > 0
  if (place.username === undefined && !canGetUsername(place, kind)) return withoutUsername(place, git, isMixed, kind)
  if (place.uses.some(isBranchSource)) return forBranchSource(git, kind, owner)
  if (isMixed) return forBoth(place, git, kind, owner)
  const side = rest.length > 0 || (git.length === 0 && place.host === 'api.bitbucket.org') ? 'rest' : 'git'
  const apart = side === 'rest' && kind === 'api-token' ? rest.filter(isUnderOwnName) : []
  if (apart.length > 0) return presentedApart(apart)
  const inUrls = side === 'rest' && kind === 'api-token' ? rest.filter(({ spelled }) => spelled === 'in a URL') : []
  if (inUrls.length > 0) return unencoded(inUrls)
  if (side === 'rest' && kind === 'access-token' && ACCESS_TOKEN_FOR_BOTH.has(place.consumer))
    return accessTokenForBoth()
  const chosen = forSide(side, kind, owner)
  return place.consumer === 'gcm' ? worded(chosen, { condition: managerKeeps(kind) }) : chosen
}

function isUnderOwnName({ spelled }: Use): boolean {
  return spelled === 'under a name of its own'
}

/** `-u alice:$SECRET`: whatever the username beside the secret is set to, another one is sent. */
function presentedApart(uses: readonly Use[]): ChosenUsername {
  return impossible({
    reason:
      'what reads it presents it under a username that is written there, and REST takes an API token under the e-mail only',
    wayOut: `Put the e-mail, or the variable that holds the username, where it is read (${fewOf(followedTo(uses))}), then plan again.`,
  })
}

/** `https://$PAIR@api.bitbucket.org`: curl and git refuse an address with two of these signs. */
function unencoded(inUrls: readonly Use[]): ChosenUsername {
  return impossible({
    reason:
      'REST takes an API token under the e-mail, and what reads it puts the username into a URL as it is, where an @ breaks the URL',
    wayOut: `Let what reads it (${fewOf(followedTo(inUrls))}) hand it over outside of the URL (curl -u), then plan again; or write the e-mail with %40 by hand where nothing else reads it.`,
  })
}

/** Branch Source signs in to both and swaps the username itself, so its uses are on neither side. */
export function sideOf(use: Use): 'git' | 'rest' | 'either' {
  if (isBranchSource(use)) return 'either'
  return use.operation === 'git-fetch' || use.operation === 'git-push' ? 'git' : 'rest'
}

function barredHere({ consumer, address }: Place, kind: SecretKind): ChosenUsername | undefined {
  const found = NO_API_TOKEN.find((one) => one.consumer === consumer && one.address.test(address))
  if (found === undefined || (kind !== 'api-token' && found.noToken === undefined)) return undefined
  return impossible(found)
}

function impossible({ reason, wayOut, unserved }: Unserved): ChosenUsername {
  return { kind: 'impossible', reason, wayOut, ...(unserved === undefined ? {} : { unserved }) }
}

interface Unserved {
  readonly reason: string
  readonly wayOut: string
  readonly unserved?: true
}

/** Their connectors write a username where none stands: in an entry, in the URL of a remote, or in a header, which is Basic from then on. */
const ADDS_USERNAME: ReadonlySet<string> = new Set(['netrc', 'git-config', 'jenkins-home'])

/** A field of its own cannot be made up. */
function canGetUsername(place: Place, kind: SecretKind): boolean {
  const { consumer, secret, address } = place
  // git takes access tokens as Bearer, and API tokens under their username alone.
  const isHeader = consumer === 'git-config' && address.startsWith('http.') && kind === 'api-token'
  return (
    consumer === 'netrc' ||
    secret?.encoding === 'base64-pair' ||
    isHeader ||
    (isInUrl(place) && ADDS_USERNAME.has(consumer))
  )
}

/** `https://TOKEN@bitbucket.org/…`; a token by itself may be written as in a URL, too. */
function isInUrl({ consumer, secret }: Place): boolean {
  return consumer !== 'token' && (secret?.inner?.at(-1)?.encoding ?? secret?.encoding) === 'percent'
}

const NEEDS_NONE: ChosenUsername = { kind: 'none', reason: 'access tokens need no username here' }
const GIT_NAMES_IT: ConditionWords = {
  text: `git presents these access tokens under ${ACCESS_TOKEN_GIT_USERNAME}`,
  reason: 'no username was found that goes with them, and git takes access tokens under no other',
  wayOut: `Find where the username is set, and put ${ACCESS_TOKEN_GIT_USERNAME} there.`,
}

/** What stands before the `@` is sent as the username, and nothing as the password. */
function aloneInUrl(uses: readonly Use[], kind: SecretKind): ChosenUsername {
  const isGit = uses.every((use) => sideOf(use) === 'git')
  const forGit = kind === 'access-token' ? ACCESS_TOKEN_GIT_USERNAME : API_TOKEN_GIT_USERNAME
  return impossible({
    reason: 'the URL has the secret alone, in place of a username, and Bitbucket wants a username before it',
    wayOut: isGit
      ? `Write ${forGit}: and the new token before the @ of the URL, by hand.`
      : 'Write the e-mail (@ as %40), a colon and a new API token before the @ of the URL, by hand.',
  })
}

/** Secret text of Jenkins, a variable: what goes with it stands elsewhere, or nothing does. */
function withoutUsername(place: Place, git: readonly Use[], isMixed: boolean, kind: SecretKind): ChosenUsername {
  const { consumer, uses } = place
  if (isInUrl(place)) return aloneInUrl(uses, kind)
  if (kind === 'access-token')
    return git.length === 0 || PUTS_TOKEN_NAME.has(consumer)
      ? NEEDS_NONE
      : { kind: 'none', reason: NEEDS_NONE.reason, condition: GIT_NAMES_IT }
  if (consumer.startsWith('jenkins'))
    return impossible({
      reason: 'a secret text has no username, and an API token needs one',
      wayOut:
        'Name an access token of the vault: keyturn plan --token NAME. Or use a credential of the kind "Username with password".',
    })
  const resolution = isMixed ? resolutionOf(place) : undefined
  if (resolution?.kind === 'none' || resolution?.kind === 'other field') return barredBy(resolution)
  const logins = uses.filter(({ spelled }) => spelled !== undefined)
  if (!isMixed && logins.length > 0)
    return impossible({
      reason:
        'it is presented under a username that stands elsewhere, and REST takes an API token there under the e-mail only',
      wayOut: usernameElsewhere(followedTo(logins), 'rest'),
    })
  if (uses.length > 0 && uses.every((use) => sideOf(use) === 'rest')) return withoutUsernameOnRest(place)
  const readers = isMixed && resolution === undefined ? followedTo(git) : []
  if (readers.length > 0)
    return impossible({ reason: DIFFERENT, wayOut: constantIn(readers, 'the e-mail where REST is asked') })
  const side = resolution === undefined ? undefined : resolution.kind === 'swaps' ? 'rest' : resolution.here
  return impossible({
    reason: `no username was found that goes with it, and ${wantedBy(isMixed, side)}`,
    wayOut: usernameElsewhere(followedTo(uses), side),
  })
}

/** Of the tool whose place it is, or to which alone a variable was followed. */
function resolutionOf({ consumer, uses }: Place): Resolution | undefined {
  const [tool, ...others] = new Set(uses.map((use) => use.tool))
  return RESOLUTIONS[consumer] ?? (tool === undefined || others.length > 0 ? undefined : RESOLUTIONS[tool])
}

/** An app password was never sent as Bearer: who reads it presents a username with it, and the old one is refused with a token. */
function withoutUsernameOnRest({ secret, uses }: Place): ChosenUsername {
  const reason = 'REST takes API tokens as Bearer, without a username, since August 2026'
  if (secret?.kind !== 'app-password' && secret?.kind !== 'account-password') return { kind: 'none', reason }
  const readers = followedTo(uses)
  const where = readers.length === 0 ? '' : ` where it is read (${fewOf(readers)})`
  return {
    kind: 'none',
    reason,
    condition: {
      text: 'REST is asked with these API tokens under the Atlassian e-mail, or as Bearer',
      reason: 'what stood here was sent under a username, which was not found and is refused with an API token',
      wayOut: `Find its username${where}, and put the e-mail there.`,
    },
  }
}

/** Where a variable was followed to its readers, its username stands there. */
function usernameElsewhere(readers: readonly string[], side: 'git' | 'rest' | undefined): string {
  const orToken = 'or name an access token: keyturn plan --token NAME'
  if (readers.length === 0) return `Find where its username is set, and change both by hand; ${orToken}`
  const name = side === 'rest' ? 'the e-mail' : API_TOKEN_GIT_USERNAME
  return `Its username stands where it is read (${fewOf(readers)}): put ${name} there and the token here, by hand; ${orToken}`
}

function fewOf(readers: readonly string[]): string {
  const more = readers.length > 3 ? ` and ${readers.length - 3} more` : ''
  return `${readers.slice(0, 3).join(', ')}${more}`
}

function wantedBy(isMixed: boolean, side: 'git' | 'rest' | undefined): string {
  if (side === 'rest') return 'the tool takes an API token under the e-mail only'
  if (side === undefined && isMixed) return 'git and REST take an API token under different ones'
  return 'git takes an API token under a fixed one only'
}

function forBranchSource(git: readonly Use[], kind: SecretKind, owner: Owner): ChosenUsername {
  if (kind !== 'api-token')
    return {
      kind: 'impossible',
      reason: 'this place presents a username, and Branch Source takes access tokens from a secret text only',
      wayOut: 'Use an API token, or a credential of the kind "Secret text" for the access token.',
    }
  if (git.length > 0)
    return {
      kind: 'split',
      reason: 'Branch Source needs the e-mail and a plain git checkout needs the fixed username',
      wayOut: SPLIT,
    }
  const chosen = forSide('rest', kind, owner)
  return chosen.kind === 'use'
    ? {
        ...chosen,
        reason:
          'Branch Source takes API tokens under the Atlassian e-mail, and puts the fixed username in for git by itself',
        alternative: 'an access token in a credential of the kind "Secret text"',
      }
    : chosen
}

const SPLIT = 'Use two credentials, one under each username, or an access token.'

function forBoth(place: Place, git: readonly Use[], kind: SecretKind, owner: Owner): ChosenUsername {
  if (kind === 'access-token') return ACCESS_TOKEN_FOR_BOTH.has(place.consumer) ? accessTokenForBoth() : bearerOnly()
  const resolution = RESOLUTIONS[place.consumer]
  if (resolution !== undefined) return resolved(resolution, place.uses, kind, owner)
  if (place.with !== undefined)
    return {
      kind: 'impossible',
      reason: 'places that share one username need different ones for git and REST',
      wayOut: 'Give each secret a username of its own, then plan again.',
    }
  const readers = followedTo(git)
  return {
    kind: 'split',
    reason: DIFFERENT,
    wayOut: readers.length === 0 ? SPLIT : constantIn(readers, 'set the e-mail here, for REST'),
  }
}

const DIFFERENT = 'git and REST need different usernames for one token'

function followedTo(git: readonly Use[]): readonly string[] {
  return [...new Set(git.flatMap(({ by, followed }) => (followed ? [by] : [])))]
}

/** Where a variable was followed to its readers, the way out is exact: git gets the fixed name there, and REST the e-mail. */
function constantIn(readers: readonly string[], forRest: string): string {
  return `Write x-bitbucket-api-token-auth into the git URLs themselves (${fewOf(readers)}) and ${forRest}; or use an access token.`
}

function resolved(resolution: Resolution, uses: readonly Use[], kind: SecretKind, owner: Owner): ChosenUsername {
  switch (resolution.kind) {
    case 'swaps':
      return worded(forSide('rest', kind, owner), {
        reason: resolution.reason,
        alternative: 'an access token, where the tool has a field for one',
        uses: underOwnName(uses, 'git', forSide('git', kind, owner)),
      })
    case 'one side':
      return onOneSide(uses, resolution, kind, owner)
    case 'other field':
    case 'none':
      return barredBy(resolution)
  }
}

function barredBy(resolution: Extract<Resolution, { kind: 'none' | 'other field' }>): ChosenUsername {
  return resolution.kind === 'none'
    ? impossible(resolution)
    : impossible({
        reason: 'the tool takes API tokens in another field than what stands here',
        wayOut: resolution.wayOut,
      })
}

/** The other side is proved under the name that it has elsewhere, or not at all where nothing must use it. */
function onOneSide(
  uses: readonly Use[],
  { here, other, condition }: Extract<Resolution, { kind: 'one side' }>,
  kind: SecretKind,
  owner: Owner,
): ChosenUsername {
  const there = here === 'git' ? 'rest' : 'git'
  const chosen = forSide(here, kind, owner)
  const ofHere = uses.filter((use) => sideOf(use) !== there)
  if (other === 'unused') return worded(chosen, { condition, uses: ofHere })
  const elsewhere = forSide(there, kind, owner)
  // Without the address the field that is to be added cannot be filled, and REST would be proved under the name for git.
  if (elsewhere.kind === 'e-mail missing' && chosen.kind === 'use')
    return { ...elsewhere, here: { username: chosen.username, condition, uses: ofHere } }
  return worded(chosen, { condition, uses: underOwnName(uses, there, elsewhere) })
}

function underOwnName(uses: readonly Use[], side: 'git' | 'rest', chosen: ChosenUsername): readonly Use[] {
  if (chosen.kind !== 'use') return uses
  return uses.map((use) => (sideOf(use) === side ? { ...use, username: chosen.username } : use))
}

function worded(chosen: ChosenUsername, words: Partial<UsernameWords>): ChosenUsername {
  return chosen.kind === 'use' ? { ...chosen, ...words } : chosen
}

function forSide(side: 'git' | 'rest', kind: SecretKind, owner: Owner): ChosenUsername {
  const choice = usernameFor(side === 'git' ? 'git-fetch' : 'rest', kind, owner)
  if (choice.kind === 'bearer') return bearerOnly()
  if (choice.kind === 'use')
    return {
      kind: 'use',
      username: choice.username,
      reason: choice.reason,
      ...others(side, kind, choice.username, owner),
    }
  const isMissing = kind === 'api-token' && owner.email === undefined
  return {
    kind: isMissing ? 'e-mail missing' : 'impossible',
    reason: choice.reason,
    wayOut: 'Give the e-mail with the token: keyturn token add NAME --email ADDRESS',
  }
}

/** git takes an API token under the Bitbucket username of its owner as well. */
function others(
  side: 'git' | 'rest',
  kind: SecretKind,
  chosen: string,
  { username }: Owner,
): Pick<UsernameWords, 'usernames'> {
  const own = side === 'git' && kind === 'api-token' && username !== undefined && !username.includes('@')
  return { usernames: own && username !== chosen ? [chosen, username] : [chosen] }
}

function accessTokenForBoth(): ChosenUsername {
  return {
    kind: 'use',
    username: ACCESS_TOKEN_GIT_USERNAME,
    reason: 'git takes access tokens under this fixed username, and the tool sends them to REST as Bearer',
    usernames: [ACCESS_TOKEN_GIT_USERNAME],
  }
}

function bearerOnly(): ChosenUsername {
  return {
    kind: 'impossible',
    reason: 'this place presents a username, and REST takes access tokens as Bearer only',
    wayOut: 'Use an API token.',
  }
}
