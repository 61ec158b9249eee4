import { describe, expect, it } from 'vitest'
import { DIGEST, madePin, madePlace, madePlan } from '../../test/support/made-plan.ts'
import type { Place } from '../model/place.ts'
import type { Plan } from '../model/plan.ts'
import { readPlan } from './plan-file.ts'
import { writePlan } from './write-plan.ts'

const npm = (id: string, path: string, text = 'same') => madePlace(id, { consumer: 'npm', path, text })
const manifest = npm('manifest', '/srv/app/package.json')
const lock = npm('lock', '/srv/app/package-lock.json')
const refusal = (words: string) =>
  expect.objectContaining({ code: 'R202', parts: expect.objectContaining({ because: expect.stringContaining(words) }) })
const steps = ({ steps: all }: Plan) => all.map(({ place, wave, needs }) => [place.id, wave, needs])

describe('a manifest and its lock file that hold the same secret', () => {
  it('change in one wave, none without the other, and each step names the other file', () => {
    const plan = madePlan([manifest, npm('z', '/srv/z.json'), lock, npm('y', '/srv/y.json')])
    const [one, other] = plan.steps
    expect(steps(plan).slice(0, 2)).toEqual([
      ['lock', 1, ['s2']],
      ['manifest', 1, ['s1']],
    ])
    expect(one?.reason).toMatch(/together with package\.json, which holds the same$/)
    expect(other?.reason).toMatch(/together with package-lock\.json, which holds the same$/)
  })

  it('make a plan that is read again, but not without one of them, and not in two waves', () => {
    const plan = madePlan([manifest, npm('z', '/srv/z.json'), lock])
    expect(readPlan(writePlan(plan), 'plan.json')).toEqual(plan)
    const without = (id: string) => ({ ...plan, steps: plan.steps.filter((step) => step.id !== id) })
    for (const one of ['s1', 's2'])
      expect(() => readPlan(writePlan(without(one)), 'plan.json')).toThrow(refusal(`needs step ${one}, which is not`))
    const apart = { ...plan, steps: plan.steps.map((step) => (step.id === 's2' ? { ...step, wave: 9 } : step)) }
    expect(() => readPlan(writePlan(apart), 'plan.json')).toThrow(refusal('must be the wave of step'))
    const neither = { ...plan, steps: plan.steps.filter(({ place }) => place.id === 'z') }
    expect(readPlan(writePlan(neither), 'plan.json').steps).toHaveLength(1)
  })

  it('need one another in a ring, however many places they are', () => {
    const many = Array.from({ length: 20 }, (_, index) => [
      npm(`m${index}`, '/srv/app/package.json'),
      npm(`l${index}`, '/srv/app/package-lock.json'),
    ]).flat()
    const plan = madePlan(many)
    expect(plan.steps.map(({ needs = [] }) => needs.length)).toEqual(many.map(() => 1))
    expect(new Set(plan.steps.flatMap(({ needs = [] }) => needs)).size).toBe(many.length)
    expect(readPlan(writePlan(plan), 'plan.json')).toEqual(plan)
  })

  it('come with the canary that one of them is', () => {
    const plan = madePlan([manifest, lock, npm('z', '/srv/z.json')], { policy: { canaries: ['manifest'] } })
    expect(steps(plan).map(([id, wave]) => [id, wave])).toEqual([
      ['lock', 1],
      ['manifest', 1],
      ['z', 2],
    ])
  })

  it('get one token, even if the policy gives one to each place or each consumer', () => {
    const elsewhere = madePlace('lock', { consumer: 'url-userinfo', path: '/srv/app/yarn.lock', text: 'same' })
    for (const [tokens, second] of [
      ['place', lock],
      ['consumer', elsewhere],
    ] as const) {
      const plan = madePlan([manifest, second, npm('z', '/srv/z.json')], { tokens: [], policy: { tokens } })
      const of = (id: string) => plan.steps.find(({ place }) => place.id === id)?.to.request
      expect(of('manifest')).toBeDefined()
      expect(of('manifest')).toBe(of('lock'))
    }
  })

  it('are both left to a person when one of them cannot be written', () => {
    const plan = madePlan([manifest, lock], { digests: new Map([['manifest', DIGEST]]) })
    expect(plan.steps).toEqual([])
    expect(plan.manual.map(({ place, reason }) => [place.id, reason])).toEqual(
      expect.arrayContaining([
        ['manifest', 'package-lock.json beside it holds the same, and keyturn cannot change that'],
        ['lock', expect.stringContaining('could not be read')],
      ]),
    )
  })
})

