import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type MemoryRun, memoryRun } from '../../test/support/memory-run.ts'
import type { JournalEntry } from '../model/journal-entry.ts'
import { whyNotOn } from './can-go-on.ts'
import { beginFold } from './run-state.ts'

let run: MemoryRun
beforeEach(async () => {
  run = await memoryRun(['a', 'b'])
})
afterEach(() => run.end())

const at = '2026-11-23T09:00:00.000Z'
const intends = (step: string): JournalEntry => ({
  kind: 'intends',
  step,
  from: 'hmac:0',
  to: 'hmac:1',
  backup: 'x.age',
})
const done = (step: string): readonly JournalEntry[] => [intends(step), { kind: 'did', step, now: 'hmac:1' }]
const proved = (step: string): readonly JournalEntry[] => [
  ...done(step),
  { kind: 'verified', step, outcome: 'verified', detail: 'git ls-remote' },
]
const undone = (step: string): readonly JournalEntry[] => [
  { kind: 'intends undo', step, from: 'hmac:1', to: 'hmac:0' },
  { kind: 'undid', step, now: 'hmac:0' },
]
const ended = (outcome: 'applied' | 'stopped' | 'rolled back' | 'partly rolled back'): JournalEntry => ({
  kind: 'ended',
  outcome,
  at,
})

/** Of a run of the places a and b. */
function whyNot(...entries: readonly (JournalEntry | readonly JournalEntry[])[]): unknown {
  const fold = beginFold('r1', run.plan([{ address: 'a' }, { address: 'b' }]))
  for (const entry of entries.flat()) fold.add(entry)
  return whyNotOn(fold.state())
}

describe('a run goes on', () => {
  it.each<[string, readonly (JournalEntry | readonly JournalEntry[])[]]>([
    ['that was cut off', [proved('s-a'), intends('s-b')]],
    ['that was stopped', [proved('s-a'), ended('stopped')]],
    ['of which nothing was changed when it was put back', [ended('rolled back')]],
    ['of which a rollback left the one place that was changed', [proved('s-a'), ended('partly rolled back')]],
    ['of which a rollback left a place that is not proved', [proved('s-a'), done('s-b'), ended('partly rolled back')]],
  ])('%s', (_, entries) => {
    expect(whyNot(...entries)).toBeUndefined()
  })
})

describe('a run does not go on', () => {
  it.each<[string, readonly (JournalEntry | readonly JournalEntry[])[], string, string]>([
    [
      'when every place was changed',
      [proved('s-a'), proved('s-b'), ended('applied')],
      'R317',
      'every place of it was changed, so there is nothing to go on with',
    ],
    [
      'when every place was changed, and a rollback left them as they were',
      [proved('s-a'), proved('s-b'), ended('applied'), ended('partly rolled back')],
      'R317',
      'every place of it was changed, so there is nothing to go on with',
    ],
    [
      'when its places were put back',
      [proved('s-a'), undone('s-a'), ended('rolled back')],
      'R316',
      'its places have their old bytes again; to change them once more takes another plan',
    ],
    [
      'while its places are being put back',
      [proved('s-a'), proved('s-b'), ended('applied'), undone('s-b')],
      'R316',
      'its places are being put back, 1 of 2 until now, so it cannot be continued forward',
    ],
    [
      'while it is not known whether a place of several was put back',
      [proved('s-a'), proved('s-b'), undone('s-b').slice(0, 1)],
      'R316',
      'its places are being put back, 0 of 2 until now, so it cannot be continued forward',
    ],
    [
      'when it was forgotten',
      [proved('s-a'), { kind: 'forgets', at, forced: true, by: { user: 'alice', host: 'laptop', process: 1 } }],
      'R315',
      'its backups were shredded on 2026-11-23, so it can neither go on nor be put back',
    ],
  ])('%s', (_, entries, code, because) => {
    expect(whyNot(...entries)).toMatchObject({ code, parts: { because } })
  })
})
