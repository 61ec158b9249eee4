import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type MemoryRun, memoryRun } from '../../test/support/memory-run.ts'
import type { Actor, JournalEntry } from '../model/journal-entry.ts'
import { beginFold, isGoingBack, type RunState, type StepState, stepState } from './run-state.ts'

let run: MemoryRun
beforeEach(async () => {
  run = await memoryRun(['a', 'b'])
})
afterEach(() => run.end())

const ALICE: Actor = { user: 'alice', host: 'laptop', process: 1 }
const BOB: Actor = { user: 'bob', host: 'laptop', process: 2 }
const at = (second: number): string => `2026-11-23T09:00:0${second}.000Z`

const began: JournalEntry = { kind: 'began', run: 'r1', plan: 'plan1234', by: ALICE, at: at(0) }
const intends: JournalEntry = { kind: 'intends', step: 's-a', from: 'hmac:0', to: 'hmac:1', backup: 's-a.age' }
const did: JournalEntry = { kind: 'did', step: 's-a', now: 'hmac:1' }
const ended: JournalEntry = { kind: 'ended', outcome: 'applied', at: at(3) }

/** Of a run of the places a and b. */
function runAfter(...entries: readonly JournalEntry[]): RunState {
  const fold = beginFold('r1', run.plan([{ address: 'a' }, { address: 'b' }]))
  for (const entry of entries) fold.add(entry)
  return fold.state()
}
const stepAfter = (...entries: readonly JournalEntry[]): StepState => stepState(runAfter(...entries), 's-a')

describe('the time of a run', () => {
  it('is that of its last entry, of whatever kind', () => {
    expect(runAfter(began, { ...intends, at: at(1) }, { ...did, at: at(2) }).lastAt).toBe(at(2))
    expect(runAfter(began, { ...intends, at: at(1) }, ended).lastAt).toBe(at(3))
  })

  it('is the last one known where entries of before have none', () => {
    expect(runAfter(began, intends, did).lastAt).toBe(at(0))
  })
})

describe('a run that has ended', () => {
  it.each<[string, JournalEntry]>([
    ['somebody goes on with it', { kind: 'resumed', doing: 'apply', by: BOB }],
    ['an act is announced', intends],
    ['an act is announced to be put back', { kind: 'intends undo', step: 's-a', from: 'hmac:1', to: 'hmac:0' }],
  ])('is open again when %s', (_, entry) => {
    expect(runAfter(began, ended, entry).outcome).toBe('open')
  })

  it('stays so when a place of it is proved later', () => {
    const proved: JournalEntry = { kind: 'verified', step: 's-a', outcome: 'verified', detail: 'git ls-remote' }
    expect(runAfter(began, intends, did, ended, proved).outcome).toBe('applied')
  })

  it.each([
    ['applied', [ended], 'applied'],
    ['open, for it can go nowhere any more', [], 'stopped'],
  ] as const)('or not is forgotten as %s', (_, end, outcome) => {
    const forgotten = runAfter(began, intends, ...end, { kind: 'forgets', by: BOB, forced: true, at: at(4) })
    expect(forgotten).toMatchObject({ outcome, forgotten: { at: at(4), finished: false, forced: true } })
  })
})

describe('who did something', () => {
  it('is named once, however often they went on', () => {
    const again = (by: Actor): JournalEntry => ({ kind: 'resumed', doing: 'apply', by })
    const elsewhere = { ...ALICE, host: 'server' }
    const { actors } = runAfter(began, again(BOB), again({ ...ALICE, process: 3 }), again(elsewhere))
    expect(actors).toEqual([ALICE, BOB, elsewhere])
  })

  it('is who went on last before it', () => {
    const state = runAfter(began, intends, did, { kind: 'resumed', doing: 'apply', by: BOB }, { ...did, step: 's-b' })
    expect([stepState(state, 's-a').by, stepState(state, 's-b').by]).toEqual([ALICE, BOB])
  })
})

describe('a step that is announced again', () => {
  const again: JournalEntry = {
    ...intends,
    from: 'hmac:5',
    to: 'hmac:6',
    backup: 'several-1.ages#s-a',
    sealed: 'ef'.repeat(32),
    entry: 'hmac:e2',
  }

  it('keeps what it held and what stood beside it before the run, with the backup that was kept last', () => {
    const first: JournalEntry = { ...intends, sealed: 'ab'.repeat(32), entry: 'hmac:e1' }
    expect(stepAfter(began, first, again)).toMatchObject({
      phase: 'announced',
      from: 'hmac:0',
      to: 'hmac:6',
      backup: 'several-1.ages#s-a',
      sealed: 'ef'.repeat(32),
      entry: 'hmac:e1',
    })
  })

  it('learns what stands beside it where that was not noted before', () => {
    expect(stepAfter(began, intends, again).entry).toBe('hmac:e2')
    expect(stepAfter(began, intends).entry).toBeUndefined()
  })

  it('is not known by the file of another backup', () => {
    const { sealed: _, ...unsealed } = again
    expect(stepAfter(began, { ...intends, sealed: 'ab'.repeat(32) }, unsealed).sealed).toBeUndefined()
  })

  it("is not somebody else's any more, nor failed", () => {
    const failed: JournalEntry = { kind: 'gave up', step: 's-a', code: 'R205', because: 'it holds something else' }
    expect(stepAfter(began, intends, failed)).toMatchObject({ isTheirs: true, gaveUp: { code: 'R205' } })
    const announced = stepAfter(began, intends, failed, again)
    expect([announced.isTheirs, announced.gaveUp]).toEqual([undefined, undefined])
  })
})

describe('a run goes back', () => {
  const undo: JournalEntry = { kind: 'intends undo', step: 's-a', from: 'hmac:1', to: 'hmac:0' }
  it.each<[string, readonly JournalEntry[], boolean]>([
    ['when a place of several is announced to be put back', [intends, did, undo], true],
    ['when one was put back', [intends, did, undo, { kind: 'undid', step: 's-a', now: 'hmac:0' }], true],
    ['not before that', [intends, did, { kind: 'resumed', doing: 'rollback', by: BOB }], false],
  ])('%s', (_, entries, goes) => {
    expect(isGoingBack(runAfter(began, ...entries))).toBe(goes)
  })
})
