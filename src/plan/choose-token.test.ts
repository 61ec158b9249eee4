import { describe, expect, it } from 'vitest'
import { ALICES, ALICES_EMAIL, madePlace, SENTINEL } from '../../test/support/made-plan.ts'
import { ACCESS_TOKEN_GIT_USERNAME } from '../bitbucket/usernames.ts'
import type { SecretKind } from '../model/secret.ts'
import { chooseToken, ownerOf, type TokenSummary } from './choose-token.ts'

const { username: _username, email: _email, ...NOBODYS } = ALICES
const BOBS: TokenSummary = { ...NOBODYS, name: 'bob-token', username: 'bob' }

describe('the owner of a place', () => {
  const owner = (username: string | undefined, names: Partial<TokenSummary>) => {
    const place = madePlace('a', { kind: 'api-token', username })
    const fingerprint = place.secret?.value?.fingerprint ?? ALICES.fingerprint
    return ownerOf(place, [ALICES, { ...NOBODYS, fingerprint, ...names }])
  }

  it('is whom its username tells, whatever the vault kept', () => {
    expect(owner('carol', { username: 'bob' })).toBe('carol')
  })

  it('is one person under the address and under the username that the vault kept with the same secret', () => {
    const email = 'bob@acme.example'
    expect(owner(email, { username: 'bob', email })).toBe('bob')
    expect(owner('Bob@acme.example', { username: 'bob', email })).toBe('bob')
    expect(owner(email, { email })).toBe(email)
    expect(owner(email, { username: 'carol', email: 'carol@acme.example' })).toBe(email)
    expect(owner(email, {})).toBe(email)
  })

  it.each([
    [SENTINEL],
    [ACCESS_TOKEN_GIT_USERNAME],
    [''],
    [undefined],
    ['$BB_USER'],
    ['{{ user }}'],
    ['%BB_USER%'],
    ['#0123456789ab'],
  ])(
    'is whom the vault kept with the same secret, where its username is a fixed one, no name, or stands elsewhere: %j',
    (username) => {
      expect(owner(username, { username: 'bob', email: 'bob@acme.example' })).toBe('bob')
      expect(owner(username, { email: 'bob@acme.example' })).toBe('bob@acme.example')
      expect(owner(username, {})).toBeUndefined()
    },
  )
})

describe('the token for the places of one owner', () => {
  const now = new Date('2026-11-23T09:00:00.000Z')
  const chosen = (
    owner: string,
    tokens: readonly TokenSummary[],
    policy: { readonly token?: string; readonly madeFor?: string } = {},
  ) => chooseToken(owner, () => [], tokens, { now, dead: new Set(), ...policy })?.name

  it('is the one that a person named, and no other', () => {
    const tokens = [ALICES, BOBS]
    expect(chosen('alice', tokens, { token: 'bob-token' })).toBe('bob-token')
    expect(chosen('alice', tokens, { token: 'carol-token' })).toBeUndefined()
  })

  it.each<readonly [SecretKind, boolean]>([
    ['api-token', true],
    ['access-token', true],
    ['app-password', false],
    ['oauth-token', false],
    ['oauth-consumer', false],
    ['account-password', false],
    ['unknown', false],
  ])('is of a kind that lasts and still signs in: %s %j', (kind, isTaken) => {
    expect(chosen('alice', [{ ...ALICES, kind }]) !== undefined).toBe(isTaken)
  })

  it.each([
    ['2026-11-23T09:00:00.001Z', true],
    ['2026-11-23T09:00:00.000Z', false],
    ['2026-11-22T00:00:00.000Z', false],
  ])('has not ended, and at its end it has: %s %j', (expiresAt, isTaken) => {
    expect(chosen('alice', [{ ...ALICES, expiresAt }]) !== undefined).toBe(isTaken)
  })

  it.each([
    ['2027-03', '2027-05', '2027-04'],
    ['2027-05', '2027-04', '2027-03'],
    ['2027-04', '2027-03', '2027-05'],
  ])('lasts longest of those that the owner has, in whatever order the vault keeps them: %s, %s, %s', (...months) => {
    const tokens = months.map((name) => ({ ...ALICES, name, expiresAt: `${name}-01T00:00:00.000Z` }))
    expect(chosen('alice', tokens)).toBe('2027-05')
  })

  it('is the follower of one that ends within days, though nobody told when that one ends', () => {
    const ending: TokenSummary = { ...ALICES, name: 'ending', expiresAt: '2026-12-01T00:00:00.000Z' }
    const follower: TokenSummary = { ...ALICES, name: 'follower', endsBy: '2027-11-20' }
    expect(chosen('alice', [ending, follower])).toBe('follower')
    expect(chosen('alice', [follower, ending])).toBe('follower')
  })

  it.each([
    ['2026-11-24', true],
    ['2026-11-23', true],
    ['2026-11-22', false],
  ])('has ended when the day is over by which it must have: %s %j', (endsBy, isTaken) => {
    expect(chosen('alice', [{ ...ALICES, endsBy }]) !== undefined).toBe(isTaken)
  })

  it.each([
    ['2026-12-10', 'undated'],
    ['2027-02-10', 'dated'],
  ])('of unknown end is taken before one that ends soon, and after one that lasts: %s', (day, expected) => {
    const { expiresAt: _, ...unknown } = ALICES
    const tokens = [
      { ...unknown, name: 'undated' },
      { ...ALICES, name: 'dated', expiresAt: `${day}T00:00:00.000Z` },
    ]
    expect(chosen('alice', tokens)).toBe(expected)
    expect(chosen('alice', tokens.toReversed())).toBe(expected)
  })

  it.each([
    ['alice', 'alice-token'],
    [ALICES_EMAIL, 'alice-token'],
    ['bob', 'bob-token'],
  ])('belongs to the owner, though one of somebody else lasts longer or is kept later: %s', (owner, expected) => {
    const tokens = [{ ...BOBS, expiresAt: '2027-05-01T00:00:00.000Z' }, ALICES]
    expect(chosen(owner, tokens)).toBe(expected)
    expect(chosen(owner, tokens.toReversed())).toBe(expected)
  })

  it('is none of several that nobody is known to own: to guess would be to sign in as somebody else', () => {
    expect(chosen('carol', [NOBODYS])).toBe(NOBODYS.name)
    expect(chosen('carol', [NOBODYS, { ...NOBODYS, name: 'another' }])).toBeUndefined()
  })

  it.each<readonly [string, SecretKind, string, boolean]>([
    ['spare', 'api-token', 'bob', false],
    ['bob', 'api-token', 'bob', true],
    ['bob.2', 'api-token', 'bob', true],
    ['bob.two', 'api-token', 'bob', false],
    ['build.7', 'api-token', 'build.7', true],
    ['spare', 'access-token', 'bob', true],
  ])(
    'is, where several people have places, the only one if its name tells that it was made for them or it belongs to no person: %s (%s) for %s %j',
    (name, kind, madeFor, isTaken) => {
      expect(chosen('bob', [{ ...NOBODYS, name, kind }], { madeFor }) !== undefined).toBe(isTaken)
    },
  )
})
