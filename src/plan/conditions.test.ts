import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ALICES,
  ALICES_EMAIL,
  diagnosed,
  FETCH,
  madePlace,
  madePlan,
  REST,
  SCANNED,
} from '../../test/support/made-plan.ts'
import { judgeVersions } from './conditions.ts'
import { compareVersions } from './version-floors.ts'

describe('a file with several names', () => {
  const places = [madePlace('a', { path: '/home/.netrc' }), madePlace('b', { path: '/home/other' })]

  it('is a condition of the steps that write it', () => {
    const { steps, conditions } = madePlan(places, { linked: new Set(['/home/.netrc']) })
    const step = steps.find(({ place }) => place.id === 'a')?.id
    expect(conditions).toMatchObject([{ text: 'no other name of the file is in use', steps: [step] }])
  })

  it('is no matter where there is none', () => {
    expect(madePlan(places).conditions).toEqual([])
  })
})

describe('a secret that goes through a base64 which breaks long lines', () => {
  const folded = [{ ...REST, folded: true as const }]
  const owned = { tokens: [{ ...ALICES, email: ALICES_EMAIL }] }

  it('is a condition of the steps that put a token there, told once', () => {
    const { steps, conditions } = madePlan([madePlace('a', { uses: folded }), madePlace('b', { uses: folded })], owned)
    expect(conditions).toMatchObject([
      { text: 'the `base64` that it goes through writes one line', steps: steps.map(({ id }) => id) },
    ])
    expect(JSON.stringify(steps)).not.toContain('folded')
  })

  it.each([
    ['app-password', 1],
    ['unknown', 1],
    ['api-token', 0],
    ['access-token', 0],
  ] as const)('is no matter where a token was encoded before: %s', (kind, count) => {
    const judged = judgeVersions(madePlace('a', { uses: folded, kind }), 'api-token', {})
    expect(judged).toMatchObject({ kind: 'met', conditions: { length: count } })
  })
})

describe('a place of which the login is shown a part', () => {
  it('is told of before it is changed, for rollback cannot put it back', () => {
    const { steps, conditions } = madePlan([madePlace('a'), madePlace('b')], { shownInPart: new Set(['b']) })
    const step = steps.find(({ place }) => place.id === 'b')?.id
    expect(conditions).toMatchObject([{ reason: expect.stringContaining('rollback cannot'), steps: [step] }])
  })
})

