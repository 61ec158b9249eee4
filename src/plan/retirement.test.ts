import { describe, expect, it } from 'vitest'
import { diagnosed, madePlace, madePlan } from '../../test/support/made-plan.ts'

const token = (id: string, text = 'old') => madePlace(id, { kind: 'api-token', text })
const replacing = {
  policy: { token: 'alice-token', replace: true },
  diagnoses: new Map(['a', 'b'].map((id) => [id, diagnosed('D100')])),
}

describe('old secrets', () => {
  it('that open something are revoked at the end by their owner', () => {
    expect(madePlan([token('a'), token('b')], replacing).retire).toMatchObject([
      {
        kind: 'api-token',
        owner: 'alice',
        places: ['a', 'b'],
        still: [],
        wayOut: expect.stringContaining('revokes the token'),
      },
    ])
  })

  it('of places that share a username end together', () => {
    const shared = ['a', 'b'].map((id) =>
      madePlace(id, { kind: 'api-token', path: '/home/.env', address: id, span: [0, 5], text: `of ${id}` }),
    )
    expect(madePlan(shared, replacing).retire?.map(({ places, still }) => [places, still])).toEqual([
      [['a'], []],
      [['b'], []],
    ])
  })

  it('are not revoked while a place holds them still', () => {
    const held = { ...token('b'), buried: { kind: 'archive', archive: '/a.zip', member: 'b' } as const }
    expect(madePlan([token('a'), held], replacing).retire).toMatchObject([{ places: ['a'], still: ['b'] }])
  })

  it.each([
    ['an app password, which is dead', [madePlace('a')], new Map()],
    ['a token that has ended', [token('a')], new Map([['a', diagnosed('D108')]])],
    ['a token whose username alone changes', [token('a')], new Map([['a', diagnosed('D106')]])],
  ] as const)('need nothing: %s', (_, places, diagnoses) => {
    const plan = madePlan(places, { diagnoses })
    expect([plan.steps.length, plan.retire]).toEqual([1, []])
  })
})
