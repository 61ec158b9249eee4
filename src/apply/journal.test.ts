import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JournalEntry } from '../model/journal-entry.ts'
import type { Digest } from '../model/plan.ts'
import { decodeJournal, encodeEntry } from './journal.ts'

const digest = (digit: string): Digest => `hmac:${digit.repeat(64)}`

const ENTRIES: readonly JournalEntry[] = [
  { kind: 'began', run: 'r1', plan: 'abcdef01', at: '2026-11-23T09:00:00.000Z' },
  { kind: 'intends', step: 's1', from: digest('0'), to: digest('1'), backup: 's1.age' },
  { kind: 'did', step: 's1', now: digest('1') },
  { kind: 'verified', step: 's1', outcome: 'verified', detail: 'git ls-remote: größer' },
  { kind: 'ended', outcome: 'applied', at: '2026-11-23T09:00:01.000Z' },
]

function written(entries: readonly JournalEntry[]): Buffer {
  let chain = '0'.repeat(16)
  const lines = entries.map((entry) => {
    const encoded = encodeEntry(entry, chain)
    chain = encoded.chain
    return encoded.line
  })
  return Buffer.concat(lines)
}

describe('a journal', () => {
  it('gives back what was written', () => {
    expect(decodeJournal(written(ENTRIES), 'j')).toMatchObject({ entries: ENTRIES, tornBytes: 0 })
  })

  it('cut off anywhere gives the whole entries before the cut and says how much is torn', () => {
    const bytes = written(ENTRIES)
    const ends = ENTRIES.map((_, index) => written(ENTRIES.slice(0, index + 1)).length)
    for (let cut = 0; cut <= bytes.length; cut++) {
      const whole = ends.filter((end) => end <= cut)
      const read = decodeJournal(bytes.subarray(0, cut), 'j')
      expect([read.entries.length, read.tornBytes]).toEqual([whole.length, cut - (whole.at(-1) ?? 0)])
    }
  })

  it('whose last append came back without its first block after a power cut is torn there', () => {
    const before = written(ENTRIES.slice(0, -1)).length
    const bytes = Buffer.from(written(ENTRIES)).fill(0, before, before + 20)
    expect(decodeJournal(bytes, 'j')).toMatchObject({ entries: ENTRIES.slice(0, -1), wholeBytes: before })
  })

  it('with any byte of the last line changed is refused', () => {
    const bytes = Buffer.from(written(ENTRIES))
    bytes[bytes.length - 5] = 0x78
    expect(() => decodeJournal(bytes, 'j')).toThrow(expect.objectContaining({ code: 'R312' }))
  })

  it('with any byte of an earlier line changed is refused', () => {
    const bytes = written(ENTRIES)
    const lastLine = written(ENTRIES.slice(0, -1)).length
    fc.assert(
      fc.property(fc.nat({ max: lastLine - 2 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(bytes)
        changed[at] = (changed[at] ?? 0) ^ change
        expect(() => decodeJournal(changed, 'j')).toThrow(expect.objectContaining({ code: 'R312' }))
      }),
    )
  })

  it('with a line left out or moved is refused', () => {
    const lines = written(ENTRIES).toString().split('\n').slice(0, -1)
    const without = [...lines.slice(0, 2), ...lines.slice(3)]
    const [first = '', second = '', ...rest] = lines
    const moved = [second, first, ...rest]
    for (const text of [without, moved])
      expect(() => decodeJournal(Buffer.from(`${text.join('\n')}\n`), 'j')).toThrow(
        expect.objectContaining({ code: 'R312' }),
      )
  })
})
