import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { diagnosed, FETCH, madeJob, madePin, madePlace, madePlan, REST, SCANNED } from '../../test/support/made-plan.ts'
import type { Plan, Step } from '../model/plan.ts'
import { ofStepsLeft } from '../model/steps-left.ts'
import { readPlan } from './plan-file.ts'
import { planId } from './seals.ts'
import { refOf } from './units.ts'
import { planBytes, planPieces, writePlan } from './write-plan.ts'

const made = madePlan([madePlace('a'), madePlace('b'), madePin('pin'), madePlace('r', { consumer: 'renovate' })])

type Editable = { -readonly [Name in keyof Plan]: Plan[Name] }
/** The plan as a person leaves it who edited the file. */
function edited(change: (plan: Editable) => void, plan: Plan = made): string {
  const copy: Editable = structuredClone(plan)
  change(copy)
  return writePlan(copy)
}

function onStep(id: string, change: (step: { -readonly [Name in keyof Step]: Step[Name] }) => void): string {
  return edited((plan) => {
    plan.steps = plan.steps.map((step) => {
      const copy = structuredClone(step)
      if (step.id === id) change(copy)
      return copy
    })
  })
}

const because = (text: string): unknown => {
  try {
    readPlan(text, 'plan.json')
    return 'it is read'
  } catch (error) {
    return error instanceof Error && 'parts' in error ? (error.parts as { because?: unknown }).because : error
  }
}

describe('a plan file', () => {
  it('is JSON or YAML, and says the same in both', () => {
    expect(readPlan(writePlan(made), 'plan.json')).toEqual(made)
    expect(readPlan(writePlan(made, 'yaml'), 'plan.yaml')).toEqual(made)
  })

  it('is written in pieces as it is in one, and once more where writing has to be repeated', () => {
    const pieces = planPieces(made)
    for (const _ of ['first', 'again']) expect(Buffer.concat([...pieces]).toString()).toBe(writePlan(made))
    expect(Buffer.from(planBytes(made)).toString()).toBe(writePlan(made))
  })

  it.each([
    ['plan.json', '  keyturn plan PATH -o plan.json'],
    ['review/Plan.YML', '  keyturn plan PATH -o plan.yaml'],
  ])('that cannot be read (%s) is made again in its own format', (at, command) => {
    expect(() => readPlan('schema: other\n', at)).toThrow(
      expect.objectContaining({ code: 'R202', parts: expect.objectContaining({ next: [command] }) }),
    )
  })

  it.each([['json'], ['yaml']] as const)('may have the mark of an editor before it: %s', (format) => {
    expect(readPlan(`\uFEFF${writePlan(made, format)}`, `plan.${format}`)).toEqual(made)
  })

  it('may have the members of its objects in any order', () => {
    const sorted = stringify(parse(writePlan(made, 'yaml')), { sortMapEntries: true })
    expect(readPlan(sorted, 'plan.yaml')).toEqual(made)
  })

  it('keeps its dates through an editor that reads YAML 1.1, where a bare date is no text', () => {
    const saved = stringify(parse(writePlan(made, 'yaml'), { version: '1.1' }), { version: '1.1' })
    expect(readPlan(saved, 'plan.yaml')).toEqual(made)
  })

  it.each([
    ['neither', '- {', /neither JSON nor YAML \(line 1\)/],
    ['an alias', 'schema: &a keyturn/plan/1\nid: *a\n', /alias/],
    ['another document', 'schema: other\n', /"schema" is not as the format asks/],
  ])('that is %s is refused', (_, text, words) => {
    expect(because(text)).toMatch(words)
  })
})

