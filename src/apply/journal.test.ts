import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JournalEntry } from '../model/journal-entry.ts'
import type { Digest } from '../model/plan.ts'
import type { Files } from '../model/ports.ts'
import { nodeFiles } from '../system/node-files.ts'
import { decodeJournal, encodeEntry, openJournal, readLines } from './journal.ts'

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

  it('whose end a power loss filled with zeros gives the entries before them', () => {
    const bytes = written(ENTRIES)
    for (const cut of [bytes.length, bytes.length - 30]) {
      const zeros = Buffer.concat([bytes.subarray(0, cut), Buffer.alloc(4096)])
      expect(decodeJournal(zeros, 'j')).toMatchObject({
        torn: 'zeros',
        entries: ENTRIES.slice(0, cut < bytes.length ? -1 : undefined),
      })
    }
  })
})

describe('damage of a journal is told by what it is:', () => {
  const lines = written(ENTRIES)
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => `${line}\n`)
  const damageOf = (parts: readonly (string | Uint8Array)[]) =>
    readLines(Buffer.concat(parts.map((part) => Buffer.from(part))), () => undefined).damage
  const [first = '', second = '', third = '', ...rest] = lines

  it.each([
    ['a bit that flipped', [first, second.replace('s1', 's3'), third, ...rest], 2, /bytes of it were changed/],
    ['a line that was written twice', [first, second, second, third, ...rest], 3, /it is line 2 once more/],
    ['a line that is missing', [first, third, ...rest], 2, /a line is missing, or lines were moved/],
    ['lines that were moved', [first, third, second, ...rest], 2, /a line is missing, or lines were moved/],
    ['a beginning that is missing', [second, third, ...rest], 1, /a line is missing/],
  ])('%s', (_, parts, line, because) => {
    expect(damageOf(parts)).toEqual({ line, because: expect.stringMatching(because) })
  })

  it('a block that was lost is the torn end, for entries are appended together; how far the journal reached is noted beside it', () => {
    const bytes = Buffer.concat([Buffer.from(first), Buffer.alloc(second.length), Buffer.from(third)])
    expect(readLines(bytes, () => undefined)).toMatchObject({ lines: 1, wholeBytes: first.length, torn: 'zeros' })
  })
})

describe('a journal that is written', () => {
  /** Files of which only `append` is asked; it waits until it is let go on. */
  function heldFiles(): { files: Files; writes: string[]; letGo: () => Promise<void>; fail: (error: Error) => void } {
    const writes: string[] = []
    let go: (() => void) | undefined
    let failure: Error | undefined
    const files: Files = {
      ...nodeFiles(),
      entry: async () => undefined,
      append: async (_, bytes) => {
        writes.push(Buffer.from(bytes).toString())
        await new Promise<void>((done) => {
          go = done
        })
        if (failure !== undefined) throw failure
        return 'appended'
      },
    }
    const letGo = async (): Promise<void> => {
      go?.()
      for (let turn = 0; turn < 10; turn++) await Promise.resolve()
    }
    return {
      files,
      writes,
      letGo,
      fail: (error) => {
        failure = error
      },
    }
  }
  const did = (number: number): JournalEntry => ({ kind: 'did', step: `s${number}`, now: digest('1') })

  it('puts what comes while the disk is busy into one write, tells of each when it is there, and stays a chain', async () => {
    const { files, writes, letGo } = heldFiles()
    const seen: JournalEntry[] = []
    const journal = await openJournal('j', files, (entry) => seen.push(entry))
    const told: number[] = []
    const append = (number: number): Promise<number> => journal.append(did(number)).then(() => told.push(number))
    const first = append(0)
    await letGo()
    const all = [first, ...[1, 2, 3].map(append)]
    expect([writes.length, told, seen]).toEqual([1, [], []])
    await letGo()
    expect([writes.length, told]).toEqual([2, [0]])
    await letGo()
    await Promise.all(all)
    expect([writes.length, told, seen]).toEqual([2, [0, 1, 2, 3], [0, 1, 2, 3].map(did)])
    expect(decodeJournal(Buffer.from(writes.join('')), 'j').entries).toEqual(seen)
  })

  it('is not opened when somebody else writes it while its torn end is cut off', async () => {
    const torn = Buffer.concat([written(ENTRIES), Buffer.from('120 0011')])
    const stands: Files = {
      ...nodeFiles(),
      entry: async () => ({ path: 'j', kind: 'file', size: torn.length, mode: 0o600, modifiedAt: new Date(0) }),
      read: async () => torn,
      replace: async () => 'changed meanwhile',
    }
    await expect(openJournal('j', stands, () => undefined)).rejects.toMatchObject({
      code: 'R205',
      parts: { at: 'j', exitCode: 4 },
    })
  })

  it('takes nothing more once another command writes it too, and stays the chain of that one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'keyturn-journal-'))
    const path = join(folder, 'journal')
    const [one, other] = [
      await openJournal(path, nodeFiles(), () => undefined),
      await openJournal(path, nodeFiles(), () => undefined),
    ]
    await one.append(did(1))
    const refused = { code: 'R205', parts: { at: path, exitCode: 4 } }
    for (const number of [2, 3]) await expect(other.append(did(number))).rejects.toMatchObject(refused)
    await one.append(did(4))
    expect(decodeJournal(await readFile(path), path).entries).toEqual([did(1), did(4)])
    await rm(path)
    await expect(one.append(did(5))).rejects.toMatchObject({ code: 'R101', parts: { at: path } })
    await rm(folder, { recursive: true })
  })

  it('takes nothing more after a write that failed, for nobody knows what the disk holds', async () => {
    const { files, writes, letGo, fail } = heldFiles()
    const journal = await openJournal('j', files, () => undefined)
    const append = (number: number) => journal.append(did(number)).catch((error: unknown) => error)
    const first = append(0)
    await letGo()
    const failed = [first, append(1)]
    fail(new Error('no space'))
    await letGo()
    await Promise.all(failed)
    expect(await journal.append(did(2)).catch((error: unknown) => error)).toEqual(new Error('no space'))
    expect(writes).toHaveLength(1)
  })
})
