import { describe, expect, it } from 'vitest'
import {
  ALICES,
  ALICES_EMAIL,
  diagnosed,
  FETCH,
  madePlace,
  madePlan,
  PUSH,
  REST,
  SENTINEL,
} from '../../test/support/made-plan.ts'
import type { Place } from '../model/place.ts'
import type { Use } from '../model/use.ts'
import type { TokenSummary } from './choose-token.ts'
import type { TokenPolicy } from './plan-input.ts'
import { freeIn, keptByName } from './token-groups.ts'

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

  it('a place without a username belongs to whom the same secret belongs elsewhere, unless two names are there', () => {
    const nameless = madePlace('d', { consumer: 'variables', username: undefined, uses: [REST], text: 'same' })
    const owned = (...usernames: readonly string[]) =>
      madePlan([nameless, ...usernames.map((username) => madePlace(username, { username, text: 'same' }))], {
        tokens: [],
      }).requests.map(({ owner, places: ids }) => [owner, ids])
    expect(owned('alice')).toEqual([['alice', ['alice', 'd']]])
    expect(owned('alice', 'bob')).toContainEqual([undefined, ['d']])
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

  it('owners whose names look the same in the vault get different ones, whatever the order of their places', () => {
    const alike = ['alice@a.example', 'alice@b.example', 'bob', 'b+ob', '日本'].map((username, index) =>
      madePlace(`p${index}`, { username }),
    )
    const named = (places: readonly Place[]) =>
      new Map(madePlan(places, { tokens: [] }).requests.map(({ owner, keepAs }) => [owner, keepAs]))
    const names = named(alike)
    expect(names).toEqual(named([...alike].reverse()))
    expect([names.get('alice@a.example'), names.get('alice@b.example')]).toEqual(['alice-a.example', 'alice-b.example'])
    expect([...names.values()].slice(2)).toEqual([
      expect.stringMatching(/^bob-[0-9a-f]{6}$/),
      expect.stringMatching(/^bob-[0-9a-f]{6}$/),
      expect.stringMatching(/^token-[0-9a-f]{6}$/),
    ])
    expect(new Set(names.values()).size).toBe(alike.length)
  })

  it('has names that the vault takes', () => {
    const long = madePlace('x', { username: 'a'.repeat(90), consumer: 'bitbucket-pullrequest-builder' })
    const [request] = madePlan([long], { tokens: [], policy: { tokens: 'consumer' } }).requests
    expect(request?.keepAs).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,60}$/)
  })

  it.each<[TokenPolicy, string, string, RegExp]>([
    ['owner', 'a'.repeat(90), 'x', /^a{40}$/],
    ['place', 'alice', 'p'.repeat(50), /^alice-p{50}$/],
    ['place', 'alice', 'p'.repeat(51), /^alice-p{43}-[0-9a-f]{6}$/],
  ])('has names that leave the vault some characters for a number: one per %s', (tokens, username, id, name) => {
    const [request] = madePlan([madePlace(id, { username })], { tokens: [], policy: { tokens } }).requests
    expect(request?.keepAs).toMatch(name)
    expect(`${request?.keepAs}.1234567`.length).toBeLessThanOrEqual(64)
  })

  it('has a name where nothing tells the owner', () => {
    const { requests } = madePlan([madePlace('a', { username: undefined })], { tokens: [] })
    expect(requests.map(({ keepAs, owner }) => [keepAs, owner])).toEqual([['token', undefined]])
  })

  it('counts on from the numbers that the vault has, and knows what it has by the name without them', () => {
    const [first, second] = ['alice', 'alice.2'].map((name) => ({ name }))
    expect(freeIn(new Set(['alice', 'alice.2']), 'alice')).toBe('alice.3')
    expect(keptByName([{ name: 'alice' }, { name: 'alice.2' }]).get('alice')).toEqual([first, second])
  })

  it.each([
    ['package.json', 'package-lock.json'],
    ['package-lock.json', 'package.json'],
  ])('calls the token of a manifest and its lock file the same, whichever is found first: %s', (one, other) => {
    const npm = (id: string, name: string) => madePlace(id, { consumer: 'npm', path: `/srv/${name}`, text: 'same' })
    const { requests } = madePlan([npm('a', one), npm('b', other)], { tokens: [], policy: { tokens: 'place' } })
    expect(requests.map(({ keepAs }) => keepAs)).toEqual(['alice-a'])
  })

  it.each([['owner'], ['consumer']] as const)(
    'a token of the same name that opens too little is left its name, and the next plan finds the new one (%s)',
    (tokens) => {
      const netrc = [madePlace('a', { uses: [PUSH] })]
      const policy = { tokens }
      const keepAs = tokens === 'owner' ? 'alice' : 'alice-netrc'
      const narrow = { ...ALICES, name: keepAs, scopes: ['read:repository:bitbucket'] }
      const [request] = madePlan(netrc, { tokens: [narrow], policy }).requests
      expect(request?.keepAs).toBe(`${keepAs}.2`)
      const wide = { ...ALICES, name: `${keepAs}.2`, scopes: request?.scopes ?? [] }
      expect(madePlan(netrc, { tokens: [narrow, wide], policy }).steps.map(({ to }) => to.token)).toEqual([wide.name])
    },
  )
})

