import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyDelta, DamagedDelta, deltaHeader } from './pack-delta.ts'

type Step = { readonly insert: Uint8Array } | { readonly from: number; readonly length: number }

function sizeBytes(size: number): readonly number[] {
  return size < 0x80 ? [size] : [(size & 0x7f) | 0x80, ...sizeBytes(Math.floor(size / 128))]
}

/** The plain way to write a delta, with all seven operand bytes of a copy. */
function deltaOf(base: Uint8Array, steps: readonly Step[]): { readonly delta: Uint8Array; readonly result: Buffer } {
  const result = Buffer.concat(
    steps.map((step) => ('insert' in step ? step.insert : base.subarray(step.from, step.from + step.length))),
  )
  const commands = steps.flatMap((step) => {
    if ('insert' in step) return [step.insert.length, ...step.insert]
    const { from, length } = step
    return [0xff, from & 255, from >> 8, 0, 0, length & 255, length >> 8, 0]
  })
  return { delta: Uint8Array.from([...sizeBytes(base.length), ...sizeBytes(result.length), ...commands]), result }
}

const base = Uint8Array.from({ length: 600 }, (_, at) => 97 + (at % 23))
const steps = fc.array(
  fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 100 }).map((insert): Step => ({ insert })),
    fc.tuple(fc.nat(400), fc.integer({ min: 1, max: 199 })).map(([from, length]): Step => ({ from, length })),
  ),
  { minLength: 1, maxLength: 12 },
)

describe('a delta', () => {
  it('gives the result, and between its fresh bytes only what one copy covers', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 40 }), (chosen, reach) => {
        const { delta, result } = deltaOf(base, chosen)
        const out = Buffer.alloc(result.length + 5)
        const fresh = { reach, bytes: new Uint8Array(8192), length: 0 }
        applyDelta(delta, base, out, fresh)
        expect(out.subarray(0, result.length).equals(result)).toBe(true)
        const found = Buffer.from(fresh.bytes.subarray(0, fresh.length))
        let at = 0
        for (const step of chosen) {
          const length = 'insert' in step ? step.insert.length : step.length
          const piece = 'insert' in step ? result.subarray(at, at + length) : Buffer.alloc(0)
          expect(found.includes(piece)).toBe(true)
          // What straddles the end of a step, as far as `hit` can look.
          const seam = result.subarray(Math.max(0, at + length - reach), at + length + reach)
          if (at + length < result.length) expect(found.includes(seam)).toBe(true)
          at += length
        }
      }),
    )
  })

  it('says when the fresh bytes do not fit', () => {
    const { delta } = deltaOf(base, [{ insert: new Uint8Array(50) }])
    const fresh = { reach: 4, bytes: new Uint8Array(20), length: 0 }
    applyDelta(delta, base, Buffer.alloc(50), fresh)
    expect(fresh.length).toBe(-1)
  })

  it('that is damaged is refused, or gives as many bytes as it declares; it never writes elsewhere', () => {
    fc.assert(
      fc.property(steps, fc.nat(), fc.nat(255), fc.nat(), (chosen, at, value, cut) => {
        const { delta, result } = deltaOf(base, chosen)
        const damaged = Uint8Array.from(delta)
        damaged[at % damaged.length] = value
        const piece = damaged.subarray(0, damaged.length - (cut % 3))
        const out = Buffer.alloc(result.length + 1)
        try {
          applyDelta(piece, base, out, { reach: 8, bytes: new Uint8Array(64), length: 0 })
          expect(deltaHeader(piece).resultSize).toBeLessThanOrEqual(out.length)
        } catch (error) {
          expect(error).toBeInstanceOf(DamagedDelta)
        }
      }),
    )
  })
})
