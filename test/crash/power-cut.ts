import type { Random } from '../corpus/random.ts'
import {
  changedBy,
  type DiskOperation,
  type Fate,
  type Inode,
  type SimulatedDisk,
  type Tree,
} from './simulated-disk.ts'

/**
 * What a disk may come back with: `any`: each operation that was not synced is kept or lost on its own; `in order`: the entries of
 * folders are kept up to some moment, as file systems with a journal do it; `nothing`: all that was not synced is lost.
 */
export type CutKind = 'any' | 'in order' | 'nothing'

/** The disk after the power went off before operation `count`, with one of the many outcomes that POSIX allows. */
export function cutPower(disk: SimulatedDisk, count: number, kind: CutKind, random: Random): Tree {
  const durable = durableOf(disk.operations, count)
  const last = kind === 'in order' ? random.between(0, count) : count
  return disk.after(count, (operation, number) => {
    if (durable.has(number)) return 'kept'
    if (kind === 'nothing') return 'lost'
    if (kind === 'in order' && 'folder' in operation) return number < last ? 'kept' : 'lost'
    return fateOf(operation, random)
  })
}

let syncsCount = true

/** From now on no sync makes anything durable. A harness that finds nothing then would find nothing ever. */
export function forgetSyncs(): void {
  syncsCount = false
}

/** Numbers of the operations that a later sync of the same inode has made durable. */
function durableOf(operations: readonly DiskOperation[], count: number): ReadonlySet<number> {
  const durable = new Set<number>()
  const pending = new Map<Inode, number[]>()
  for (const [number, operation] of operations.slice(0, count).entries()) {
    const inode = changedBy(operation)
    const waiting = pending.get(inode) ?? []
    pending.set(inode, waiting)
    if (operation.kind !== 'sync') waiting.push(number)
    else if (syncsCount) for (const one of waiting.splice(0)) durable.add(one)
  }
  return durable
}

/** A torn write may lack its end, its beginning, or everything but its length. */
function fateOf(operation: DiskOperation, random: Random): Fate {
  const draw = random.between(0, 9)
  if (operation.kind !== 'write' || draw < 5) return draw % 2 === 0 ? 'kept' : 'lost'
  const length = operation.bytes.length
  const middle = random.between(0, length)
  if (draw < 8) return { from: 0, to: middle }
  return draw === 8 ? { from: middle, to: length } : { from: length, to: length }
}
