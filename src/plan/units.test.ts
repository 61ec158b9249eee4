import { describe, expect, it } from 'vitest'
import { diagnosed, FETCH, madePlace, madePlan, REST, SENTINEL } from '../../test/support/made-plan.ts'
import { refsToRead } from './refs-to-read.ts'

const FILE = '/home/.env'
const one = (id: string, made: Parameters<typeof madePlace>[1] = {}) =>
  madePlace(id, { consumer: 'variables', path: FILE, address: id, span: [3, 8], ...made })

describe('places whose username is the same bytes', () => {
  it('change in one step, which is for everything that any of them is used for', () => {
    const { steps } = madePlan([one('a'), one('b', { uses: [{ ...FETCH, by: 'other' }] })])
    expect(steps).toHaveLength(1)
    expect(steps[0]).toMatchObject({ place: { id: 'a', with: ['b'] }, to: { username: { set: SENTINEL } } })
    expect(steps[0]?.uses.map(({ by }) => by)).toEqual(['remote origin', 'other'])
  })

  it('are read together', () => {
    expect(
      refsToRead([one('a'), one('b'), one('c', { span: [20, 25] })]).map(({ id, with: others }) => [id, others]),
    ).toEqual([
      ['a', ['b']],
      ['c', undefined],
    ])
  })

  it('in another file, or in other bytes of one document, are others', () => {
    const elsewhere = one('b', { path: '/home/other.env' })
    const { secret, username, ...rest } = one('c')
    const inner = {
      ...rest,
      ...(secret && { secret }),
      ...(username && { username: { ...username, inner: [{ span: [1, 2] as const, encoding: 'base64' as const }] } }),
    }
    expect(madePlan([one('a'), elsewhere, inner]).steps.map(({ place }) => place.with)).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  it('are left to a person where one serves git and another REST', () => {
    const { steps, manual } = madePlan([one('a'), one('b', { uses: [REST] })])
    expect([steps, manual]).toMatchObject([
      [],
      [{ place: { id: 'a', with: ['b'] }, wayOut: expect.stringContaining('username of its own') }],
    ])
  })

  it('that work change along, for their username does', () => {
    const places = [one('a'), one('b', { kind: 'api-token' })]
    const { steps, kept } = madePlan(places, { diagnoses: new Map([['b', diagnosed('D100')]]) })
    expect([steps.length, kept]).toEqual([1, []])
    expect(steps[0]?.reason).toContain('share its username')
  })

  it('wait for the one that a person must change', () => {
    const places = [one('a'), one('b', { kind: 'api-token' })]
    const { steps, manual } = madePlan(places, { diagnoses: new Map([['b', diagnosed('D115')]]) })
    expect([steps, manual.length]).toEqual([[], 1])
  })
})