describe('a token that ends soon', () => {
  const ending = (expiresAt: string) =>
    madePlan([madePlace('a'), madePlace('b')], { tokens: [{ ...ALICES, expiresAt }] })

  it('is a condition of the steps that give it to a place, by the day on which it ends', () => {
    const { steps, conditions } = ending('2026-12-23T00:00:00.000Z')
    expect(steps.map(({ to }) => to.token)).toEqual([ALICES.name, ALICES.name])
    expect(conditions).toMatchObject([
      { text: expect.stringContaining('before it ends on 2026-12-23'), steps: steps.map(({ id }) => id) },
    ])
  })

  const held = (id: string, username: string, kind: 'api-token' | 'access-token' = 'api-token') =>
    madePlace(id, { kind, username, text: username })
  const keptWith = (place: ReturnType<typeof held>, name: string, more = {}) => ({
    ...ALICES,
    name,
    fingerprint: place.secret?.value?.fingerprint ?? '#',
    expiresAt: '2026-12-07T00:00:00.000Z',
    ...more,
  })
  const working = (ids: readonly string[]) => new Map(ids.map((id) => [id, diagnosed('D100')] as const))
  const next = { ...ALICES, name: 'alice.2', expiresAt: '2027-11-01T00:00:00.000Z' }
  const bobs = { username: 'bob', email: 'bob@acme.example' }

  it.each([
    ['2026-12-07T00:00:00.000Z', 'it holds the token "alice", which ends on 2026-12-07'],
    ['2026-11-01T00:00:00.000Z', 'it holds the token "alice", which ended on 2026-11-01'],
  ])('is replaced where it works today, and another one is asked for in time: %s', (expiresAt, told) => {
    const place = held('a', 'x-bitbucket-api-token-auth')
    const tokens = [keptWith(place, 'alice', { expiresAt })]
    const { steps, requests } = madePlan([place], { tokens, diagnoses: working(['a']) })
    expect(steps).toMatchObject([{ reason: expect.stringContaining(told), to: { username: 'keep' } }])
    expect(requests).toMatchObject([{ owner: 'alice', keepAs: 'alice.2', scopes: ['read:repository:bitbucket'] }])
  })

  it('is left where it lasts longer', () => {
    const place = held('a', 'x-bitbucket-api-token-auth')
    const tokens = [keptWith(place, 'alice', { expiresAt: '2027-10-01T00:00:00.000Z' })]
    const { steps, kept } = madePlan([place], { tokens, diagnoses: working(['a']) })
    expect([steps.length, kept.length]).toEqual([0, 1])
  })

  it('is followed by one of its owner that lasts, where the vault has it, and by none that ends soon', () => {
    const place = held('a', 'alice')
    const given = [[next], [{ ...next, scopes: [] }], [{ ...next, expiresAt: '2026-12-20T00:00:00.000Z' }]].map(
      (more) =>
        madePlan([place], { tokens: [keptWith(place, 'alice'), ...more], diagnoses: working(['a']) }).steps[0]?.to
          .token,
    )
    expect(given).toEqual(['alice.2', undefined, undefined])
  })

  it('is followed by the one that a person names, and by itself never', () => {
    const place = held('a', 'x-bitbucket-api-token-auth')
    const tokens = [keptWith(place, 'alice'), next]
    const named = (token: string, replace = false) =>
      madePlan([place], { tokens, diagnoses: working(['a']), policy: { token, replace } })
    expect(named('alice.2').steps).toMatchObject([{ to: { token: 'alice.2' } }])
    const told = { steps: [], kept: [], manual: [{ reason: expect.stringContaining('ends on') }] }
    expect([named('alice'), named('alice', true)]).toMatchObject([told, told])
  })

  it('is asked for of each owner apart, where several have places', () => {
    const [alices, his] = [held('a', 'alice'), held('b', 'bob')]
    const tokens = [keptWith(alices, 'alice'), keptWith(his, 'bob', bobs), next]
    const { steps, requests } = madePlan([alices, his], { tokens, diagnoses: working(['a', 'b']) })
    expect(steps.map(({ place, to }) => [place.id, to.token])).toEqual([
      ['a', 'alice.2'],
      ['b', undefined],
    ])
    expect(requests.map(({ owner }) => owner)).toEqual(['bob'])
  })

  it('is not replaced where something else answers before it, and the day is told', () => {
    const place = held('a', 'alice')
    const diagnoses = new Map([['a', diagnosed('D111')]])
    const { steps, manual } = madePlan([place], { tokens: [keptWith(place, 'alice')], diagnoses })
    expect({ steps, manual }).toMatchObject({ steps: [], manual: [{ reason: expect.stringContaining('ends on') }] })
  })

  describe('of a repository, project or workspace', () => {
    const others = (name: string) => `Keep one ${name}in the vault that lasts longer, and put it in its place`

    it('is left to a person with the day: an administrator makes another one', () => {
      const place = held('a', 'x-token-auth', 'access-token')
      const planned = (more: readonly (typeof next)[]) =>
        madePlan([place], {
          tokens: [keptWith(place, 'repo', { kind: 'access-token' }), ...more],
          diagnoses: working(['a']),
        })
      expect(planned([]).manual).toMatchObject([
        {
          reason: 'it holds the token "repo", which ends on 2026-12-07',
          wayOut: `${others('')}: keyturn plan PATH --token NAME --replace`,
        },
      ])
      expect(planned([next]).manual).toMatchObject([
        { wayOut: 'Put the token "alice.2" in its place: keyturn plan PATH --token alice.2 --replace' },
      ])
    })

    it('is told of with the places of others, which the next one must not meet', () => {
      const places = [held('a', 'x-token-auth', 'access-token'), held('b', 'bob')]
      const [repo = held('a', ''), his = held('b', '')] = places
      const tokens = [keptWith(repo, 'repo', { kind: 'access-token' }), keptWith(his, 'bob', bobs)]
      const { manual } = madePlan(places, { tokens, diagnoses: working(['a', 'b']) })
      const alone = '--replace; PATH may hold no place of another owner, for it would get that token, too'
      expect(manual).toMatchObject([
        { wayOut: `${others('of the same owner ')}: keyturn plan PATH --token NAME ${alone}` },
      ])
    })
  })

  it('is told of by the day on which it must have ended, where nobody told its own', () => {
    const place = held('a', 'x-bitbucket-api-token-auth')
    const tokens = [keptWith(place, 'alice', { endsBy: '2026-12-07', expiresAt: undefined })]
    const { steps } = madePlan([place], { tokens, diagnoses: working(['a']) })
    expect(steps).toMatchObject([{ reason: expect.stringContaining('"alice", which ends by 2026-12-07') }])
    const { conditions } = madePlan([madePlace('b')], { tokens })
    expect(conditions).toMatchObject([{ text: expect.stringContaining('before it ends by 2026-12-07') }])
  })

  it('is told of where its username alone is changed', () => {
    const place = madePlace('a', { kind: 'api-token', username: ALICES_EMAIL })
    const fingerprint = place.secret?.value?.fingerprint ?? '#'
    const { steps, conditions } = madePlan([place], {
      tokens: [{ ...ALICES, fingerprint, expiresAt: '2026-12-07T00:00:00.000Z' }],
      diagnoses: new Map([['a', diagnosed('D106')]]),
    })
    expect(steps).toMatchObject([{ to: { keepSecret: true } }])
    expect(conditions).toMatchObject([{ text: expect.stringContaining('before it ends on 2026-12-07') }])
  })

  it('is told of what the tool presents under another name than it has, and of what gets another name alone', () => {
    const holding = (username: string) =>
      madePlace('a', { consumer: 'renovate', kind: 'api-token', username, uses: [FETCH, REST] })
    const planned = (username: string) => {
      const place = holding(username)
      const fingerprint = place.secret?.value?.fingerprint ?? '#'
      return madePlan([place], {
        tokens: [{ ...ALICES, fingerprint, expiresAt: '2026-12-07T00:00:00.000Z' }],
        diagnoses: new Map([['a', diagnosed('D106')]]),
        versions: new Map([['a', { consumer: 'renovate', version: '42.0.0', at: '/home/package.json' }]]),
      })
    }
    const { kept, manual } = planned(ALICES_EMAIL)
    const told = 'it holds the token "alice-token", which ends on 2026-12-07'
    expect([kept, manual]).toMatchObject([[], [{ reason: told }]])
    const { steps, conditions } = planned('alice')
    expect(steps).toMatchObject([{ to: { username: { set: ALICES_EMAIL }, keepSecret: true } }])
    expect(conditions).toMatchObject([{ text: expect.stringContaining('before it ends on 2026-12-07') }])
  })

  it('is no matter where it lasts longer than the days that the status calls soon', () => {
    expect(ending('2026-12-25T00:00:00.000Z').conditions).toEqual([])
  })
})