describe('a year later', () => {
  it('who has places of git and of REST is asked for one token, as the year before', () => {
    const text = 'the token of last year'
    const places = [
      madePlace('a', { kind: 'api-token', username: SENTINEL, text }),
      madePlace('b', { kind: 'api-token', username: ALICES_EMAIL, text, consumer: 'curl', uses: [REST] }),
    ]
    const fingerprint = places[0]?.secret?.value?.fingerprint ?? '#'
    const last = { ...ALICES, name: 'alice', fingerprint, expiresAt: '2026-11-01T00:00:00.000Z' }
    const diagnoses = new Map(places.map(({ id }) => [id, diagnosed('D108')] as const))
    const { requests } = madePlan(places, { tokens: [last], diagnoses })
    expect(requests).toMatchObject([{ owner: 'alice', keepAs: 'alice.2', places: ['a', 'b'] }])
  })
})

describe('which token of the vault is used', () => {
  const token = (names: Partial<TokenSummary>): TokenSummary => {
    const { username: _, email: __, ...rest } = ALICES
    return { ...rest, ...names }
  }
  it.each<[string, Partial<TokenSummary>, boolean]>([
    ['bob@acme.example', { email: 'alice@acme.example' }, false],
    ['alice@acme.example', { email: 'Alice@acme.example' }, true],
    ['alice@acme.example', { username: 'alice' }, true],
    ['alice', { email: 'alice@acme.example' }, true],
    ['bob', { username: 'alice' }, false],
    ['bob', {}, true],
  ])('what %s owns and the only token, %j', (username, names, isUsed) => {
    const { requests } = madePlan([madePlace('a', { username })], { tokens: [token(names)] })
    expect(requests.length === 0).toBe(isUsed)
  })

  it('one that cannot push is none for what only pushes', () => {
    const reading = token({ username: 'alice', scopes: ['read:repository:bitbucket'] })
    const { requests, steps } = madePlan([madePlace('a', { uses: [PUSH] })], { tokens: [reading] })
    expect([requests[0]?.scopes, steps.map(({ to }) => to.request)]).toEqual([
      ['read:repository:bitbucket', 'write:repository:bitbucket'],
      ['t1'],
    ])
    const named = madePlan([madePlace('a', { uses: [PUSH] })], { tokens: [reading], policy: { token: reading.name } })
    expect(named).toMatchObject({
      steps: [],
      manual: [{ reason: expect.stringContaining('it pushes, and the token') }],
    })
  })

  it('one for reading alone does not make a place of git and REST one of REST', () => {
    const mixed = madePlace('a', { uses: [FETCH, PUSH, REST], consumer: 'variables' })
    const reading = token({ username: 'alice', email: 'a@acme.example', scopes: ['read:repository:bitbucket'] })
    expect(madePlan([mixed], { tokens: [reading] }).manual).toMatchObject([
      { reason: expect.stringContaining('git and REST') },
    ])
    const pushed = { ...mixed, uses: [{ ...PUSH, by: 'release.sh' }, REST] }
    expect(madePlan([pushed], { tokens: [reading], policy: { token: reading.name } }).steps).toEqual([])
  })

  it('an access token says its scopes in other words', () => {
    const access = (scope: string) => token({ kind: 'access-token', scopes: [scope] })
    const used = (scope: string, uses: readonly Use[]) =>
      madePlan([madePlace('a', { uses })], { tokens: [access(scope)] }).steps.map(({ to, uses: proved }) => [
        to.token,
        proved.length,
      ])
    expect(used('repository:write', [FETCH, PUSH])).toEqual([['alice-token', 2]])
    expect(used('repository', [FETCH, PUSH])).toEqual([['alice-token', 1]])
    expect(used('pipeline', [FETCH])).toEqual([[undefined, 1]])
  })
})

