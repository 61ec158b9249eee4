import { describe, expect, it } from 'vitest'
import { DIGEST, madePlace, madePlan } from '../../test/support/made-plan.ts'
import type { Plan } from '../model/plan.ts'

const npm = (id: string, path: string, text = 'same') => madePlace(id, { consumer: 'npm', path, text })
const manifest = npm('manifest', '/srv/app/package.json')
const lock = npm('lock', '/srv/app/package-lock.json')
const steps = ({ steps: all }: Plan) => all.map(({ place, wave, needs }) => [place.id, wave, needs])

describe('a manifest and its lock file that hold the same secret', () => {
  it('change in one wave, the second after the first, and each step names the other file', () => {
    const plan = madePlan([manifest, npm('z', '/srv/z.json'), lock, npm('y', '/srv/y.json')])
    const [one, other] = plan.steps
    expect(steps(plan).slice(0, 2)).toEqual([
      ['lock', 1, undefined],
      ['manifest', 1, ['s1']],
    ])
    expect(one?.reason).toMatch(/together with package\.json, which holds the same$/)
    expect(other?.reason).toMatch(/together with package-lock\.json, which holds the same$/)
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
