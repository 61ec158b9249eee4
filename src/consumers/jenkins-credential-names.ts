import type { Seal } from '../model/secret.ts'
import { isOfOthers, namesBitbucket, nameWords } from './name-words.ts'
import { isIssued } from './secret-text.ts'

/** Whether the id, the description or the domain of a credential of Jenkins say that it is for Bitbucket Cloud. */
export function isOfBitbucket(words: readonly string[], secret: string, seal: Seal): boolean {
  const named = words.map((each) => namesBitbucket(each)).filter((name) => name !== undefined)
  // A consumer of OAuth and a Data Center have logins as well.
  if (named.length === 0 || words.some((each) => isOfSomebodyElse(each))) return false
  return named.includes('certain') || isIssued(secret, seal)
}

/** A description is a sentence: `server` alone says nothing there. */
function isOfSomebodyElse(text: string): boolean {
  const words = nameWords(text)
  const isName = !/\s/.test(text.trim())
  return isName
    ? isOfOthers(words.filter((word) => word !== 'ID' && word !== 'NAME'))
    : /data ?center|bitbucket server|oauth|webhook|stash/i.test(text)
}
