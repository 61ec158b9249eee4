import { Failure } from '../../model/failure.ts'
import type { JenkinsClient } from './client.ts'
import { type BoundCredential, credentialFacts, locationOf } from './credential-snapshot.ts'
import { itemReferences } from './item-config.ts'
import { itemConfig } from './item-document.ts'
import { itemKind } from './item-kind.ts'
import { ownText } from './own-text.ts'
import { referenceElements } from './reference-elements.ts'
import type { XmlDocument } from './xml-document.ts'

/** Items that are read before a credential is removed; Jenkins keeps the names of all that were given it. */
const MOST_READ = 50

/**
 * Throws R313 where an item that was given the credential names it still. Jenkins tells of items that had a build since, and of no others:
 * that nobody is told proves nothing.
 */
export async function refuseWhileNamed(bound: BoundCredential): Promise<void> {
  const { usedBy } = await credentialFacts(bound)
  const read = new Set<string>()
  for (const item of usedBy.slice(0, MOST_READ)) {
    const named = await namerOf(bound, item, read)
    if (named !== undefined) throw stillNamed(bound, named)
  }
}

/** A branch takes what its project names, and shows what that named at the last scan. */
async function namerOf(bound: BoundCredential, item: string, read: Set<string>): Promise<string | undefined> {
  if (read.has(item)) return undefined
  read.add(item)
  const config = await readable(bound.client, item)
  if (config === undefined) return undefined
  if (itemKind(config) === 'branch') return namerOf(bound, item.split('/').slice(0, -1).join('/'), read)
  return names(config, bound.address.id) ? item : undefined
}

/** What the login may not see cannot be asked. */
async function readable(client: JenkinsClient, item: string): Promise<XmlDocument | undefined> {
  try {
    return await itemConfig(client, item)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return undefined
  }
}

function names(config: XmlDocument, id: string): boolean {
  const elements = (['git', 'branch-source'] as const).flatMap((group) => referenceElements(config, group))
  return (
    elements.some(({ text }) => ownText(text) === id) ||
    itemReferences(config).some((reference) => reference.kind === 'script' && reference.credentialsId === id)
  )
}

function stillNamed(bound: BoundCredential, item: string): Failure {
  return new Failure('R313', {
    at: locationOf(bound),
    because: `the job ${item} names it, and was not changed by this run`,
    state: 'The credential is still there, as the run made it.',
    next: ['Let the job name another credential, then put the run back again.'],
  })
}
