import type { Place } from '../model/place.ts'
import type { Operation, Use } from '../model/use.ts'
import type { FieldDocument } from './document-fields.ts'

/** What is done with a credential of Jenkins by what names it. */
export interface ReferenceUse {
  readonly operation: Operation
  /** It takes its own username, and none of git's. */
  readonly isBranchSource: boolean
}

const KNOWN = new WeakMap<FieldDocument, ReadonlyMap<string, readonly ReferenceUse[]>>()
/** The remote of git in Job DSL takes it as `credentials('id')`. */
const REFERENCE =
  /\b(?:(?:credentialsId|scanCredentialsId|checkoutCredentialsId)\b["']?\s{0,4}[:=(>]?\s{0,4}["']?|credentials\s{0,4}\(?\s{0,4}["'])([\w.-]{1,200})/gi
/** Settings of one source. */
const AROUND = 300

/** What the jobs, libraries and endpoints of a document do with a credential of Jenkins, by its id. */
export function jobsIn(document: FieldDocument): ReadonlyMap<string, readonly ReferenceUse[]> {
  const known = KNOWN.get(document)
  if (known !== undefined) return known
  const uses = new Map<string, readonly ReferenceUse[]>()
  // Branch sources of others have a `repoOwner` as well.
  for (const { 1: id = '', index } of /bitbucket/i.test(document.text) ? document.text.matchAll(REFERENCE) : []) {
    const known = uses.get(id) ?? []
    const more = usesAt(document.text, index).filter((use) => !known.includes(use))
    if (more.length > 0) uses.set(id, [...known, ...more])
  }
  KNOWN.set(document, uses)
  return uses
}

/**
 * What a credential that a file makes in Jenkins is used for, by what else stands there; `name` is who does it, for people. Else that is
 * in jobs which were not seen, and Branch Source wants another username than plain git.
 */
export function usesOfMade(
  known: readonly ReferenceUse[],
  name: string,
): Pick<Place, 'uses'> | Pick<Place, 'unresolved'> {
  return known.length > 0 ? { uses: known.map((use) => usedBy(name, use)) } : { unresolved: NO_JOB }
}

const NO_JOB = 'no job was seen that is given it'

/** Who does it is told in the words that a scan of jobs has for it, too. */
export function usedBy(name: string, { operation, isBranchSource }: ReferenceUse): Use {
  return { operation, by: isBranchSource ? `${name} (Branch Source)` : name }
}

const PLAIN_GIT: readonly ReferenceUse[] = [{ operation: 'git-fetch', isBranchSource: false }]
const BRANCH_SOURCE: readonly ReferenceUse[] = [
  { operation: 'rest', isBranchSource: true },
  { operation: 'git-fetch', isBranchSource: true },
]

/** Branch Source asks REST and git with the one credential; a source of git does not ask REST. What stands nearest tells. */
const SOURCE =
  /(bitbucket(?:Cloud\w*|SCM\w*|Endpoint\w*)?\s*[{:(]|BitbucketSCM(?:Source|Navigator)|\brepoOwner\b)|(https?:\/\/|@)([\w.-]+\.\w+)[/:]/g

function usesAt(text: string, at: number): readonly ReferenceUse[] {
  const from = Math.max(0, at - AROUND)
  const around = text.slice(from, at + AROUND)
  const told = [...around.matchAll(SOURCE)].sort(
    (a, b) => Math.abs(a.index + from - at) - Math.abs(b.index + from - at),
  )[0]
  if (told === undefined) return []
  if (told[1] === undefined) return told[3] === 'bitbucket.org' ? PLAIN_GIT : []
  // `serverUrl` names a Data Center.
  return /serverUrl["']?\s*[:=(]\s*["']?https?:\/\/(?!bitbucket\.org)/.test(around) ? [] : BRANCH_SOURCE
}