describe('what a person may edit', () => {
  it('steps go', () => {
    const text = edited((plan) => {
      plan.steps = plan.steps.filter(({ place }) => place.id !== 'r')
    })
    expect(readPlan(text, 'plan.json').steps.map(({ place }) => place.id)).not.toContain('r')
  })

  it('steps change places in their wave, and waves are carried out in order', () => {
    const text = edited((plan) => {
      plan.steps = [...plan.steps].reverse()
    })
    const read = readPlan(text, 'plan.json').steps.map(({ wave }) => wave ?? 0)
    expect(read).toEqual([...read].sort((one, other) => one - other))
  })

  it('what keyturn signs in with stays last, wherever it or another step is moved', () => {
    const own = madePlace('own', { consumer: 'git-config', address: 'remote.origin.url' })
    const plan = madePlan([own, madePlace('a'), madePlace('b')], {
      own: new Set([own.secret?.value?.fingerprint ?? '#']),
    })
    const moved = (id: string, wave: number) =>
      because(
        writePlan({ ...plan, steps: plan.steps.map((step) => (step.place.id === id ? { ...step, wave } : step)) }),
      )
    expect([moved('a', 2), moved('own', 9)]).toEqual(['it is read', 'it is read'])
    for (const words of [moved('own', 1), moved('own', 2), moved('b', 9)])
      expect(words).toMatch(/must be later than every other wave \(step s\d\): keyturn itself signs in with it/)
    const unmarked = plan.steps.map(({ last: _, ...step }) => step)
    expect(because(writePlan({ ...plan, steps: unmarked }))).toContain('.last" was edited')
  })

  it('a condition goes with the last of its steps', () => {
    const tool = madePlan([madePlace('a'), madePlace('r', { consumer: 'renovate', uses: [FETCH, REST] })])
    expect(tool.conditions).toHaveLength(1)
    const left = tool.steps.filter(({ place }) => place.id === 'a')
    expect(ofStepsLeft(readPlan(writePlan({ ...tool, steps: left }), 'plan.json')).conditions).toEqual([])
  })

  it('what is left is kept and read again as it was read', () => {
    const tokens = ['a', 'b'].map((id) => madePlace(id, { kind: 'api-token' }))
    const whole = madePlan([...tokens, madePlace('r', { consumer: 'renovate', uses: [FETCH, REST] })], {
      diagnoses: new Map(['a', 'b'].map((id) => [id, diagnosed('D105')])),
    })
    expect([whole.conditions?.length, whole.retire?.length]).toEqual([1, 2])
    for (const id of ['a', 'b', 'r']) {
      const steps = whole.steps.filter(({ place }) => place.id !== id).reverse()
      const read = readPlan(writePlan({ ...whole, steps }), 'plan.json')
      expect(read.steps).toHaveLength(2)
      expect(readPlan(writePlan(read), 'plan.json')).toEqual(read)
      expect(readPlan(writePlan(read, 'yaml'), 'plan.yaml')).toEqual(read)
    }
  })

  it('a step moves to another wave', () => {
    const text = onStep('s2', (step) => {
      step.wave = 9
    })
    expect(readPlan(text, 'plan.json').steps.at(-1)?.id).toBe('s2')
  })

  it('a username becomes another that Bitbucket takes there', () => {
    const { id } = made.steps.find(({ usernames }) => usernames !== undefined) ?? { id: 'none' }
    const text = onStep(id, (step) => {
      step.to = { ...step.to, username: { set: 'alice' } }
    })
    expect(readPlan(text, 'plan.json').steps.find((step) => step.id === id)?.to.username).toEqual({ set: 'alice' })
  })
})

