import { endWords, hasEnded, isEndingSoon } from '../model/ends-soon.ts'
import type { Place } from '../model/place.ts'
import type { TokenSummary } from './choose-token.ts'

/** The token of the vault that a place holds, where it ends on a day that is near. */
export function endingToken(
  secret: Place['secret'],
  tokens: readonly TokenSummary[],
  now: Date,
): TokenSummary | undefined {
  const held = secret?.value?.fingerprint
  const token = held === undefined ? undefined : tokens.find(({ fingerprint }) => fingerprint === held)
  return token !== undefined && isEndingSoon(token, now) ? token : undefined
}

export function holdingIt(token: TokenSummary, now: Date): string {
  return `it holds the token "${token.name}", which ${hasEnded(token, now) ? 'ended' : 'ends'} ${endWords(token)}`
}
