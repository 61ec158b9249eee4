import type { Item } from '../item-tree.ts'
import { type FinishedScan, runScan } from './scan.ts'
import type { ScanWorld } from './scan-world.ts'

/** One scan of an item at a time. */
export interface ScanQueue {
  add(item: Item, startedBy: string): Promise<FinishedScan>
  /** The scans that run or wait now, and those that they start. */
  idle(): Promise<void>
}

export function scanQueue(world: () => ScanWorld): ScanQueue {
  const last = new Map<string, Promise<unknown>>()
  return {
    add(item, startedBy) {
      const before = last.get(item.fullName) ?? Promise.resolve()
      const done = before.then(() => runScan(world(), item, startedBy))
      const settled = done.catch(() => undefined)
      last.set(item.fullName, settled)
      void settled.then(() => last.get(item.fullName) === settled && last.delete(item.fullName))
      return done
    },
    async idle() {
      while (last.size > 0) await Promise.all(last.values())
    },
  }
}
