import type { Scope } from '../model/answer.ts'
import { groupedBy } from '../model/grouped-by.ts'
import type { TokenRequest } from '../model/token-request.ts'
import { optionalScopes } from './scopes.ts'
import type { TokenGroup } from './token-groups.ts'
import { membersOf } from './units.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** One year is the longest that Atlassian allows; a day less spares an argument about time zones. */
const LONGEST_DAYS = 364
/** Tokens end in 91 different days, a week apart first, so that no day ends them all; each is good for nine months at least. */
const WEEKS = 13
const DAYS_OF_WEEK = 7

/** What a person must create, `number` counting from 1. */
export function requestFor(group: TokenGroup, scopes: readonly Scope[], number: number, now: Date): TokenRequest {
  const optional = optionalScopes(group.places.flatMap(membersOf), scopes)
  return {
    id: `t${number}`,
    name: requestName(group),
    app: 'Bitbucket',
    scopes,
    ...(optional.length === 0 ? {} : { optional }),
    expiresOn: new Date(now.getTime() + daysFor(number) * DAY_MS).toISOString().slice(0, 10),
    ...(group.owner === undefined ? {} : { owner: group.owner }),
    places: group.places.map((place) => place.id),
    keepAs: group.keepAs,
  }
}

function daysFor(number: number): number {
  const index = number - 1
  return LONGEST_DAYS - (index % WEEKS) * DAYS_OF_WEEK - (Math.floor(index / WEEKS) % DAYS_OF_WEEK)
}

/** Atlassian's list of tokens shows names alone, so the name says where the token is used. */
const LONGEST_NAME = 72

function requestName({ places }: TokenGroup): string {
  const [first] = places
  if (places.length === 1 && first !== undefined) {
    const where = `${lastParts(first.at.kind === 'file' ? first.at.path : first.at.url)} ${first.address}`
    return `keyturn: ${first.consumer} ${shortened(where, LONGEST_NAME - first.consumer.length - 10)}`
  }
  const consumers = [...new Set(places.map((place) => place.consumer))].sort()
  const all = `keyturn: ${consumers.join(', ')}`
  if (all.length <= LONGEST_NAME) return all
  const few = [3, 2].map((count) => fewOf(consumers, count))
  return few.find(({ length }) => length <= LONGEST_NAME) ?? fewOf(consumers, 1)
}

function fewOf(consumers: readonly string[], count: number): string {
  return `keyturn: ${consumers.slice(0, count).join(', ')} and ${consumers.length - count} more`
}

/** Of tokens that would be called the same each is called after its name in the vault, too. */
export function withOwnNames(requests: readonly TokenRequest[]): readonly TokenRequest[] {
  const alike = groupedBy(requests, ({ name }) => name)
  return requests.map((request) => {
    const { name, keepAs = request.id } = request
    if ((alike.get(name)?.length ?? 0) < 2) return request
    const suffix = ` (${keepAs})`
    return { ...request, name: `${name.slice(0, LONGEST_NAME - suffix.length)}${suffix}` }
  })
}

/** The file and its folder, of a clone its own: a whole path says more of a machine than a list at Atlassian needs to show. */
function lastParts(path: string): string {
  const parts = path.split('/')
  // Every clone has a `.git/config`.
  return parts.slice(parts.at(-2) === '.git' ? -3 : -2).join('/')
}

function shortened(text: string, width: number): string {
  return text.length <= width ? text : `...${text.slice(text.length - width + 3)}`
}
