import { describe, expect, it } from 'vitest'
import { ALICES, FETCH, madePlace, madePlan, PUSH, REST } from '../../test/support/made-plan.ts'
import type { TokenPolicy } from './plan-input.ts'

const places = [
  madePlace('a'),
  madePlace('b', { consumer: 'renovate', uses: [FETCH, PUSH, REST] }),
  madePlace('c', { username: 'bob' }),
]
const requests = (tokens: TokenPolicy) =>
  madePlan(places, { tokens: [], policy: { tokens } }).requests.map(({ keepAs, owner, places: ids }) => [
    keepAs,
    owner,
    ids,
  ])

describe('how many tokens a person is asked for', () => {
  it.each<[TokenPolicy, readonly unknown[]]>([
    [
      'owner',
      [
        ['alice', 'alice', ['a', 'b']],
        ['bob', 'bob', ['c']],
      ],
    ],
    ['all', [['all', undefined, ['a', 'b', 'c']]]],
    [
      'consumer',
      [
        ['alice-netrc', 'alice', ['a']],
        ['alice-renovate', 'alice', ['b']],
        ['bob-netrc', 'bob', ['c']],
      ],
    ],
    [
      'place',
      [
        ['alice-a', 'alice', ['a']],
        ['alice-b', 'alice', ['b']],
        ['bob-c', 'bob', ['c']],
      ],
    ],
  ])('%s', (policy, expected) => {
    expect(requests(policy)).toEqual(expected)
  })

  it('each has the scopes of its own places, so that several tokens open less than one', () => {
    const made = madePlan(places, { tokens: [], policy: { tokens: 'consumer' } })
    expect(made.requests.map(({ scopes }) => scopes.length)).toEqual([1, 6, 1])
    expect(made.requests[1]?.optional).toEqual([
      { scopes: ['read:issue:bitbucket', 'write:issue:bitbucket'], when: 'renovate: it writes into the issue tracker' },
    ])
  })

  it('a token that was made for one of them is found again by its name, and serves no other', () => {
    const made = madePlan(places, { tokens: [{ ...ALICES, name: 'alice-netrc' }], policy: { tokens: 'consumer' } })
    expect(made.steps.map(({ to }) => to.token ?? to.request).sort()).toEqual(['alice-netrc', 't1', 't2'])
  })

  it('owners whose names look the same in the vault get different ones', () => {
    const alike = ['alice@a.example', 'alice@b.example'].map((username, index) => madePlace(`p${index}`, { username }))
    expect(madePlan(alike, { tokens: [] }).requests.map(({ keepAs }) => keepAs)).toEqual(['alice', 'alice-2'])
  })
})

describe('when tokens end', () => {
  const many = Array.from({ length: 91 }, (_, index) => madePlace(`p${index}`, { username: `u${index}` }))
  const days = madePlan(many, { tokens: [] }).requests.map(({ expiresOn }) => expiresOn)

  it('is within a year, and not on one day', () => {
    expect(new Set(days).size).toBe(91)
    const sorted = [...days].sort()
    expect([sorted[0], sorted.at(-1)]).toEqual(['2027-08-24', '2027-11-22'])
  })
})

describe('the name of a token', () => {
  it('says where it is used, and stays short', () => {
    const consumers = [
      'netrc',
      'renovate',
      'composer',
      'git-credentials',
      'git-config',
      'bitbucket-pipelines',
      'terraform-modules',
    ]
    const one = madePlan([madePlace('x', { path: `/home/${'deep/'.repeat(30)}.netrc`, address: 'a'.repeat(100) })], {
      tokens: [],
    }).requests[0]?.name
    const all = madePlan(
      consumers.map((consumer) => madePlace(consumer, { consumer })),
      { tokens: [] },
    ).requests[0]?.name
    expect(one).toMatch(/^keyturn: netrc \.\.\.a+$/)
    const short = madePlan([madePlace('x', { path: '/home/alice/.netrc' })], { tokens: [] }).requests[0]?.name
    expect(short).toBe('keyturn: netrc alice/.netrc machine/bitbucket.org')
    expect(all).toBe('keyturn: bitbucket-pipelines, composer, git-config and 4 more')
    expect(Math.max(one?.length ?? 0, all?.length ?? 0)).toBeLessThanOrEqual(80)
  })
})
