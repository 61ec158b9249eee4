import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type InflateInto, inflateBound, inflateStart, newInflate, publicInflate } from './inflate.ts'

const ways: readonly (readonly [string, InflateInto])[] = [
  ['the kept stream', newInflate()],
  ['the documented function', publicInflate],
]

describe.each(ways)('inflating with %s', (_name, inflate) => {
  it('gives what was deflated, at any level, and ignores what follows', () => {
    const level = fc.integer({ min: 0, max: 9 })
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), level, fc.uint8Array(), (bytes, chosen, more) => {
        const packed = Buffer.concat([deflateSync(bytes, { level: chosen }), more])
        const out = Buffer.alloc(bytes.length + 1)
        expect(inflate(packed, out, bytes.length)).toBe(true)
        expect(out.subarray(0, bytes.length).equals(bytes)).toBe(true)
      }),
    )
  })

  it('refuses damage, cuts and other sizes, and works again after that', () => {
    const text = Buffer.from('some text, some text, some more text')
    const packed = deflateSync(text)
    const out = Buffer.alloc(100)
    for (let at = 0; at < packed.length; at++) {
      expect([at, inflate(packed.subarray(0, at), out, text.length)]).toEqual([at, false])
      const damaged = Buffer.from(packed)
      damaged[at] = (damaged[at] ?? 0) ^ 0x10
      if (inflate(damaged, out, text.length)) expect(out.subarray(0, text.length).equals(text)).toBe(true)
    }
    for (const size of [0, text.length - 1, text.length + 1])
      expect([size, inflate(packed, out, size)]).toEqual([size, false])
    expect(inflate(packed, out, text.length)).toBe(true)
  })
})

describe('a piece of a stream', () => {
  it('gives its first bytes', () => {
    const packed = deflateSync(Buffer.alloc(100_000, 'blob 7'))
    expect(Buffer.from(inflateStart(packed.subarray(0, 60), 6) ?? []).toString()).toBe('blob 7')
    expect(inflateStart(Buffer.from('no zlib'), 6)).toBeUndefined()
  })

  it('is never longer than its bound', () => {
    for (const size of [0, 1, 1000, 16_383, 16_384, 100_000, 3_000_000])
      expect(deflateSync(Buffer.alloc(size), { level: 0 }).length).toBeLessThanOrEqual(inflateBound(size))
  })
})
