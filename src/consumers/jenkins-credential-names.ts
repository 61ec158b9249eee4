import type { Seal } from '../model/secret.ts'
import type { FieldDocument } from './document-fields.ts'
import { isOfOthers, namesBitbucket, nameWords } from './name-words.ts'
import { isIssued } from './secret-text.ts'

/**
 * Whether the id, the description or the domain of a credential of Jenkins say that it is for Bitbucket Cloud. `BB` is short for other
 * things as well, so that the document has to name Bitbucket too; one that does not is not opened for it either.
 */
export function isOfBitbucket(words: readonly string[], secret: string, each: FieldDocument, seal: Seal): boolean {
  const named = words.map((each) => namesBitbucket(each)).filter((name) => name !== undefined)
  // A consumer of OAuth and a Data Center have logins as well.
  if (named.length === 0 || words.some((each) => isOfSomebodyElse(each))) return false
  return named.includes('certain') || (isIssued(secret, seal) && (/^AT/.test(secret) || isNamedIn(each)))
}

const NAMED = new WeakMap<FieldDocument, boolean>()

/** Asked for each of its credentials, and looked for once. */
function isNamedIn(document: FieldDocument): boolean {
  const isNamed = NAMED.get(document) ?? /bitb/i.test(document.text)
  NAMED.set(document, isNamed)
  return isNamed
}

/** A description is a sentence: `server` alone says nothing there. */
function isOfSomebodyElse(text: string): boolean {
  const words = nameWords(text)
  const isName = !/\s/.test(text.trim())
  return isName
    ? isOfOthers(words.filter((word) => word !== 'ID' && word !== 'NAME'))
    : /data ?center|bitbucket server|oauth|webhook|stash/i.test(text)
}
