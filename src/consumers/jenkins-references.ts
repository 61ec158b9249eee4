import type { Operation } from '../model/use.ts'
import type { FieldDocument } from './document-fields.ts'

const KNOWN = new WeakMap<FieldDocument, ReadonlyMap<string, readonly Operation[]>>()
const REFERENCE =
  /\b(?:credentialsId|scanCredentialsId|checkoutCredentialsId)\b["']?\s{0,4}[:=(>]?\s{0,4}["']?([\w.-]{1,200})/gi
/** Settings of one source. */
const AROUND = 300

/** What the jobs, libraries and endpoints of a document do with a credential of Jenkins, by its id. */
export function jobsIn(document: FieldDocument): ReadonlyMap<string, readonly Operation[]> {
  const known = KNOWN.get(document)
  if (known !== undefined) return known
  const uses = new Map<string, readonly Operation[]>()
  // Branch sources of others have a `repoOwner` as well.
  for (const { 1: id = '', index } of /bitbucket/i.test(document.text) ? document.text.matchAll(REFERENCE) : []) {
    const operations = operationsOf(document.text, index)
    if (operations.length > 0 && !uses.has(id)) uses.set(id, operations)
  }
  KNOWN.set(document, uses)
  return uses
}

/** Branch Source asks REST and git with the one credential; a source of git does not ask REST. What stands nearest tells. */
const SOURCE =
  /(bitbucket(?:Cloud\w*|SCM\w*|Endpoint\w*)?\s*[{:(]|BitbucketSCM(?:Source|Navigator)|\brepoOwner\b)|(https?:\/\/|@)([\w.-]+\.\w+)[/:]/g

function operationsOf(text: string, at: number): readonly Operation[] {
  const from = Math.max(0, at - AROUND)
  const around = text.slice(from, at + AROUND)
  const told = [...around.matchAll(SOURCE)].sort(
    (a, b) => Math.abs(a.index + from - at) - Math.abs(b.index + from - at),
  )[0]
  if (told === undefined) return []
  if (told[1] === undefined) return told[3] === 'bitbucket.org' ? ['git-fetch'] : []
  // `serverUrl` names a Data Center.
  return /serverUrl["']?\s*[:=(]\s*["']?https?:\/\/(?!bitbucket\.org)/.test(around) ? [] : ['rest', 'git-fetch']
}
