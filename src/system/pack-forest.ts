import type { PackBytes } from './pack-bytes.ts'
import { BLOB, entryHeader, HEADER_BYTES } from './pack-entry.ts'
import type { PackIndex } from './pack-index.ts'

/** An object that cannot be placed: damaged, or a delta against something outside the pack. */
export const ODD = 255

/** How the objects of a pack depend on each other. Everything by rank; `-1` means none. */
export interface PackForest {
  /** Type of the object itself, whatever its base is stored as: 1 commit, 2 tree, 3 blob, 4 tag, or `ODD`. */
  readonly types: Uint8Array
  /** Bytes before the zlib stream. */
  readonly headerLengths: Uint8Array
  /** Inflated size: of the object, or of its delta. */
  readonly sizes: Float64Array
  readonly bases: Int32Array
  readonly firstChild: Int32Array
  readonly nextSibling: Int32Array
  /** 1: a blob that is to be searched. */
  readonly wanted: Uint8Array
  /** Wanted blobs among an object and those that build on it. */
  readonly weights: Uint32Array
}

/** `isWanted` is asked once for each blob. */
export function plantForest(
  index: PackIndex,
  pack: PackBytes,
  hashBytes: number,
  isWanted: (rank: number) => boolean,
): PackForest {
  const { count } = index
  const forest: PackForest = {
    types: new Uint8Array(count),
    headerLengths: new Uint8Array(count),
    sizes: new Float64Array(count),
    bases: new Int32Array(count).fill(-1),
    firstChild: new Int32Array(count).fill(-1),
    nextSibling: new Int32Array(count).fill(-1),
    wanted: new Uint8Array(count),
    weights: new Uint32Array(count),
  }
  for (let rank = 0; rank < count; rank++) readHeader(rank, index, pack, hashBytes, forest)
  link(forest)
  for (let rank = 0; rank < count; rank++) {
    if (forest.types[rank] !== BLOB && forest.types[rank] !== ODD) continue
    forest.wanted[rank] = isWanted(rank) ? 1 : 0
    forest.weights[rank] = forest.wanted[rank] ?? 0
  }
  weigh(forest)
  return forest
}

function readHeader(rank: number, index: PackIndex, pack: PackBytes, hashBytes: number, forest: PackForest): void {
  const offset = index.offsets[rank] ?? 0
  const header = entryHeader(pack.slice(offset, offset + HEADER_BYTES), hashBytes)
  forest.headerLengths[rank] = header.length
  forest.sizes[rank] = header.size
  if (header.distance !== undefined) forest.bases[rank] = index.rankOfOffset(offset - header.distance)
  else if (header.baseOid !== undefined) forest.bases[rank] = index.rankOfOid(header.baseOid)
  // Deltas get the type of what they are built on, once everything is linked.
  forest.types[rank] = header.type >= 1 && header.type <= 4 ? header.type : ODD
}

function link(forest: PackForest): void {
  const { bases, firstChild, nextSibling, types } = forest
  for (let rank = bases.length - 1; rank >= 0; rank--) {
    const base = bases[rank] ?? -1
    if (base === -1) continue
    nextSibling[rank] = firstChild[base] ?? -1
    firstChild[base] = rank
  }
  // From the roots down; what lies on a circle is never met and stays odd.
  const stack: number[] = []
  for (let root = 0; root < bases.length; root++) {
    if (bases[root] !== -1 || types[root] === ODD) continue
    stack.push(root)
    for (let rank = stack.pop(); rank !== undefined; rank = stack.pop())
      for (let child = firstChild[rank] ?? -1; child !== -1; child = nextSibling[child] ?? -1) {
        types[child] = types[rank] ?? ODD
        stack.push(child)
      }
  }
}

/** Adds up the weights below every blob that is stored whole. */
function weigh(forest: PackForest): void {
  const { bases, firstChild, nextSibling, types, weights } = forest
  const order: number[] = []
  for (let root = 0; root < bases.length; root++) {
    if (bases[root] !== -1 || types[root] !== BLOB || firstChild[root] === -1) continue
    // Bases come before what is built on them.
    order.length = 0
    order.push(root)
    for (let next = 0; next < order.length; next++)
      for (let child = firstChild[order[next] ?? 0] ?? -1; child !== -1; child = nextSibling[child] ?? -1)
        order.push(child)
    for (let next = order.length - 1; next > 0; next--) {
      const rank = order[next] ?? 0
      const base = bases[rank] ?? 0
      weights[base] = (weights[base] ?? 0) + (weights[rank] ?? 0)
    }
  }
}
