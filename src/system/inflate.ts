import { constants, createInflate, inflateSync } from 'node:zlib'

/**
 * Inflates the zlib stream at the start of `packed` into the start of `out`; what follows the stream is ignored. `false`
 * when it is damaged or does not give exactly `size` bytes. `out` has room for one byte more than `size`.
 */
export type InflateInto = (packed: Uint8Array, out: Uint8Array, size: number) => boolean

/**
 * `inflateSync` makes a stream with all its events for every call, which takes three times as long as inflating an object
 * of a few hundred bytes. One stream whose handle is reset between the objects does the same; the handle is no documented
 * interface, so it is tried on a known text first, and `inflateSync` serves where it is missing or acts differently.
 */
export function newInflate(): InflateInto {
  const fast = handleInflate()
  return fast !== undefined && isSound(fast) ? fast : publicInflate
}

export const publicInflate: InflateInto = (packed, out, size) => {
  try {
    // One chunk that holds everything: the default of 16 KiB costs more than a small object.
    const bytes = inflateSync(packed, { chunkSize: Math.max(64, size + 1), maxOutputLength: Math.max(1, size) })
    if (bytes.length !== size) return false
    out.set(bytes)
    return true
  } catch {
    return false
  }
}

interface Handle {
  onerror: (message: string, errno: number, code: string) => void
  reset(): void
  writeSync(
    flush: number,
    input: Uint8Array,
    inputAt: number,
    inputLength: number,
    output: Uint8Array,
    outputAt: number,
    outputLength: number,
  ): void
}

function handleInflate(): InflateInto | undefined {
  const stream: object = createInflate()
  const handle: unknown = Reflect.get(stream, '_handle')
  const state: unknown = Reflect.get(stream, '_writeState')
  if (!isHandle(handle) || !(state instanceof Uint32Array)) return undefined
  let isDamaged = false
  handle.onerror = () => {
    isDamaged = true
  }
  return (packed, out, size) => {
    isDamaged = false
    handle.reset()
    // With Z_FINISH and one byte to spare, success means that the end of the stream, and its checksum, were reached.
    handle.writeSync(constants.Z_FINISH, packed, 0, packed.length, out, 0, size + 1)
    return !isDamaged && state[0] === 1
  }
}

function isHandle(value: unknown): value is Handle {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'writeSync') === 'function' &&
    typeof Reflect.get(value, 'reset') === 'function'
  )
}

/** `hello` as a zlib stream. */
const SAMPLE = Uint8Array.of(0x78, 0x9c, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x06, 0x2c, 0x02, 0x15)

/** Whole, wrong checksum, cut, another size, and whole again. */
function isSound(inflate: InflateInto): boolean {
  try {
    const out = new Uint8Array(8)
    const isRight = (): boolean =>
      inflate(SAMPLE, out, 5) && Buffer.from(out.buffer, 0, 5).toString('latin1') === 'hello'
    const damaged = SAMPLE.map((byte, index) => (index === SAMPLE.length - 1 ? byte ^ 1 : byte))
    return (
      isRight() &&
      !inflate(damaged, out, 5) &&
      !inflate(SAMPLE.subarray(0, 10), out, 5) &&
      !inflate(SAMPLE, out, 4) &&
      !inflate(SAMPLE, out, 6) &&
      isRight()
    )
  } catch {
    return false
  }
}

/** No zlib stream of `size` bytes is longer: zlib stores what does not compress, with 5 bytes for every 16 KiB at worst. */
export function inflateBound(size: number): number {
  return size + (size >> 11) + 64
}

/** The first bytes of a zlib stream of which only a beginning is at hand; `undefined` when that is damaged. */
export function inflateStart(packed: Uint8Array, size: number): Uint8Array | undefined {
  try {
    const options = { finishFlush: constants.Z_SYNC_FLUSH, chunkSize: Math.max(64, size) }
    return inflateSync(packed, options).subarray(0, size)
  } catch {
    return undefined
  }
}
