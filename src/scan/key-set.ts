export const KEY_BYTES = 16
const WORDS = KEY_BYTES / 4

/** A set of 16-byte keys that are random already (digests): an open hash table over numbers, without an object per key. */
export interface KeySet {
  readonly size: number
  has(bytes: Uint8Array, at: number): boolean
  /** Like `has`, but `false` as long as the table has not been made: for what is not worth making it. */
  hasAtHand(bytes: Uint8Array, at: number): boolean
  /** `true`: it was not there before. A full set stays as it is. */
  add(bytes: Uint8Array, at: number): boolean
  /** Keys behind one another. The table is made when it is first asked, so that a set nobody asks costs nothing. */
  load(keys: Uint8Array): void
  /** Keys of somebody else: added as long as there is room, and the first to go. */
  addSpare(keys: Uint8Array): void
  /** All keys behind one another, at most `most`; those that were asked for or added since loading come first. */
  bytes(): Uint8Array
}

interface Table {
  readonly words: Uint32Array
  /** 1: asked for or added since loading. */
  readonly used: Uint8Array
  readonly mask: number
}

const SMALLEST = 1024

export function newKeySet(most: number): KeySet {
  const room = new KeyRoom(most)
  let waiting: Uint8Array | undefined
  const ready = (): void => {
    if (waiting !== undefined) room.fill(waiting)
    waiting = undefined
  }
  return {
    get size() {
      return waiting === undefined ? room.count : Math.floor(waiting.length / KEY_BYTES)
    },
    has: (bytes, at) => {
      ready()
      return room.has(bytes, at)
    },
    hasAtHand: (bytes, at) => waiting === undefined && room.has(bytes, at),
    add: (bytes, at) => {
      ready()
      return room.add(bytes, at)
    },
    load: (keys) => {
      waiting = keys.subarray(0, most * KEY_BYTES)
    },
    addSpare: (keys) => {
      ready()
      room.addAll(keys, 0)
    },
    bytes: () => waiting ?? room.keys(),
  }
}

/** The table, and what happens when it is full. */
class KeyRoom {
  count = 0
  readonly #most: number
  readonly #key = new Uint32Array(WORDS)
  #table = emptyTable(SMALLEST)
  /** Full of keys that are all in use: nothing can make room any more. */
  #isClosed = false

  constructor(most: number) {
    this.#most = most
  }

  fill(keys: Uint8Array): void {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(SMALLEST, (2.5 * keys.length) / KEY_BYTES)))
    if (this.count === 0) this.#table = emptyTable(slots)
    this.addAll(keys, 0)
  }

  has(bytes: Uint8Array, at: number): boolean {
    readKey(bytes, at, this.#key)
    const slot = find(this.#table, this.#key)
    if (!isTaken(this.#table, slot)) return false
    this.#table.used[slot] = 1
    return true
  }

  add(bytes: Uint8Array, at: number): boolean {
    const isNew = this.#insert(bytes, at, 1)
    if (isNew || this.count < this.#most || this.#isClosed) return isNew
    const kept = keysOf(this.#table, this.count, true)
    this.#isClosed = kept.length >= this.count * KEY_BYTES
    if (this.#isClosed) return false
    this.#table = emptyTable(SMALLEST)
    this.count = 0
    this.addAll(kept, 1)
    return this.#insert(bytes, at, 1)
  }

  addAll(keys: Uint8Array, used: number): void {
    for (let at = 0; at + KEY_BYTES <= keys.length; at += KEY_BYTES) this.#insert(keys, at, used)
  }

  keys(): Uint8Array {
    return keysOf(this.#table, this.count, false)
  }

  #insert(bytes: Uint8Array, at: number, used: number): boolean {
    readKey(bytes, at, this.#key)
    if (isZero(this.#key)) return false
    let slot = find(this.#table, this.#key)
    if (isTaken(this.#table, slot)) {
      if (used === 1) this.#table.used[slot] = 1
      return false
    }
    if (this.count >= this.#most) return false
    if (2 * (this.count + 1) > this.#table.mask) {
      this.#table = grown(this.#table)
      slot = find(this.#table, this.#key)
    }
    this.#table.words.set(this.#key, slot * WORDS)
    this.#table.used[slot] = used
    this.count++
    return true
  }
}

function emptyTable(slots: number): Table {
  return { words: new Uint32Array(slots * WORDS), used: new Uint8Array(slots), mask: slots - 1 }
}

function readKey(bytes: Uint8Array, at: number, key: Uint32Array): void {
  for (let word = 0; word < WORDS; word++) {
    const from = at + 4 * word
    key[word] =
      ((bytes[from] ?? 0) << 24) |
      ((bytes[from + 1] ?? 0) << 16) |
      ((bytes[from + 2] ?? 0) << 8) |
      (bytes[from + 3] ?? 0)
  }
}

/** The key of zeros marks an empty slot, and is never in the set. */
function isZero(key: Uint32Array): boolean {
  return key[0] === 0 && key[1] === 0 && key[2] === 0 && key[3] === 0
}

function isTaken({ words }: Table, slot: number): boolean {
  const at = slot * WORDS
  return (
    (words[at] ?? 0) !== 0 || (words[at + 1] ?? 0) !== 0 || (words[at + 2] ?? 0) !== 0 || (words[at + 3] ?? 0) !== 0
  )
}

/** The slot of the key, or the empty one where it would stand. The table is at most half full. */
function find(table: Table, key: Uint32Array): number {
  const { words, mask } = table
  let slot = (key[1] ?? 0) & mask
  while (isTaken(table, slot)) {
    const at = slot * WORDS
    if (words[at] === key[0] && words[at + 1] === key[1] && words[at + 2] === key[2] && words[at + 3] === key[3]) break
    slot = (slot + 1) & mask
  }
  return slot
}

function grown(table: Table): Table {
  const larger = emptyTable(2 * (table.mask + 1))
  const key = new Uint32Array(WORDS)
  for (let slot = 0; slot <= table.mask; slot++) {
    if (!isTaken(table, slot)) continue
    key.set(table.words.subarray(slot * WORDS, (slot + 1) * WORDS))
    const to = find(larger, key)
    larger.words.set(key, to * WORDS)
    larger.used[to] = table.used[slot] ?? 0
  }
  return larger
}

function keysOf(table: Table, count: number, usedOnly: boolean): Uint8Array {
  const keys = Buffer.alloc(count * KEY_BYTES)
  let to = 0
  for (const used of usedOnly ? [1] : [1, 0])
    for (let slot = 0; slot <= table.mask; slot++) {
      if (!isTaken(table, slot) || table.used[slot] !== used) continue
      for (let word = 0; word < WORDS; word++) to = keys.writeUInt32BE(table.words[slot * WORDS + word] ?? 0, to)
    }
  return keys.subarray(0, to)
}
