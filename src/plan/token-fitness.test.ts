import { describe, expect, it } from 'vitest'
import { ALICES, diagnosed, FETCH, madePlace, madePlan, REST, SENTINEL } from '../../test/support/made-plan.ts'
import type { Scope } from '../model/answer.ts'
import type { DiagnosisCode } from '../model/diagnosis.ts'
import type { Place } from '../model/place.ts'
import type { Fingerprint, SecretKind } from '../model/secret.ts'
import type { TokenSummary } from './choose-token.ts'
import { unfitAt } from './token-fitness.ts'

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

describe('a refusal by Bitbucket', () => {
  const old = madePlace('old')
  const tokenFor = (place: Place, code: DiagnosisCode, kept: TokenSummary) => {
    const { steps } = madePlan([place, old], { tokens: [kept], diagnoses: new Map([[place.id, diagnosed(code)]]) })
    return steps.find((step) => step.place.id === old.id)?.to.token
  }

  it.each<readonly [DiagnosisCode, boolean]>([
    ['D101', true],
    ['D102', true],
    ['D103', true],
    ['D104', true],
    ['D108', true],
    ['D109', true],
    ['D105', false],
    ['D106', false],
    ['D107', false],
    ['D115', false],
    ['D116', false],
    ['D117', false],
  ])('keeps a secret from other places if neither another username nor a permission helps: %s %j', (code, isDead) => {
    const place = moved('refused', 'same')
    expect(tokenFor(place, code, keptFrom(place))).toBe(isDead ? undefined : ALICES.name)
  })

  it('of what a controller does not show says nothing of the tokens of the vault', () => {
    const hidden: Place = { ...madePlace('hidden'), secret: { kind: 'unknown', encoding: 'opaque' } }
    expect(tokenFor(hidden, 'D108', ALICES)).toBe(ALICES.name)
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

  it('does not go where Bitbucket said that a scope is missing which its uses do not show', () => {
    const holds = (scopes: readonly Scope[]) =>
      madePlan([madePlace('a', { kind: 'api-token' })], {
        tokens: [{ ...ALICES, scopes }],
        policy: { token: ALICES.name },
        diagnoses: new Map([['a', diagnosed('D105', { missing: ['read:project:bitbucket'] })]]),
      })
    const { steps, manual } = holds([READ])
    expect([steps, manual.map(({ reason }) => reason)]).toEqual([
      [],
      [expect.stringContaining('the token "alice-token" lacks read:project:bitbucket')],
    ])
    expect(holds([READ, 'read:project:bitbucket']).steps).toHaveLength(1)
  })

  it.each([
    ['2026-01-01T00:00:00.000Z', 'the token "alice-token" ended on 2026-01-01'],
    ['2026-11-23T09:00:00.000Z', 'the token "alice-token" ended on 2026-11-23'],
    ['2026-11-23T09:00:00.001Z', undefined],
    ['2027-11-22T00:00:00.000Z', undefined],
  ])('goes until its end and nowhere after it: %s', (expiresAt, refusal) => {
    const { steps, manual } = madePlan([madePlace('a')], {
      tokens: [{ ...ALICES, expiresAt }],
      policy: { token: ALICES.name },
      now: new Date('2026-11-23T09:00:00.000Z'),
    })
    expect([steps.length, manual.map(({ reason }) => reason)]).toEqual(
      refusal === undefined ? [1, []] : [0, [`app passwords ended on 2026-07-28; ${refusal}`]],
    )
  })

  it.each<readonly [SecretKind, Scope, string | undefined]>([
    ['api-token', READ, 'the token "alice-token" lacks read:workspace:bitbucket'],
    ['access-token', 'repository', undefined],
    ['access-token', 'pipeline', 'the token "alice-token" lacks read:repository:bitbucket'],
  ])('needs what its tool documents if it is of a person, and else only what was seen: %s of %s', (...row) => {
    const [kind, granted, reason] = row
    const place = madePlace('a', { consumer: 'sourcegraph', uses: [REST] })
    const known = { dead: new Set<Fingerprint>(), now: new Date(), missing: [] }
    expect(unfitAt(place, { ...ALICES, kind, scopes: [granted] }, known)?.reason).toBe(reason)
  })

  it('takes the place of every secret that shares a username, though one of them is it already', () => {
    const shared = (id: string) =>
      madePlace(id, { kind: 'api-token', path: '/home/.env', address: id, span: [0, 26], username: SENTINEL })
    const [held, old] = [shared('a'), shared('b')]
    const { steps, kept } = madePlan([held, old], {
      tokens: [keptFrom(held)],
      policy: { token: ALICES.name, replace: true },
      diagnoses: new Map(['a', 'b'].map((id) => [id, diagnosed('D100')])),
    })
    expect([steps.map(({ place }) => [place.address, place.with]), kept]).toEqual([[['a', ['b']]], []])
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
