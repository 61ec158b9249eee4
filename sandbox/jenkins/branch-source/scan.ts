import type { Item } from '../item-tree.ts'
import { fullDisplayName, handleOrphans } from './children.ts'
import { scanBranches } from './scan-branches.ts'
import { openScanLog, type ScanLog, spanOf } from './scan-log.ts'
import { scanOrganization } from './scan-organization.ts'
import type { ScanWorld } from './scan-world.ts'

export interface FinishedScan {
  readonly result: 'SUCCESS' | 'FAILURE'
  readonly log: string
}

/** FolderComputation.run: children that were not seen are handled only when nothing was thrown. */
export async function runScan(world: ScanWorld, item: Item, startedBy: string): Promise<FinishedScan> {
  const log = openScanLog(item, world.now)
  log.line(startedBy)
  const result = await computeChildren(world, item, log)
  log.line(`Finished: ${result}`)
  return { result, log: log.text() }
}

async function computeChildren(world: ScanWorld, item: Item, log: ScanLog): Promise<FinishedScan['result']> {
  try {
    const seen = await observed(world, item, log)
    handleOrphans(world.controller, item, seen, log, world.now())
    return 'SUCCESS'
  } catch (error) {
    log.fatal(`Failed to recompute children of ${fullDisplayName(item)}`, error)
    return 'FAILURE'
  }
}

async function observed(world: ScanWorld, item: Item, log: ScanLog): Promise<ReadonlySet<string>> {
  const start = world.now().getTime()
  const isBranches = item.kind === 'multibranch'
  log.stamped(isBranches ? 'Starting branch indexing...' : 'Starting organization scan...')
  try {
    return await (isBranches ? scanBranches : scanOrganization)(world, item, log)
  } finally {
    const span = spanOf(world.now().getTime() - start)
    const end = isBranches ? 'Finished branch indexing. Indexing took' : 'Finished organization scan. Scan took'
    log.stamped(`${end} ${span}`)
  }
}
