import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Step } from '../model/plan.ts'
import { reversedStages, stagesOf } from './stages.ts'

const place = (address: string): Step['place'] => ({
  id: address,
  consumer: 'x',
  at: { kind: 'file', path: `/${address}` },
  address,
})

function step(id: string, to: Step['to'] = { username: 'keep', token: 'ci' }, wave?: number): Step {
  return {
    id,
    place: place(id),
    from: { digest: 'absent' },
    to,
    uses: [],
    reason: '',
    ...(wave === undefined ? {} : { wave }),
  }
}

const strip: Step['to'] = { username: 'remove', keepSecret: true }
const make: Step['to'] = { username: { set: 'x-token-auth' }, token: 'ci', create: { like: place('old') } }
const rewire: Step['to'] = { username: 'keep', reference: { from: 'old', to: 'new' } }

const ids = (stages: readonly (readonly Step[])[]): readonly (readonly string[])[] =>
  stages.map((stage) => stage.map(({ id }) => id))

describe('the stages of a run', () => {
  it('are one for independent steps', () => {
    expect(ids(stagesOf([step('a'), step('b'), step('c')], {}))).toEqual([['a', 'b', 'c']])
  })

  it('make a credential before anything names it, and take a username out of a URL before its credential changes', () => {
    const steps = [step('job', rewire), step('new', make), step('url', strip), step('other')]
    expect(ids(stagesOf(steps, {}))).toEqual([['url'], ['new', 'other'], ['job']])
  })

  it('follow the order that the plan gives', () => {
    const steps = [step('last', undefined, 9), step('a'), step('early', rewire, -1), step('b')]
    expect(ids(stagesOf(steps, {}))).toEqual([['early'], ['a', 'b'], ['last']])
  })

  it('begin with the canaries alone, and hold no more than a batch', () => {
    const steps = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => step(id))
    expect(ids(stagesOf(steps, { canary: 2, batch: 3 }))).toEqual([['a', 'b'], ['c', 'd', 'e'], ['f']])
  })

  it('hold every step once, whatever the sizes', () => {
    const kinds = fc.constantFrom(strip, make, rewire, undefined)
    fc.assert(
      fc.property(
        fc.array(fc.tuple(kinds, fc.option(fc.nat(3), { nil: undefined }))),
        fc.nat(9),
        fc.nat(9),
        (made, canary, batch) => {
          const steps = made.map(([to, wave], index) => step(`s${index}`, to, wave))
          const stages = stagesOf(steps, { canary, batch })
          expect(
            stages
              .flat()
              .map(({ id }) => id)
              .sort(),
          ).toEqual(steps.map(({ id }) => id).sort())
          expect(stages.every((stage) => stage.length > 0)).toBe(true)
        },
      ),
    )
  })

  it('are gone through backwards to put places back', () => {
    expect(ids(reversedStages([step('url', strip), step('new', make), step('b'), step('job', rewire)]))).toEqual([
      ['job'],
      ['b', 'new'],
      ['url'],
    ])
  })
})
