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

const needing = (id: string, ...needs: readonly string[]): Step => ({ ...step(id), needs })

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

  it('follow the waves of the plan', () => {
    const steps = [step('last', undefined, 9), step('a', undefined, 2), step('early', rewire), step('b', undefined, 2)]
    expect(ids(stagesOf(steps, {}))).toEqual([['early'], ['a', 'b'], ['last']])
  })

  it('begin with the canaries alone, and hold no more than a batch', () => {
    const steps = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => step(id))
    expect(ids(stagesOf(steps, { canary: 2, batch: 3 }))).toEqual([['a', 'b'], ['c', 'd', 'e'], ['f']])
  })

  it('keep a manifest and its lock files in one stage, however small the stages are', () => {
    const ring = [needing('a', 'd'), step('b'), needing('c', 'a'), needing('d', 'c'), step('e')]
    expect(ids(stagesOf(ring, { batch: 1 }))).toEqual([['a', 'd', 'c'], ['b'], ['e']])
    expect(ids(stagesOf(ring, { batch: 4 }))).toEqual([['a', 'd', 'c', 'b'], ['e']])
    expect(ids(stagesOf(ring, { canary: 1 }))).toEqual([
      ['a', 'd', 'c'],
      ['b', 'e'],
    ])
  })

  it('keep them so where one of them only loses its username', () => {
    const ring = [step('other'), { ...needing('manifest', 'lock') }, { ...needing('lock', 'manifest'), to: strip }]
    expect(ids(stagesOf(ring, { batch: 1 }))).toEqual([['manifest', 'lock'], ['other']])
  })

  it('hold no step together with one of another wave that it needs', () => {
    const made = step('new', make, 1)
    expect(ids(stagesOf([made, { ...step('job', rewire, 2), needs: ['new'] }], {}))).toEqual([['new'], ['job']])
  })

  it('never part what is locked together, whatever the sizes', () => {
    const kinds = fc.constantFrom(strip, make, rewire, undefined)
    fc.assert(
      fc.property(
        fc.array(fc.tuple(kinds, fc.nat(5)), { maxLength: 20 }),
        fc.nat(9),
        fc.nat(9),
        (made, canary, batch) => {
          const groupOf = (id: string): number | undefined => made[Number(id.slice(1))]?.[1]
          const steps = made.map(([to, group], index) => {
            const members = made.flatMap(([, other], at) => (other === group ? [`s${at}`] : []))
            return {
              ...step(`s${index}`, to),
              needs: [members[(members.indexOf(`s${index}`) + 1) % members.length] ?? ''],
            }
          })
          const stages = stagesOf(steps, { canary, batch })
          expect(stages.flat()).toHaveLength(steps.length)
          const groups = stages.flatMap((stage) => [...new Set(stage.map(({ id }) => groupOf(id)))])
          expect(new Set(groups).size).toBe(groups.length)
        },
      ),
    )
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
