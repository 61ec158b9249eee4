import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FETCH, madePin, madePlace, madePlan } from '../../test/support/made-plan.ts'
import type { Plan } from '../model/plan.ts'

const waves = (plan: Plan) => plan.steps.map(({ place, wave }) => [place.id, wave])
const system = (id: string) => madePlace(id, { consumer: 'jenkins-home', address: `system/_/${id}` })
const folder = (id: string) => madePlace(id, { consumer: 'jenkins-home', address: `folder/team/_/${id}` })

describe('waves', () => {
  it('begin with one place of the token, and end with what serves most', () => {
    const plan = madePlan([
      system('s'),
      folder('f'),
      madePlace('tool', { consumer: 'renovate' }),
      madePlace('n1'),
      madePlace('n2'),
      madePlace('clone', { consumer: 'git-config', address: 'remote.origin.url' }),
    ])
    expect(waves(plan)).toEqual([
      ['clone', 1],
      ['n1', 2],
      ['n2', 2],
      ['tool', 3],
      ['f', 4],
      ['s', 5],
    ])
  })

  it('have a canary of every token that several places get', () => {
    const bob = (id: string) => madePlace(id, { username: 'bob', uses: [{ ...FETCH, by: id }] })
    const plan = madePlan([madePlace('a1'), madePlace('a2'), bob('b1'), bob('b2')], { tokens: [] })
    expect(waves(plan).filter(([, wave]) => wave === 1)).toEqual([
      ['a1', 1],
      ['b1', 1],
    ])
  })

  it('begin with the places that a person names', () => {
    expect(waves(madePlan([madePlace('a'), system('s')], { policy: { canaries: ['s'] } }))).toEqual([
      ['s', 1],
      ['a', 2],
    ])
  })

  it('take a username out of the URLs before the credential that answers them changes', () => {
    const { steps } = madePlan([madePlace('a'), madePin('pin')])
    expect(steps.map(({ place, needs }) => [place.id, needs])).toEqual([
      ['pin', undefined],
      ['a', ['s1']],
    ])
  })

  it('take it out before each of the credentials that answer them, not only the first', () => {
    const { steps } = madePlan([madePlace('a'), madePlace('b'), madePin('pin')])
    expect(steps.map(({ place, needs }) => [place.id, needs])).toEqual([
      ['pin', undefined],
      ['a', ['s1']],
      ['b', ['s1']],
    ])
  })

  it("take an entry of a credential helper for a developer's", () => {
    const helper = madePlace('z', { consumer: 'git-helper', address: 'helper/bitbucket.org' })
    const plan = madePlan([madePlace('a', { consumer: 'renovate' }), helper, madePlace('b', { consumer: 'renovate' })])
    expect(waves(plan)).toEqual([
      ['z', 1],
      ['a', 2],
      ['b', 2],
    ])
  })

  it('end with what keyturn itself signs in with', () => {
    const own = madePlace('own', { consumer: 'git-config', address: 'remote.origin.url' })
    const plan = madePlan([own, system('s'), madePlace('a')], { own: new Set([own.secret?.value?.fingerprint ?? '#']) })
    expect(plan.steps.map(({ place, last }) => [place.id, last])).toEqual([
      ['a', undefined],
      ['s', undefined],
      ['own', true],
    ])
  })

  it('have no gap, never run backwards, and let nothing come before what it needs', () => {
    const anyPlace = fc.constantFrom('git-config', 'netrc', 'renovate', 'jenkins-home')
    fc.assert(
      fc.property(fc.array(fc.tuple(anyPlace, fc.boolean(), fc.boolean()), { maxLength: 12 }), (drawn) => {
        const places = drawn.map(([consumer, isPin, isSystem], index) => {
          const id = `p${index}`
          if (isPin) return madePin(id)
          return madePlace(id, { consumer, address: isSystem ? `system/_/${id}` : `a${index}` })
        })
        const { steps } = madePlan(places)
        const numbers = steps.map(({ wave }) => wave ?? 0)
        expect([...new Set(numbers)]).toEqual([...new Set(numbers)].map((_, index) => index + 1))
        const byId = new Map(steps.map((step) => [step.id, step]))
        for (const step of steps)
          for (const needed of step.needs ?? []) expect(byId.get(needed)?.wave).toBeLessThan(step.wave ?? 0)
      }),
    )
  })
})
