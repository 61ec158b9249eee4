import { describe, expect, it } from 'vitest'
import { beginFold, type RunState, tally } from '../../apply/run-state.ts'
import type { JournalEntry } from '../../model/journal-entry.ts'
import type { Plan, Retirement, Step } from '../../model/plan.ts'
import { makeOutput } from '../output.ts'
import { runsLines, showCsv, showDocument, showLines } from './history.ts'
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
    expect(lines.join('\n')).toContain(
      '1 place of 6 changed and proved, 1 changed and not proved here, 1 changed and\nnot proved yet, 1 announced\n',
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

  it('that went well are counted beyond forty, and no other one is left out', () => {
    const ids = Array.from({ length: 60 }, (_, at) => `p${at}`)
    const [first] = STEPS
    if (first === undefined) throw new Error('no step')
    const plan = { ...PLAN, steps: ids.map((id) => ({ ...first, id, place: { ...first.place, address: id } })) }
    const fold = beginFold('r1', plan)
    for (const entry of ids.flatMap((id, at) => verified(id, at < 55 ? 'verified' : 'not verifiable here')))
      fold.add(entry)
    const lines = applyLines({ state: fold.state(), exitCode: 3 }, paint)
    expect(lines.filter((line) => line.includes('proved: '))).toHaveLength(40)
    expect(lines.filter((line) => line.includes('could not be checked: '))).toHaveLength(5)
    expect(lines).toContain('     ... 15 more places, proved (keyturn show r1)')
  })

  it('that were not reached are counted beyond ten', () => {
    const [first] = STEPS
    if (first === undefined) throw new Error('no step')
    const steps = Array.from({ length: 100 }, (_, at) => ({ ...first, id: `p${at}` }))
    const state = beginFold('r1', { ...PLAN, steps }).state()
    const stopped = applyLines({ state, exitCode: 130 }, paint)
    expect(stopped.filter((line) => line === '       unchanged')).toHaveLength(10)
    expect(stopped).toContain('     ... 90 more places, unchanged (keyturn show r1)')
    const back = rollbackLines({ state, restored: [], left: [], remaining: steps, exitCode: 130 }, paint)
    expect(back.filter((line) => line === '       not put back yet')).toHaveLength(10)
    expect(back).toContain('     ... 90 more places, not put back yet (keyturn show r1)')
  })

  it('are followed by the secrets that nothing known holds any more, when they are proved', () => {
    const retire = (places: readonly string[], still: readonly string[]): Retirement => ({
      fingerprint: '#0011',
      kind: 'api-token',
      owner: 'alice',
      places,
      steps: places,
      still,
      wayOut: 'Its owner revokes it.',
    })
    const shown = (one: Retirement): readonly string[] => {
      const fold = beginFold('r1', { ...PLAN, retire: [one] })
      for (const entry of [...verified('a'), ...verified('b', 'not verifiable here')]) fold.add(entry)
      return applyLines({ state: fold.state(), exitCode: 3 }, paint)
    }
    const revoke = [
      'What was replaced still opens something:',
      '  -  revoke   #0011 of alice, replaced in 1 place',
      '         Its owner revokes it.',
      '     Only what was scanned is known here: look first for others that use it.',
    ]
    expect(shown(retire(['a'], []))).toEqual(expect.arrayContaining(revoke))
    expect(shown(retire(['b'], []))).not.toContain(revoke[0])
    const notYet = (why: string): string => `         Not yet: ${why}. Its owner revokes it.`
    expect(shown(retire(['a', 'b'], []))).toContain(notYet('1 place that held it is not proved'))
    expect(shown(retire(['a', 'c'], []))).toContain(notYet('1 place holds it still'))
    expect(shown(retire(['a', 'b'], ['x', 'y'])).join(' ')).toContain(
      'Not yet: 2 places hold it still, 1 place that held it is not proved. ',
    )
  })

  it('that could not be checked for want of a repository are asked about again on one that is named', () => {
    const blind = stateAfter(...verified('a', 'not verifiable here'))
    expect(applyLines({ state: blind, exitCode: 3 }, paint)).toContain(
      '    keyturn verify r1 --repository WORKSPACE/NAME',
    )
  })

  it('are counted alike by status', () => {
    expect(runLines([MIXED], [], paint).join('\n')).toContain('3 of 6 places changed, 1 proved')
  })
})

