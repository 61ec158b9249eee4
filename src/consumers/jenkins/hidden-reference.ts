import { type ReferenceChange, renamedId } from '../../model/credential.ts'
import { Failure } from '../../model/failure.ts'
import type { ReferenceGroup } from './address.ts'
import type { JenkinsClient } from './client.ts'
import { newMemory } from './controller-memory.ts'
import { isPlainJob } from './item-kind.ts'
import { bearsMark } from './made-mark.ts'
import { resolveCredential } from './resolve.ts'
import type { XmlDocument } from './xml-document.ts'

export interface Renamed {
  readonly client: JenkinsClient
  readonly item: string
  readonly group: ReferenceGroup
  readonly config: XmlDocument
  /** For people, in an error. */
  readonly at: string
}

/**
 * Throws R205 where the item would be given another credential than the one that was made for it: one of the same id in a nearer store, which a
 * plan does not see when it is for another system.
 */
export async function refuseHidden(
  { client, item, group, config, at }: Renamed,
  change: ReferenceChange,
  ids: readonly string[],
): Promise<void> {
  const changed = new Set(ids.filter((id) => renamedId(change, id) !== id).map((id) => renamedId(change, id)))
  const taker = group === 'git' ? 'git' : 'branch source'
  const own = isPlainJob(config) ? { isFolder: false } : {}
  for (const credentialId of changed) {
    const { resolution, nearest } = await resolveCredential(client, { credentialId, item, taker, ...own }, newMemory())
    if (resolution.kind !== 'found' || resolution.shadows.length === 0 || bearsMark(nearest?.description)) continue
    throw new Failure('R205', {
      at,
      because: `it would be given "${credentialId}" of ${resolution.store}, which is another one than that of ${resolution.shadows.join(', ')}`,
      state: 'Nothing was changed.',
      exitCode: 4,
    })
  }
}