describe('the lock file of a workspace, in a folder above its packages', () => {
  const root = npm('lock', '/srv/app/package-lock.json')
  const [a, b] = [npm('a', '/srv/app/packages/a/package.json'), npm('b', '/srv/app/packages/b/package.json')]

  it('changes with each of them that holds the same, in one wave', () => {
    const plan = madePlan([npm('z', '/srv/z.json'), a, b, root])
    expect(steps(plan).map(([id, wave]) => [id, wave])).toEqual([
      ['a', 1],
      ['b', 1],
      ['lock', 1],
      ['z', 2],
    ])
    expect(readPlan(writePlan(plan), 'plan.json')).toEqual(plan)
  })

  it('is not that of a package which has one of its own', () => {
    const own = npm('own', '/srv/app/packages/b/package-lock.json')
    const plan = madePlan([a, b, root, own, npm('z', '/srv/z.json')], { policy: { canaries: ['b'] } })
    expect(steps(plan).map(([id, wave]) => [id, wave])).toEqual([
      ['b', 1],
      ['own', 1],
      ['a', 2],
      ['lock', 2],
      ['z', 2],
    ])
  })

  it('gets the token that they get', () => {
    const { steps: all } = madePlan([a, b, root], { tokens: [], policy: { tokens: 'place' } })
    expect(new Set(all.map(({ to }) => to.request)).size).toBe(1)
  })

  it('leaves them to a person when it cannot be written, and one that cannot leaves it and the others', () => {
    const left = (...written: readonly string[]) =>
      madePlan([a, b, root], { digests: new Map(written.map((id) => [id, DIGEST])) }).manual
    expect(left('a', 'b').map(({ reason }) => reason)).toContain(
      '/srv/app/package-lock.json holds the same, and keyturn cannot change that',
    )
    expect(left('b', 'lock').map(({ place }) => place.id)).toEqual(expect.arrayContaining(['a', 'b', 'lock']))
  })
})

describe('a lock file that keeps a hash of its manifest', () => {
  const pip = (path: string) => madePlace(path, { consumer: 'pip', path, text: 'same' })
  it.each([
    ['/srv/app/pyproject.toml', '/srv/app/poetry.lock', '`poetry lock`'],
    ['/srv/app/composer.json', '/srv/app/composer.lock', '`composer update --lock`'],
    ['/srv/app/Podfile', '/srv/app/Podfile.lock', '`pod install`'],
  ])('beside %s is to be written anew by its tool', (path, lockPath, command) => {
    const plan = madePlan([pip(path), pip(lockPath)])
    const step = plan.steps.find(({ place: { id } }) => id === lockPath)
    expect(plan.conditions).toEqual([
      expect.objectContaining({ wayOut: expect.stringContaining(command), steps: [step?.id] }),
    ])
  })

  it('is as it was where the manifest does not change', () => {
    expect(madePlan([pip('/srv/app/poetry.lock'), pip('/srv/other/pyproject.toml')]).conditions).toEqual([])
    expect(madePlan([manifest, lock]).conditions).toEqual([])
  })
})

describe('files whose secrets are not known', () => {
  /** Usernames in URLs, which go with the credential that answers them; no secret stands there. */
  const pin = (id: string, path: string): Place => ({ ...madePin(id), at: { kind: 'file', path } })

  it.each<readonly [string, Place, Place]>([
    ['a manifest and its lock file', pin('one', '/srv/app/package.json'), pin('other', '/srv/app/package-lock.json')],
    ['files of two folders', pin('one', '/srv/a/pyproject.toml'), pin('other', '/srv/b/poetry.lock')],
  ])('are not taken for files that hold the same: %s', (_, one, other) => {
    const { steps: all, conditions } = madePlan([madePlace('a'), one, other])
    const pins = all.filter(({ place: { id } }) => id !== 'a')
    expect(pins.map(({ to, needs }) => [to.username, needs])).toEqual([
      ['remove', undefined],
      ['remove', undefined],
    ])
    expect([
      pins
        .map(({ reason }) => reason)
        .join()
        .includes('together with'),
      conditions,
    ]).toEqual([false, []])
  })
})

describe('what only looks like one', () => {
  it.each([
    ['in another folder', npm('lock', '/srv/other/package-lock.json')],
    ['with another secret', npm('lock', '/srv/app/package-lock.json', 'another')],
    ['of another package manager', npm('lock', '/srv/app/composer.lock')],
  ])('%s changes by itself', (_, other) => {
    const plan = madePlan([manifest, other])
    expect(plan.steps.map(({ needs }) => needs)).toEqual([undefined, undefined])
    expect(plan.steps.map(({ reason }) => reason).join()).not.toContain('together with')
  })
})