describe('the scopes of a request', () => {
  const renovate = madePlace('r', { consumer: 'renovate', uses: [REST] })

  it('are not those of places that no token serves', () => {
    const { requests, manual } = madePlan(
      [madePlace('a'), madePlace('b', { consumer: 'pr-agent', uses: [FETCH, REST] })],
      { tokens: [] },
    )
    expect([requests.map(({ scopes, places: ids }) => [scopes, ids]), manual.length]).toEqual([
      [[['read:repository:bitbucket'], ['a']]],
      1,
    ])
  })

  it('name nothing that only a name suggests', () => {
    const guessed = { ...renovate, unresolved: 'nothing reads it' }
    expect(madePlan([madePlace('a'), guessed], { tokens: [] }).requests[0]).not.toHaveProperty('optional')
    expect(madePlan([madePlace('a'), renovate], { tokens: [] }).requests[0]).toHaveProperty('optional')
  })

  it('hold what any place lacks that shares a username', () => {
    const shared = (id: string) =>
      madePlace(id, { kind: 'api-token', path: '/home/.env', consumer: 'variables', address: id, span: [0, 5] })
    const diagnoses = new Map([
      ['a', diagnosed('D105')],
      ['b', diagnosed('D105', { missing: ['read:project:bitbucket'] })],
    ])
    const { requests } = madePlan([shared('a'), shared('b')], { tokens: [], diagnoses })
    expect(requests[0]?.scopes).toContain('read:project:bitbucket')
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
    expect(one?.length).toBe(72)
  })

  it.each([
    ['/srv/machines/home/alice/.netrc', 'alice/.netrc'],
    ['/srv/machines/clones/app/.git/config', 'app/.git/config'],
  ])('says the file and its folder, of a clone its own: %s', (path, where) => {
    const { requests } = madePlan([madePlace('x', { path, address: 'entry' })], { tokens: [] })
    expect(requests.map(({ name }) => name)).toEqual([`keyturn: netrc ${where} entry`])
  })

  it('says where it is used in full as long as it is not too long', () => {
    const address = 'a'.repeat(48)
    const { requests } = madePlan([madePlace('x', { path: '/home/x/.netrc', address })], { tokens: [] })
    expect(requests.map(({ name }) => name)).toEqual([`keyturn: netrc x/.netrc ${address}`])
  })

  const [renovate, long, longer] = ['renovate', 'a'.repeat(30), 'b'.repeat(31)] as const
  it.each<readonly [readonly string[], string]>([
    [[renovate, 'netrc', 'renovate'], 'netrc, renovate'],
    [[long, longer], `${long}, ${longer}`],
    [[long, longer, renovate], `${long} and 2 more`],
    [[long, 'b', 'c', longer], `${long}, b and 2 more`],
    [['c', 'd', 'e', 'f'.repeat(60)], 'c, d, e and 1 more'],
    [['c', 'f'.repeat(61)], 'c and 1 more'],
    [
      ['a', 'b', 'c', 'd'].map((one) => one.repeat(16)),
      `${['a', 'b', 'c'].map((one) => one.repeat(16)).join(', ')} and 1 more`,
    ],
    [['c', 'd', long, longer], `${long} and 3 more`],
  ])('says what uses it, in order, as much of it as there is room for: %j', (consumers, words) => {
    const { requests } = madePlan(
      consumers.map((consumer, index) => madePlace(`p${index}`, { consumer })),
      { tokens: [] },
    )
    expect(requests.map(({ name }) => name)).toEqual([`keyturn: ${words}`])
  })
})

it('one token per place: the vault is looked up, not searched for each of them', () => {
  let read = 0
  const counted = Array.from({ length: 50 }, (_, index) => ({
    ...ALICES,
    get name() {
      read += 1
      return `other-${index}`
    },
  }))
  const readFor = (count: number): number => {
    read = 0
    const places = Array.from({ length: count }, (_, index) => madePlace(`place${index}`))
    expect(madePlan(places, { tokens: counted, policy: { tokens: 'place' } }).requests).toHaveLength(count)
    return read
  }
  expect(readFor(40)).toBe(readFor(1))
})

describe('the same places in another order', () => {
  const places = ['d', 'a', 'c', 'b'].map((id) => madePlace(id, { username: id < 'c' ? 'alice' : 'bob' }))

  it('give the same plan', () => {
    const plans = [places, places.toReversed()].map((each) => madePlan(each, { tokens: [], sources: ['/y', '/x'] }))
    expect(plans[1]).toEqual(plans[0])
    expect(madePlan(places, { tokens: [], sources: ['/x', '/y'] })).toEqual(plans[0])
  })
})

describe('names of tokens', () => {
  it('differ, for the list of an account shows nothing else', () => {
    const clone = (folder: string) =>
      madePlace(folder, { consumer: 'git-config', path: `/src/${folder}/x/.git/config`, address: 'remote.origin.url' })
    const names = madePlan([clone('one'), clone('two')], { tokens: [], policy: { tokens: 'place' } }).requests.map(
      ({ name }) => name,
    )
    expect(names).toEqual([
      'keyturn: git-config x/.git/config remote.origin.url (alice-one)',
      'keyturn: git-config x/.git/config remote.origin.url (alice-two)',
    ])
  })

  it('stay within their length', () => {
    const long = (folder: string) =>
      madePlace(folder, { path: `/${folder}/${'n'.repeat(40)}/netrc`, address: 'machine/bitbucket.org' })
    const { requests } = madePlan([long('one'), long('two')], { tokens: [], policy: { tokens: 'place' } })
    expect(new Set(requests.map(({ name }) => name)).size).toBe(2)
    expect(Math.max(...requests.map(({ name }) => name.length))).toBeLessThanOrEqual(72)
  })
})
