import { describe, expect, it } from 'vitest'
import { beginFold, type RunState, tally } from '../../apply/run-state.ts'
import type { JournalEntry } from '../../model/journal-entry.ts'
import type { Plan, Step } from '../../model/plan.ts'
import { makeOutput } from '../output.ts'
import { applyLines, rollbackLines } from './run.ts'
import { runLines } from './status.ts'

const { paint } = makeOutput({ stdout: process.stdout, stderr: process.stderr }, { json: false, colour: false })

const STEPS = ['a', 'b', 'c', 'd', 'e', 'f'].map(
  (id): Step => ({
    id,
    place: { id, consumer: 'netrc', at: { kind: 'file', path: `/home/alice/${id}` }, address: 'machine bitbucket.org' },
    from: { digest: 'hmac:00' },
    to: { username: 'keep', token: 'ci' },
    uses: [{ operation: 'git-fetch', by: 'a clone' }],
    reason: 'app passwords ended',
  }),
)

const PLAN: Plan = {
  schema: 'keyturn/plan/1',
  id: 'plan1234',
  createdAt: '2026-11-23T09:00:00.000Z',
  sources: [],
  requests: [],
  steps: STEPS,
  kept: [],
  manual: [],
}

const intends = (step: string): JournalEntry => ({
  kind: 'intends',
  step,
  from: 'hmac:00',
  to: 'hmac:01',
  backup: step,
})
const did = (step: string): readonly JournalEntry[] => [intends(step), { kind: 'did', step, now: 'hmac:01' }]
const verified = (step: string, outcome: 'verified' | 'not verifiable here' = 'verified'): readonly JournalEntry[] => [
  ...did(step),
  { kind: 'verified', step, outcome, detail: 'asked' },
]

function stateAfter(...entries: readonly JournalEntry[]): RunState {
  const fold = beginFold('r1', PLAN)
  for (const entry of entries) fold.add(entry)
  return fold.state()
}

/** Of six places: proved, not provable, changed and not asked, announced, put back, not begun. */
const MIXED = stateAfter(
  ...verified('a'),
  ...verified('b', 'not verifiable here'),
  ...did('c'),
  intends('d'),
  ...verified('e'),
  { kind: 'intends undo', step: 'e', from: 'hmac:01', to: 'hmac:00' },
  { kind: 'undid', step: 'e', now: 'hmac:00' },
  { kind: 'ended', outcome: 'stopped', at: '2026-11-23T09:00:00.000Z' },
)

describe('the places of a run', () => {
  it('are counted once each, by where they stand now', () => {
    expect(tally(MIXED)).toEqual({
      places: 6,
      changed: 3,
      verified: 1,
      unverifiable: 1,
      unproved: 1,
      announced: 1,
      restored: 1,
    })
    expect(tally(MIXED, 'c')).toMatchObject({ changed: 2, unproved: 0 })
  })

  it('are told at the end of a command as they are counted: nothing that was changed is called unchanged', () => {
    const lines = applyLines({ state: MIXED, exitCode: 130 }, paint)
    expect(lines).toContain(
      '1 place of 6 changed and proved, 1 changed and not proved here, 1 changed and not proved yet, 1 announced',
    )
    expect(lines.filter((line) => /^ {7}/.test(line))).toEqual([
      '       proved: git fetch',
      '       changed; could not be checked: asked',
      '       changed; not proved yet',
      '       announced; whether it was changed is read when the run goes on',
      '       unchanged',
      '       unchanged',
    ])
  })

  it('are counted alike by status', () => {
    expect(runLines([MIXED], [], paint).join('\n')).toContain('3 of 6 places changed, 1 proved')
  })
})

describe('the end of a rollback', () => {
  const [a, b, c] = STEPS
  const outcome = { state: MIXED, restored: [], left: [], remaining: [], exitCode: 0 } as const

  it('names what was not put back yet, and the command that does it', () => {
    if (a === undefined || b === undefined || c === undefined) throw new Error('three steps')
    const left = [{ step: b, because: 'someone else changed it since; it was left as it is', foreign: true }]
    const lines = rollbackLines({ ...outcome, restored: [c], left, remaining: [a], exitCode: 130 }, paint)
    expect(lines).toEqual([
      '  ~  /home/alice/c machine bitbucket.org',
      '  !  /home/alice/b machine bitbucket.org',
      '       someone else changed it since; it was left as it is',
      '  .  /home/alice/a machine bitbucket.org',
      '       not put back yet',
      '',
      '1 place put back, 1 left as found, 1 not put back yet',
      'It was stopped. To put the rest back:',
      '    keyturn rollback r1',
    ])
  })

  it('of a run that was put back before says that there was nothing to do', () => {
    expect(rollbackLines(outcome, paint)).toEqual(['Nothing had to be put back.'])
  })
})
