import { describe, expect, it } from 'vitest'
import {
  ALICES,
  ALICES_EMAIL,
  diagnosed,
  FETCH,
  madePlace,
  madePlan,
  REST,
  SENTINEL,
} from '../../test/support/made-plan.ts'
import type { Place } from '../model/place.ts'
import type { TokenSummary } from './choose-token.ts'

const READING: TokenSummary = { ...ALICES, scopes: ['read:repository:bitbucket'] }
/** What reads it puts the username into a URL, where an e-mail breaks it: no token helps before that is changed. */
const inUrl = (id: string): Place => madePlace(id, { consumer: 'renovate', uses: [{ ...REST, spelled: 'in a URL' }] })

describe('the usernames that a step names', () => {
  it.each([
    ['a token of the vault', [ALICES]],
    ['a token that is asked for', []],
  ])('are those that git takes from the owner of %s, the chosen one first', (_, tokens) => {
    expect(madePlan([madePlace('a')], { tokens }).steps).toMatchObject([{ usernames: [SENTINEL, 'alice'] }])
  })

  it.each([
    ['whose owner nobody knows', undefined],
    ['whose owner is known by the e-mail alone', ALICES_EMAIL],
  ])('are none where there is no choice: a place %s', (_, username) => {
    const [step] = madePlan([madePlace('a', { username })], { tokens: [] }).steps
    expect(step).toMatchObject({ to: { username: { set: SENTINEL } } })
    expect(step).not.toHaveProperty('usernames')
  })
})

describe('a place that already holds the token that it is to get', () => {
  const place = madePlace('a', { kind: 'api-token', username: 'somebody' })
  const tokens = [{ ...ALICES, fingerprint: place.secret?.value?.fingerprint ?? '#' }]

  it('gets its username, where that is wrong', () => {
    const { steps, kept } = madePlan([place], {
      tokens,
      policy: { token: ALICES.name, replace: true },
      diagnoses: new Map([['a', diagnosed('D107')]]),
    })
    expect([steps.map(({ to }) => to.username), kept]).toEqual([[{ set: SENTINEL }], []])
  })

  it('is not one whose secret is not shown', () => {
    const { secret: _, ...shown } = madePlace('a', { kind: 'api-token', username: SENTINEL })
    const hidden: Place = { ...shown, secret: { kind: 'api-token', encoding: 'opaque' } }
    const { steps, kept } = madePlan([hidden], { tokens: [], diagnoses: new Map([['a', diagnosed('D108')]]) })
    expect([steps.map(({ to }) => to.request), kept]).toEqual([['t1'], []])
  })
})

describe('a token that a person named', () => {
  it('is given to each place, however many tokens a person wants to be asked for', () => {
    for (const tokens of ['owner', 'all', 'consumer', 'place'] as const) {
      const { steps, requests } = madePlan([madePlace('a'), madePlace('b')], {
        policy: { token: ALICES.name, tokens },
      })
      expect([steps.map(({ to }) => to.token), requests]).toEqual([[ALICES.name, ALICES.name], []])
    }
  })
})

describe('a place that no username serves', () => {
  it('is told that, and not what the token or the version of the tool lacks', () => {
    const versions = new Map([['a', { consumer: 'renovate', version: '40.1.0', at: '/home/package.json' }]])
    const { steps, manual } = madePlan([inUrl('a')], { tokens: [READING], policy: { token: READING.name }, versions })
    expect([steps, manual.map(({ reason }) => reason)]).toEqual([[], [expect.stringContaining('an @ breaks the URL')]])
  })

  it('counts for the scopes that are asked for, where a token of the owner serves it in the end', () => {
    const asked = (...places: readonly Place[]) => madePlan(places, { tokens: [] }).requests[0]?.scopes
    expect(asked(madePlace('a'), inUrl('b'))).toEqual(
      asked(madePlace('a'), madePlace('b', { consumer: 'renovate', uses: [REST] })),
    )
    expect(asked(madePlace('a'), inUrl('b'))).not.toEqual(asked(madePlace('a', { uses: [FETCH] })))
  })
})