describe('a tool that is too old for API tokens', () => {
  const renovate = madePlace('r', { consumer: 'renovate', uses: [FETCH, REST] })
  const withVersion = (version: string) =>
    madePlan([renovate], { versions: new Map([['r', { consumer: 'renovate', version, at: '/home/package.json' }]]) })

  it('is upgraded before, by a person', () => {
    const { steps, manual } = withVersion('40.1.0')
    expect([steps, manual]).toMatchObject([
      [],
      [
        {
          reason: expect.stringContaining('Renovate is 40.1.0 (/home/package.json)'),
          wayOut: expect.stringContaining('41.2.0'),
        },
      ],
    ])
  })

  it('that is new enough is no matter', () => {
    const { steps, conditions } = withVersion('41.2.0')
    expect([steps[0]?.to.username, conditions]).toEqual([{ set: ALICES_EMAIL }, []])
  })

  it('whose version is not known is a condition of the step', () => {
    expect(madePlan([renovate]).conditions).toMatchObject([{ text: 'Renovate is 41.2.0 or newer', steps: ['s1'] }])
  })

  it('is upgraded before its username changes, too', () => {
    const right = { ...renovate, ...madePlace('r', { consumer: 'renovate', kind: 'api-token', uses: [FETCH, REST] }) }
    const renamed = (version: string) =>
      madePlan([right], {
        diagnoses: new Map([['r', diagnosed('D116')]]),
        policy: { email: ALICES_EMAIL },
        versions: new Map(version === '' ? [] : [['r', { consumer: 'renovate', version, at: '/home/package.json' }]]),
      })
    expect(renamed('40.1.0')).toMatchObject({ steps: [], manual: [{ wayOut: expect.stringContaining('41.2.0') }] })
    expect(renamed('')).toMatchObject({ steps: [{ to: { keepSecret: true } }], conditions: [{ steps: ['s1'] }] })
  })

  it.each([
    ['936.4.3', 0, []],
    ['937.0.0', 1, [expect.stringContaining('it is 937.0.0 (https://ci/pluginManager)')]],
    ['937.3.4.v_1', 1, [expect.stringContaining('it is 937.3.4.v_1')]],
    ['937.3.5', 1, []],
  ])(
    'that takes tokens, though not well, is upgraded beside the change: Branch Source %s',
    (version, count, reasons) => {
      const scanned = madePlace('j', { consumer: 'jenkins', uses: SCANNED })
      const told = { consumer: 'jenkins', version, at: 'https://ci/pluginManager' }
      const { steps, conditions = [] } = madePlan([scanned], { versions: new Map([['j', told]]) })
      expect([steps.length, conditions.map(({ reason }) => reason)]).toEqual([count, reasons])
    },
  )

  it('is seen behind any place that shares the username', () => {
    const shared = (id: string, consumer: string) =>
      madePlace(id, { consumer, path: '/home/.env', address: id, span: [0, 5], uses: [REST] })
    const versions = new Map([['b', { consumer: 'renovate', version: '40.1.0', at: '/home/package.json' }]])
    const plan = madePlan([shared('a', 'variables'), shared('b', 'renovate')], { versions })
    expect(plan).toMatchObject({ steps: [], manual: [{ reason: expect.stringContaining('40.1.0') }] })
  })

  it('is seen behind any of several tools that share the username', () => {
    const shared = (id: string) =>
      madePlace(id, { consumer: 'renovate', path: '/home/.env', address: id, span: [0, 5], uses: [REST] })
    const versions = new Map([
      ['a', { consumer: 'renovate', version: '42.0.0', at: '/home/package.json' }],
      ['b', { consumer: 'renovate', version: '40.1.0', at: '/home/bot/package.json' }],
    ])
    const plan = madePlan([shared('a'), shared('b')], { versions })
    expect(plan).toMatchObject({ steps: [], manual: [{ reason: expect.stringContaining('40.1.0') }] })
  })

  it.each(['rest', 'web'] as const)('counts wherever it asks Bitbucket beside git: %s', (operation) => {
    const judged = judgeVersions({ ...renovate, uses: [FETCH, { ...REST, operation }] }, 'api-token', {})
    expect(judged).toMatchObject({ conditions: [{ text: 'Renovate is 41.2.0 or newer' }] })
  })

  it('is Branch Source, where that scans with what plain checkouts use as well', () => {
    const judged = judgeVersions(madePlace('j', { consumer: 'jenkins', uses: [FETCH, ...SCANNED] }), 'api-token', {})
    expect(judged).toMatchObject({ conditions: [{ text: expect.stringContaining('Branch Source') }] })
  })

  it('is no matter for a token of another kind', () => {
    const { username: _, ...text } = madePlace('a', { consumer: 'jenkins', uses: SCANNED })
    const plan = madePlan([text], {
      tokens: [{ ...ALICES, name: 'repo', kind: 'access-token' }],
      policy: { token: 'repo' },
    })
    expect([plan.steps.length, plan.conditions]).toEqual([1, []])
  })

  it('is no matter where it only fetches', () => {
    expect(madePlan([{ ...renovate, uses: [FETCH] }]).conditions).toEqual([])
  })
})

