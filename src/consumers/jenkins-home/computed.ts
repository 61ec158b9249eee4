import type { XmlElement } from '../../formats/xml.ts'
import { Failure } from '../../model/failure.ts'
import type { Context } from '../../model/ports.ts'
import type { ItemFile } from './layout.ts'
import { child } from './stored-credentials.ts'

/** What Branch API puts on the projects of an organization folder, and on branches (branch-api-plugin, workflow-multibranch-plugin). */
const OF_COMPUTED =
  /^(?:jenkins\.branch\.(?:ProjectNameProperty|OrganizationChild\w*)|org\.jenkinsci\.plugins\.workflow\.multibranch\.BranchJobProperty)$/

/** Whether Jenkins writes the item anew at every scan of its parent: what is changed here would be undone, and says nothing of its own. */
export function isComputed(root: XmlElement, { isBranch }: Pick<ItemFile, 'isBranch'>): boolean {
  return isBranch || (child(root, 'properties')?.children ?? []).some(({ name }) => OF_COMPUTED.test(name))
}

const COMPUTING = /<(?:jenkins\.branch\.OrganizationFolder|[\w.]*MultiBranchProject)[\s>]/

/** Where a child does not say that it is computed, its parent does. */
export async function refuseComputed(path: string, { system }: Context): Promise<void> {
  const parts = path.split('/')
  if (parts.at(-1) !== 'config.xml' || !['jobs', 'branches'].includes(parts.at(-3) ?? '')) return
  const parent = [...parts.slice(0, -3), 'config.xml'].join('/')
  if ((await system.files.entry(parent)) === undefined) return
  const text = Buffer.from(await system.files.read(parent)).toString('latin1')
  if (!COMPUTING.test(text.slice(0, 2000))) return
  throw new Failure('R204', {
    at: path,
    because: 'Jenkins computes this item from its parent, and writes it anew at the next scan',
    state: 'Nothing was changed in this file.',
    next: [`Change the parent: ${parent}`],
  })
}
