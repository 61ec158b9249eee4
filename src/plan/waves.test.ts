import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  DIGEST,
  FETCH,
  type MadePlace,
  madeJob,
  madePin,
  madePlace,
  madePlan,
  REST,
  SCANNED,
} from '../../test/support/made-plan.ts'
import type { Place } from '../model/place.ts'
import type { Plan } from '../model/plan.ts'
import type { Use } from '../model/use.ts'

const waves = (plan: Plan) => plan.steps.map(({ place, wave }) => [place.id, wave])
const system = (id: string) => madePlace(id, { consumer: 'jenkins-home', address: `system/_/${id}` })
const folder = (id: string) => madePlace(id, { consumer: 'jenkins-home', address: `folder/team/_/${id}` })
const NOWHERE: Use = { operation: 'git-fetch', by: 'remote origin' }
const MIRROR: Use = { ...FETCH, by: 'remote mirror' }
const CLONE: MadePlace = { consumer: 'git-config', address: 'remote.origin.url' }
const JOB: MadePlace = { consumer: 'jenkins-home', address: 'job/app/credentials/git' }

/** `credential.<url>.username`: what git asks helpers and stores by. */
const setting = (id: string): Place => ({
  ...madePin(id, 'alice', []),
  address: 'credential.https://bitbucket.org.username',
})

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

  it('go from what one person uses to what everything hangs on, and each URL goes before its credential', () => {
    const own = madePlace('own')
    const plan = madePlan(
      [
        own,
        system('system'),
        folder('folder'),
        madePlace('tool', { consumer: 'renovate' }),
        madePlace('job', JOB),
        madePlace('store', { uses: [MIRROR] }),
        madePin('url of the store', 'alice', [MIRROR]),
        madePlace('clone', CLONE),
        madePin('url of the clone'),
      ],
      { own: new Set([own.secret?.value?.fingerprint ?? '#']) },
    )
    expect(waves(plan)).toEqual([
      ['url of the clone', 1],
      ['clone', 2],
      ['url of the store', 3],
      ['store', 4],
      ['job', 5],
      ['tool', 6],
      ['folder', 7],
      ['system', 8],
      ['own', 9],
    ])
  })

  it.each<readonly [string, least: MadePlace, other: MadePlace]>([
    ['a clone before a store: it serves one clone, and a store all that its person does', CLONE, {}],
    ['a clone, even if a store is easier to prove', { ...CLONE, uses: [NOWHERE] }, {}],
    ["a developer's file, even if a tool is easier to prove", { uses: [NOWHERE] }, { consumer: 'renovate' }],
    ['what a job alone holds before what a tool holds', JOB, { consumer: 'renovate' }],
    ['of two stores, the one of which git says at once whether it works', {}, { uses: [REST] }],
    ['of two stores, the one whose repository is known', {}, { uses: [NOWHERE] }],
    ['of two stores, the one with a known repository among others', { uses: [NOWHERE, FETCH] }, { uses: [NOWHERE] }],
  ])('begin with the least important place that can be proved: %s', (_, least, other) => {
    const plan = madePlan([madePlace('another', other), madePlace('yet another', other), madePlace('z', least)])
    expect(waves(plan).slice(0, 2)).toEqual([
      ['z', 1],
      ['another', 2],
    ])
  })

  it('have one canary, even if no two places get the same token', () => {
    const plan = madePlan([madePlace('a'), madePlace('b', { username: 'bob' })], { tokens: [] })
    expect(plan.requests.map(({ places }) => places)).toEqual([['a'], ['b']])
    expect(waves(plan)).toEqual([
      ['a', 1],
      ['b', 2],
    ])
  })

  it('take a place for a canary although a URL must lose its username before it', () => {
    expect(waves(madePlan([madePlace('a'), madePlace('b', { uses: [MIRROR] }), madePin('url')]))).toEqual([
      ['url', 1],
      ['a', 2],
      ['b', 3],
    ])
  })

  it('have no canary of what is split, whose order is fixed: made, named by the jobs, and only then changed', () => {
    const jobs = ['one', 'two'].map((name): Use => ({ ...FETCH, by: `job ${name}`, reference: madeJob(name) }))
    const shared = madePlace('c', { consumer: 'jenkins', address: 'system/_/bb', uses: [...SCANNED, ...jobs] })
    const digests = new Map(['f', 's', 'c', 'j-one', 'j-two'].map((id) => [id, DIGEST]))
    const plan = madePlan([shared, folder('f'), system('s')], { creating: new Set(['jenkins']), digests })
    expect(waves(plan)).toEqual([
      ['f', 1],
      ['c-git', 2],
      ['j-one', 3],
      ['j-two', 3],
      ['c', 4],
      ['s', 4],
    ])
  })

  it('keep a manifest and its lock files together, in the first of their waves, and each needs the next', () => {
    const one = (id: string, name: string, consumer = 'npm') =>
      madePlace(id, { consumer, path: `/srv/${name}`, text: 'same' })
    const locked = [one('c', 'package-lock.json'), one('b', 'package.json', 'git-credentials'), one('a', 'yarn.lock')]
    const plan = madePlan([madePlace('clone', CLONE), ...locked, madePlace('tool', { consumer: 'npm' })])
    expect(plan.steps.map(({ id, place, wave, needs }) => [id, place.id, wave, needs])).toEqual([
      ['s1', 'clone', 1, undefined],
      ['s2', 'a', 2, ['s3']],
      ['s3', 'b', 2, ['s4']],
      ['s4', 'c', 2, ['s2']],
      ['s5', 'tool', 3, undefined],
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

  it('change a setting of git before the store that git asks by that name, even if that is the canary', () => {
    const store = (id: string) => madePlace(id, { consumer: 'git-credentials' })
    expect(waves(madePlan([store('a'), store('b'), setting('z')]))).toEqual([
      ['z', 1],
      ['a', 2],
      ['b', 3],
    ])
  })

  it('begin with a place of their own choice where none of the named ones can be first', () => {
    const plan = madePlan([madePlace('a'), madePlace('b'), madePin('pin')], { policy: { canaries: ['pin'] } })
    expect(waves(plan)).toEqual([
      ['pin', 1],
      ['a', 2],
      ['b', 3],
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
    const anyConsumer = fc.constantFrom('git-config', 'git-credentials', 'netrc', 'renovate', 'jenkins-home')
    const anySort = fc.constantFrom('place', 'system', 'url', 'setting')
    const anyUses = fc.constantFrom([], [FETCH], [REST], [{ ...FETCH, by: 'remote other' }])
    fc.assert(
      fc.property(fc.array(fc.tuple(anyConsumer, anySort, anyUses), { maxLength: 12 }), (drawn) => {
        const places = drawn.map(([consumer, sort, uses], index) => {
          const id = `p${index}`
          if (sort === 'setting') return setting(id)
          if (sort === 'url') return madePin(id, 'alice', uses)
          return madePlace(id, { consumer, uses, address: sort === 'system' ? `system/_/${id}` : `a${index}` })
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