describe('versions', () => {
  it.each([
    ['41.2.0', '41.10.0', -1],
    ['v41.2.0', '41.2.0', 0],
    ['937.3.5.v_f0e6b_d6e5a_41', '937.3.5', 0],
    ['936.4.3', '937.3.5', -1],
    ['1.1', '1.1.0', 0],
    ['27.0.0-alpha.6', '27.0.0', -1],
    ['27.0.0-alpha.10', '27.0.0-alpha.6', 1],
    ['26.02.88600', '26.2.88600', 0],
    ['41.2.1', '41.2', 1],
    ['41.2', '41.2.1', -1],
    ['27.0.0', '27.0.0-alpha.6', 1],
    ['27.0.0-alpha.6', '27.0.0-alpha.10', -1],
    ['27.0.0-alpha.6', '27.0.0-beta.1', -1],
    ['27.0.0-rc.1', '27.0.0-beta.6', 1],
    ['27.0.0-rc.1', '27.0.0-rc.1', 0],
    ['27.1.0-alpha.1', '27.0.0', 1],
    ['latest', '0.0.1', -1],
    ['latest', '0', 0],
  ])('%s and %s', (one, other, sign) => {
    expect(Math.sign(compareVersions(one, other))).toBe(sign)
  })

  it('are in one order, whatever they are', () => {
    const version = fc
      .tuple(fc.nat(50), fc.nat(50), fc.option(fc.nat(9)))
      .map(([major, minor, pre]) => `${major}.${minor}${pre === null ? '' : `-rc.${pre}`}`)
    fc.assert(
      fc.property(version, version, (one, other) => {
        expect(Math.sign(compareVersions(one, other))).toBe(-Math.sign(compareVersions(other, one)) || 0)
      }),
    )
  })
})