describe('a run that was stopped', () => {
  const stopped = stateAfter(...verified('a'), { kind: 'ended', outcome: 'stopped', at: '2026-11-23T09:00:00.000Z' })

  it('has both ways on in the status', () => {
    expect(runLines([stopped], [], paint).slice(-4)).toEqual([
      'Run r1 was stopped.',
      '    keyturn apply r1 --resume',
      'or, to put its places back:',
      '    keyturn rollback r1',
    ])
  })

  it('has no word about it once another run came after it', () => {
    expect(runLines([stopped, { ...stopped, run: 'r2', outcome: 'applied' }], [], paint)).toHaveLength(3)
  })

  it('that has no end may be carried out at this moment, and is said to have broken off by nobody', () => {
    const [first = '', second] = runLines([{ ...MIXED, outcome: 'open' }], [], paint).slice(3)
    expect(first).toContain('has no end: a command carries it out now, or it broke off.')
    expect(second).toBe('Where it broke off:')
  })

  it('and is being put back can only be put back', () => {
    const words = runLines([{ ...MIXED, outcome: 'open' }], [], paint).join('\n')
    expect(words).toContain('To put the rest back:\n    keyturn rollback r1')
    expect(words).not.toContain('--resume')
  })
})

describe('the record of a run', () => {
  it('does not call verified what was put back since', () => {
    const lines = showLines(MIXED, paint)
    expect(lines.filter((line) => / verified/.test(line)).slice(1)).toEqual([
      '       verified: asked',
      '       verified before that: asked',
    ])
  })

  it('names each place by its id, which rollback --place asks for', () => {
    const shown = showLines(MIXED, paint).join('\n')
    for (const { place } of STEPS) expect(shown).toContain(`  ${place.id}  `)
  })

  it('does not say that what was put back went to the new one', () => {
    const words = showLines(MIXED, paint).filter((line) => /\bfrom\b/.test(line))
    expect(words.filter((line) => line.startsWith('       from '))).toHaveLength(4)
    expect(words.filter((line) => line.startsWith('       before that it went from '))).toHaveLength(1)
    expect(words.filter((line) => line.startsWith('       planned: from '))).toHaveLength(1)
  })
})

describe('the record of a place that names other credentials', () => {
  const [a] = STEPS
  const reference = { from: 'bb', to: 'bb-git', also: [{ from: 'cc', to: 'cc-git' }] }
  const state = (): RunState => {
    if (a === undefined) throw new Error('a step')
    const step: Step = { ...a, to: { username: 'keep', keepSecret: true, reference } }
    return beginFold('r1', { ...PLAN, steps: [step] }).state()
  }

  it('says which it named and which it names', () => {
    expect(showLines(state(), paint)).toContain('       planned: from credentials bb, cc to credentials bb-git, cc-git')
    const changes = [{ from: { credentials: ['bb', 'cc'] }, to: { credentials: ['bb-git', 'cc-git'] } }]
    expect(showDocument(state())).toMatchObject({ changes })
    const [head = '', row = ''] = showCsv(state()).split(/\r?\n/)
    expect(head.endsWith(',fromCredentials,toCredentials')).toBe(true)
    expect(row.endsWith(',"bb, cc","bb-git, cc-git"')).toBe(true)
  })
})

