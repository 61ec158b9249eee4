import { describe, expect, it } from 'vitest'
import { ALICES, diagnosed, FETCH, madePlace, madePlan, REST, SENTINEL } from '../../test/support/made-plan.ts'
import type { Scope } from '../model/answer.ts'
import type { TokenSummary } from './choose-token.ts'

const READ: Scope = 'read:repository:bitbucket'
const moved = (id: string, text: string) => madePlace(id, { kind: 'api-token', username: SENTINEL, text })

/** The vault keeps what the place holds. */
function keptFrom(place: ReturnType<typeof moved>, more: Partial<TokenSummary> = {}): TokenSummary {
  return { ...ALICES, fingerprint: place.secret?.value?.fingerprint ?? ALICES.fingerprint, ...more }
}

describe('a token of the vault that Bitbucket refuses', () => {
  const dead = moved('dead', 'same')
  const old = madePlace('old')
  const options = { tokens: [keptFrom(dead)], diagnoses: new Map([['dead', diagnosed('D108')]]) }

  it('is put neither where it stands nor anywhere else, and its owner is asked for another', () => {
    const { steps, requests } = madePlan([dead, old], options)
    expect(steps.map(({ to }) => [to.token, to.request])).toEqual([
      [undefined, 't1'],
      [undefined, 't1'],
    ])
    expect(requests).toMatchObject([{ owner: 'alice', keepAs: 'alice', places: ['dead', 'old'] }])
  })

  it('is refused when a person names it', () => {
    const { steps, manual } = madePlan([dead, old], { ...options, policy: { token: ALICES.name } })
    expect(steps).toEqual([])
    expect(manual.map(({ reason }) => reason)).toEqual([
      'the token has expired or was revoked; Bitbucket refuses the token "alice-token" itself',
      'app passwords ended on 2026-07-28; Bitbucket refuses the token "alice-token" itself',
    ])
  })
})

describe('a token that a person named', () => {
  it('is left where it stands already', () => {
    const place = moved('a', 'same')
    const { steps, kept } = madePlan([place], {
      tokens: [keptFrom(place)],
      policy: { token: ALICES.name, replace: true },
      diagnoses: new Map([['a', diagnosed('D100')]]),
    })
    expect([steps, kept.map(({ reason }) => reason)]).toEqual([[], ['it holds this token already']])
  })

  it('does not go where a scope is known to be missing', () => {
    const pulls = madePlace('pulls', { uses: [{ ...REST, resource: 'pull request', access: 'write' }] })
    const { steps, manual } = madePlan([madePlace('clone'), pulls], {
      tokens: [{ ...ALICES, scopes: [READ] }],
      policy: { token: ALICES.name },
    })
    expect(steps.map(({ place }) => place.id)).toEqual(['clone'])
    expect(manual.map(({ reason }) => reason)).toEqual([
      'app passwords ended on 2026-07-28; the token "alice-token" lacks read:pullrequest:bitbucket, write:pullrequest:bitbucket',
    ])
  })

  it('does not go anywhere after its end', () => {
    const { manual } = madePlan([madePlace('a')], {
      tokens: [{ ...ALICES, expiresAt: '2026-01-01' }],
      policy: { token: ALICES.name },
    })
    expect(manual.map(({ reason }) => reason)).toEqual([
      'app passwords ended on 2026-07-28; the token "alice-token" ended on 2026-01-01',
    ])
  })
})

describe('places of several owners', () => {
  const { username: _unknown, ...byEmail } = ALICES

  it.each([
    ['alice-token', [undefined, undefined]],
    // As a plan proposed it.
    ['alice', ['alice', undefined]],
  ])('the only token, kept as %s, goes to nobody who is not known to own it', (name, tokens) => {
    const places = [madePlace('a', { uses: [FETCH] }), madePlace('b', { username: 'bob' })]
    const { steps } = madePlan(places, { tokens: [{ ...byEmail, name }] })
    expect(steps.toSorted((one, other) => (one.place.id < other.place.id ? -1 : 1)).map(({ to }) => to.token)).toEqual(
      tokens,
    )
  })

  it('that hold tokens of the vault under the fixed username are told apart by it', () => {
    const [alices, bobs] = [moved('a', 'one'), moved('b', 'two')]
    const bob: Partial<TokenSummary> = { name: 'bobs', username: 'bob', email: 'bob@acme.example' }
    const { requests } = madePlan([alices, bobs], {
      tokens: [keptFrom(alices), keptFrom(bobs, bob)],
      diagnoses: new Map([
        ['a', diagnosed('D108')],
        ['b', diagnosed('D108')],
      ]),
    })
    expect(requests.map(({ owner, places }) => [owner, places])).toEqual([
      ['alice', ['a']],
      ['bob', ['b']],
    ])
  })
})
