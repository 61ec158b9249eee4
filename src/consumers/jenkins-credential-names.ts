import type { Seal } from '../model/secret.ts'
import type { FieldDocument } from './document-fields.ts'
import { isOfOtherSystems, isOfOthers, namesBitbucket, nameWords } from './name-words.ts'
import { isIssued } from './secret-text.ts'

/** A username with a password, or a secret text. */
export type JenkinsSecretKind = 'login' | 'text'

/**
 * Whether the id, the description or the domain of a credential of Jenkins say that it is for Bitbucket Cloud. `BB` is short for other
 * things as well, so that the document has to name Bitbucket too; one that does not is not opened for it either.
 */
export function isOfBitbucket(
  words: readonly string[],
  secret: string,
  kind: JenkinsSecretKind,
  each: FieldDocument,
  seal: Seal,
): boolean {
  const named = words.map((each) => namesBitbucket(each)).filter((name) => name !== undefined)
  if (named.length === 0) return false
  const isOurs = isIssued(secret, seal)
  // Nobody else issues these, whatever the name says; what begins with `ATATT3` opens Jira as well.
  const isCertain = isOurs && /^AT(?:BB|CTT3)/.test(secret)
  if (!isCertain && words.some((each) => isOfSomebodyElse(each, kind))) return false
  return named.includes('certain') || (isOurs && (/^AT/.test(secret) || isNamedIn(each)))
}

const NAMED = new WeakMap<FieldDocument, boolean>()

/** Asked for each of its credentials, and looked for once. */
function isNamedIn(document: FieldDocument): boolean {
  const isNamed = NAMED.get(document) ?? /bitb/i.test(document.text)
  NAMED.set(document, isNamed)
  return isNamed
}

/**
 * A consumer of OAuth and a Data Center have logins as well; a key for hooks or for deployments is a text. A description is a sentence:
 * `server` alone says nothing there.
 */
function isOfSomebodyElse(text: string, kind: JenkinsSecretKind): boolean {
  const words = nameWords(text)
  if (kind === 'login')
    return /\s/.test(text.trim()) ? /data ?center|bitbucket server|oauth|stash/i.test(text) : isOfOtherSystems(words)
  const isName = !/\s/.test(text.trim())
  return isName
    ? isOfOthers(words.filter((word) => word !== 'ID' && word !== 'NAME'))
    : /data ?center|bitbucket server|oauth|webhook|stash/i.test(text)
}