describe('the list of runs', () => {
  it('fits into 80 columns, whoever ran them and wherever', () => {
    const actors = [{ user: 'operations-migration', host: 'build-controller-17.example.org', process: 1 }]
    const run = 'r20261129-014038-718e0a7c'
    const forgotten = { at: '2026-11-29T01:40:00.000Z', finished: true, forced: false }
    const state: RunState = { ...MIXED, run, actors, startedAt: '2026-11-29T01:40:00.000Z', forgotten }
    const lines = runsLines([{ ...state, outcome: 'partly rolled back' }], [], paint)
    expect(lines.filter((line) => line.length > 80)).toEqual([])
    expect(lines.slice(0, 4)).toEqual([
      '1 run',
      `  ${run}  2026-11-29 01:40 UTC  partly rolled back, forgotten`,
      '       3 of 6 changed, 1 verified, 1 put back, by',
      '       operations-migration@build-controller-17.example.org',
    ])
  })
})

describe('a step that a vault keeps', () => {
  const [step] = STEPS
  if (step === undefined) throw new Error('a step')
  const encrypted = { ...step, place: { ...step.place, consumer: 'ansible-vault' } }
  const fold = beginFold('r1', { ...PLAN, steps: [encrypted] })
  for (const entry of [...verified('a'), { kind: 'ended', outcome: 'stopped', at: '' } as const]) fold.add(entry)

  it('wants its password to go on, and none to be put back', () => {
    const lines = applyLines({ state: fold.state(), exitCode: 130 }, paint)
    expect(lines).toContain('    keyturn apply r1 --resume --vault-password-file FILE')
    expect(lines).toContain('    keyturn rollback r1')
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

  it('says how to end where somebody else has changed what is left', () => {
    if (b === undefined) throw new Error('a step')
    const left = [{ step: b, because: 'someone else changed it since; it was left as it is', foreign: true }]
    expect(rollbackLines({ ...outcome, left, exitCode: 4 }, paint).slice(-2)).toEqual([
      'Look at what is left. Where it is to stay so, the way back can be given up:',
      '    keyturn forget r1 --force',
    ])
  })

  it('names the run that is to be put back before, or the command for what stood in the way', () => {
    if (a === undefined || b === undefined) throw new Error('two steps')
    const by = { step: a, because: 'run r2 changed it since; it was left as it is', foreign: true, by: 'r2' }
    expect(rollbackLines({ ...outcome, left: [by] }, paint).slice(-3)).toEqual([
      'To put back a later run, and then the rest:',
      '    keyturn rollback r2',
      '    keyturn rollback r1',
    ])
    const full = { step: b, because: 'no space is left on the device', foreign: false }
    expect(rollbackLines({ ...outcome, left: [full] }, paint).slice(-2)).toEqual([
      'Remove what stands in the way, then put the rest back:',
      '    keyturn rollback r1',
    ])
  })

  it('says what is done by hand where no repetition helps, and does not ask for one', () => {
    if (a === undefined) throw new Error('a step')
    const never = { step: a, because: 'the backup does not hold it', foreign: false, byHand: ['Set it by hand.'] }
    expect(rollbackLines({ ...outcome, left: [never] }, paint)).toEqual([
      '  !  /home/alice/a machine bitbucket.org',
      '       the backup does not hold it',
      '       Set it by hand.',
      '',
      '0 places put back, 1 left as found',
    ])
  })

  it('names the controller of a place that a later run changed, which has to be named for that one, too', () => {
    if (a === undefined) throw new Error('a step')
    const controller = 'https://ci.example.org'
    const at = { kind: 'url', url: `${controller}/credentials/store/system/domain/_/credential/bb` } as const
    const step: Step = { ...a, place: { ...a.place, consumer: 'jenkins', at, address: 'system/_/bb' } }
    const state = { ...MIXED, plan: { ...PLAN, sources: [controller], steps: [step] } }
    const by = { step, because: 'run r2 changed it since; it was left as it is', foreign: true, by: 'r2' }
    expect(rollbackLines({ ...outcome, state, left: [by] }, paint).slice(-2)).toEqual([
      `    keyturn rollback r2 --jenkins ${controller}`,
      `    keyturn rollback r1 --jenkins ${controller}`,
    ])
  })

  it('of a run that was put back before says that there was nothing to do', () => {
    expect(rollbackLines(outcome, paint)).toEqual(['Nothing had to be put back.'])
  })
})