describe('everything else is refused, with the field named', () => {
  const first = made.steps.find(({ usernames }) => usernames !== undefined)?.id ?? ''
  const index = made.steps.findIndex(({ id }) => id === first)

  it.each<[string, (step: { -readonly [Name in keyof Step]: Step[Name] }) => void, string]>([
    ['another place', (step) => (step.place = { ...step.place, address: 'machine/other' }), 'place'],
    ['another digest', (step) => (step.from = { ...step.from, digest: `hmac:${'1'.repeat(64)}` }), 'from'],
    ['another token', (step) => (step.to = { ...step.to, token: 'other' }), 'to'],
    ['no proof', (step) => (step.uses = []), 'uses'],
    ['another reason', (step) => (step.reason = 'because'), 'reason'],
    ['a username that would not do', (step) => (step.usernames = ['bob']), 'usernames'],
  ])('%s', (_, change, field) => {
    expect(because(onStep(first, change))).toBe(`"steps.${index}.${field}" was edited; plan again to change it`)
  })

  it('a username that is not among those that would do', () => {
    const text = onStep(first, (step) => {
      step.to = { ...step.to, username: { set: 'bob' } }
    })
    expect(because(text)).toBe(`"steps.${index}.to.username" is none of the "usernames" of the step`)
  })

  it.each(['s99', 'constructor', '__proto__'])('a step that was not planned, called %s', (id) => {
    const text = edited((plan) => {
      plan.steps = [...plan.steps, { ...structuredClone(made.steps[0] as Step), id }]
    })
    expect(because(text)).toContain(`(${id}) was not in this plan when it was made`)
  })

  const shared = madePlace('a', { kind: 'api-token' })
  const whole = madePlan(
    [shared, madePlace('r', { consumer: 'renovate', uses: [FETCH, REST] }), madePin('pin', 'bob')],
    {
      tokens: [],
      diagnoses: new Map([['a', diagnosed('D105')]]),
    },
  )

  it.each<[string, (plan: Editable) => void]>([
    ['createdAt', (plan) => (plan.createdAt = '2030-01-01T00:00:00.000Z')],
    ['sources', (plan) => (plan.sources = ['/'])],
    ['requests', (plan) => (plan.requests = plan.requests.map((one) => ({ ...one, scopes: [] })))],
    ['kept', (plan) => (plan.kept = [])],
    ['manual', (plan) => (plan.manual = [{ place: refOf(shared), reason: 'it is', wayOut: 'Do it.' }])],
    ['conditions', (plan) => (plan.conditions = [])],
    ['retire', (plan) => (plan.retire = [])],
    ['seals', (plan) => (plan.seals = { ...plan.seals, s99: '00' })],
  ])('%s', (field, change) => {
    expect(because(writePlan(whole))).toBe('it is read')
    const words = because(edited(change, whole))
    expect(words).toMatch(/^something besides the steps was edited \(/)
    expect(words).toContain(`"${field}"`)
  })
})

describe('a plan of an earlier version', () => {
  const tokens = ['a', 'b'].map((id) => madePlace(id, { kind: 'api-token' }))
  const today = madePlan([...tokens, madePlace('own', { address: 'remote.origin.url' })], {
    diagnoses: new Map(['a', 'b'].map((id) => [id, diagnosed('D105')])),
  })

  /** Before a step had `last` and `to.emailComes`, its seal had eight digits less; before a retirement had `steps`, it named places alone. */
  function asWritten({ steps, seals = {}, retire = [], ...rest }: Plan): Plan {
    const old = {
      ...rest,
      seals: Object.fromEntries(Object.entries(seals).map(([id, seal]) => [id, seal.slice(0, -8)])),
      retire: retire.map(({ steps: _steps, ...one }) => one),
    }
    const { id: _id, ...sealed } = old
    return { ...old, id: planId(sealed), steps }
  }
  const older = asWritten(today)

  it('is read, and its steps may go', () => {
    expect([today.retire?.length, today.steps.some(({ last, to }) => last ?? to.emailComes)]).toEqual([2, false])
    expect(readPlan(writePlan(older), 'plan.json')).toEqual(older)
    const left = readPlan(writePlan({ ...older, steps: older.steps.slice(1) }), 'plan.json')
    expect(left.steps).toHaveLength(2)
    // It does not tell which steps take a secret away: none is held back.
    expect(ofStepsLeft(left).retire).toEqual(older.retire)
  })

  const first = older.steps[0] as Step
  it.each<[string, Partial<Step>]>([
    ['last', { last: true }],
    ['to', { to: { ...first.to, emailComes: true } }],
    ['reason', { reason: 'because' }],
  ])('is refused where "%s" was edited, which its seal may not know', (field, change) => {
    const text = writePlan({
      ...older,
      steps: older.steps.map((step) => (step === first ? { ...step, ...change } : step)),
    })
    expect(because(text)).toBe(`"steps.0.${field}" was edited; plan again to change it`)
  })
})

describe('the order that steps need', () => {
  const job = madeJob('one')
  const shared = madePlace('c', {
    consumer: 'jenkins-home',
    address: 'system/_/bb',
    uses: [...SCANNED, { ...FETCH, by: 'job one', reference: job }],
  })
  const split = madePlan([shared], { creating: new Set(['jenkins-home']) })

  it('a job is not told to name a credential that nobody makes', () => {
    const text = edited((plan) => {
      plan.steps = plan.steps.filter(({ to }) => to.create === undefined)
    }, split)
    expect(because(text)).toBe('"steps.0" (s2) needs step s1, which is not there')
  })

  it('nor before it is made', () => {
    const text = edited((plan) => {
      plan.steps = plan.steps.map((step) => (step.to.create === undefined ? step : { ...step, wave: 7 }))
    }, split)
    expect(because(text)).toContain('must be later than the wave of step s1')
  })

  it('the whole split may go', () => {
    const text = edited((plan) => {
      plan.steps = []
    }, split)
    expect(because(text)).toBe('it is read')
  })
})
