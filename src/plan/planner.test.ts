import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ALICES as alices,
  APP as app,
  DIGEST,
  diagnosed,
  FETCH as fetch,
  madePlace as place,
  madePlan as plan,
  REST as rest,
  SENTINEL,
} from '../../test/support/made-plan.ts'
import type { DiagnosisCode } from '../model/diagnosis.ts'
import type { Place } from '../model/place.ts'
import type { Step } from '../model/plan.ts'
import type { SecretKind } from '../model/secret.ts'
import type { Operation, Use } from '../model/use.ts'
import { isBranchSource } from './branch-source.ts'
import type { TokenSummary } from './choose-token.ts'
import { readPlan } from './plan-file.ts'
import { writePlan } from './write-plan.ts'

const summary = (made: ReturnType<typeof plan>) =>
  made.steps.map((step) => [step.place.id, step.to.username, step.to.token ?? step.to.request ?? 'keep secret'])

describe('a dead app password', () => {
  it('is replaced by a token of the same owner, under the username that git wants', () => {
    expect(summary(plan([place('a')]))).toEqual([['a', { set: SENTINEL }, 'alice-token']])
  })

  it('gets the e-mail where REST is used', () => {
    expect(summary(plan([place('a', { uses: [rest] })]))).toEqual([['a', { set: 'alice@acme.example' }, 'alice-token']])
  })

  it('gets the e-mail in the netrc block of the REST host, even when no use is known', () => {
    expect(
      summary(plan([place('a', { uses: [], host: 'api.bitbucket.org', address: 'machine/api.bitbucket.org' })])),
    ).toEqual([['a', { set: 'alice@acme.example' }, 'alice-token']])
  })

  it('says what rolling back cannot do', () => {
    expect(plan([place('a')]).steps[0]?.caveat).toBe(
      'Rolling back restores the bytes; Bitbucket does not accept an app password again.',
    )
    const token = plan([place('a', { kind: 'api-token' })], { diagnoses: new Map([['a', diagnosed('D102')]]) })
    expect(token.steps.map(({ caveat }) => caveat)).toEqual([undefined])
  })

  it('is left to a person where one place serves git and REST', () => {
    const made = plan([place('a', { uses: [fetch, rest] })])
    expect([made.steps, made.manual.map(({ reason }) => reason)]).toEqual([
      [],
      ['app passwords ended on 2026-07-28; git and REST need different usernames for one token'],
    ])
  })

  it('is left to a person where keyturn must not write, with the reason', () => {
    const state = place('state', { consumer: 'terraform-state' })
    const made = plan([state], {
      digests: new Map(),
      refused: new Map([['state', 'Terraform writes its state itself']]),
    })
    expect([made.steps, made.manual.map(({ reason }) => reason)]).toEqual([
      [],
      ['keyturn finds it here and does not change it: Terraform writes its state itself'],
    ])
  })

  it.each([
    ['never writes', new Set(['netrc']), 'keyturn finds it here and does not change it'],
    ['could not read', new Set(['terraform']), 'it could not be read for writing'],
  ])('is left to a person where it stands in what keyturn %s', (_, unwritten, reason) => {
    const { steps, manual } = plan([place('a')], { digests: new Map(), unwritten })
    expect([steps, manual]).toMatchObject([[], [{ reason, wayOut: expect.stringContaining('by hand') }]])
  })

  it('is told from what comes in its place', () => {
    const old = place('a')
    expect(plan([old]).steps[0]?.from).toEqual({
      digest: DIGEST,
      username: 'alice',
      kind: 'app-password',
      fingerprint: old.secret?.value?.fingerprint,
    })
  })

  it('is left to the source of a file that keyturn does not write, whatever reads it', () => {
    const guessed = { ...place('log', { consumer: 'variables' }), unresolved: 'nothing was seen to read it' }
    const refused = new Map([['log', 'a log says what was']])
    expect(plan([guessed], { digests: new Map(), refused }).manual).toMatchObject([
      {
        reason: 'keyturn finds it here and does not change it: a log says what was',
        wayOut: 'Change what it comes from, not what stands here. Then scan again.',
      },
    ])
  })

  it('is left to a person where nothing was seen to read it, and asks for no scope', () => {
    const guessed = {
      ...place('env', { consumer: 'variables', uses: [{ operation: 'git-push', by: 'BB_TOKEN' }] }),
      unresolved: 'nothing in its repository was seen to read BB_TOKEN',
    }
    const known = place('netrc', { uses: [fetch] })
    const { steps, manual, requests } = plan([guessed, known], { tokens: [] })
    expect(steps.map(({ place: { id } }) => id)).toEqual(['netrc'])
    expect(manual).toMatchObject([
      {
        place: { id: 'env' },
        reason: expect.stringContaining('what reads it was not found, and git and REST want different usernames'),
        wayOut: expect.stringContaining(SENTINEL),
      },
    ])
    expect(requests.map(({ scopes }) => scopes)).toEqual([['read:repository:bitbucket']])
  })

  it('gets the e-mail for Branch Source, which swaps the username for git itself', () => {
    const uses: readonly Use[] = [
      { operation: 'rest', repository: app, by: 'job app (Branch Source)' },
      { operation: 'git-fetch', repository: app, by: 'job app (Branch Source)' },
    ]
    expect(summary(plan([place('a', { uses })]))).toEqual([['a', { set: 'alice@acme.example' }, 'alice-token']])
  })

  it('is left to a person where Branch Source and a plain checkout share it', () => {
    const made = plan([place('a', { uses: [{ operation: 'rest', by: 'job app (Branch Source)' }, fetch] })])
    expect(made.manual).toHaveLength(1)
  })
})

describe('a secret text of Jenkins', () => {
  const { username: _none, ...text } = place('a', { consumer: 'jenkins-home', address: 'system/_/bb' })

  it('takes an access token, without a username', () => {
    const token: TokenSummary = { ...alices, name: 'repo', kind: 'access-token' }
    expect(summary(plan([text], { tokens: [token], policy: { token: 'repo' } }))).toEqual([['a', 'keep', 'repo']])
  })

  it('is left to a person where there is only an API token', () => {
    expect(plan([text], { policy: { token: 'alice-token' } }).manual.map(({ reason }) => reason)).toEqual([
      'app passwords ended on 2026-07-28; a secret text has no username, and an API token needs one',
    ])
  })
})

describe('token requests', () => {
  it('are one per owner, with the least scopes of everything that shares the token', () => {
    const push: Use = { ...fetch, operation: 'git-push' }
    const made = plan(
      [place('a', { text: 'same' }), place('b', { text: 'same', uses: [push] }), place('c', { username: 'ci-bot' })],
      { tokens: [] },
    )
    expect(
      made.requests.map(({ id, owner, scopes, places, expiresOn }) => ({ id, owner, scopes, places, expiresOn })),
    ).toEqual([
      {
        id: 't1',
        owner: 'alice',
        scopes: ['read:repository:bitbucket', 'write:repository:bitbucket'],
        places: ['a', 'b'],
        expiresOn: '2027-11-22',
      },
      { id: 't2', owner: 'ci-bot', scopes: ['read:repository:bitbucket'], places: ['c'], expiresOn: '2027-11-15' },
    ])
    expect(summary(made).map(([, , to]) => to)).toEqual(['t1', 't1', 't2'])
  })

  it('name the scopes that Branch Source needs where it manages webhooks apart', () => {
    const uses: readonly Use[] = [{ operation: 'rest', repository: app, by: 'job app (Branch Source)' }]
    expect(plan([place('a', { uses })], { tokens: [] }).requests[0]).toMatchObject({
      scopes: [
        'read:project:bitbucket',
        'read:pullrequest:bitbucket',
        'read:repository:bitbucket',
        'read:workspace:bitbucket',
      ],
      optional: [
        {
          scopes: ['delete:webhook:bitbucket', 'read:webhook:bitbucket', 'write:webhook:bitbucket'],
          when: 'jenkins: Branch Source manages webhooks',
        },
      ],
    })
  })

  it('add the scope that was found missing', () => {
    const made = plan([place('a', { kind: 'api-token', username: SENTINEL })], {
      tokens: [],
      diagnoses: new Map([['a', diagnosed('D105', { missing: ['read:project:bitbucket'] })]]),
    })
    expect(made.requests[0]?.scopes).toEqual(['read:project:bitbucket', 'read:repository:bitbucket'])
  })

  it('are not met by a token that has ended, lacks a scope, or belongs to someone else', () => {
    const tokens: readonly TokenSummary[] = [
      { ...alices, name: 'ended', expiresAt: '2026-01-01T00:00:00Z' },
      { ...alices, name: 'narrow', scopes: ['write:repository:bitbucket'] },
      { ...alices, name: 'other', username: 'bob', email: 'bob@acme.example' },
    ]
    expect(plan([place('a')], { tokens }).requests).toHaveLength(1)
  })

  it('are met by a token for reading alone, and then nothing is proved for pushing', () => {
    const push: Use = { ...fetch, operation: 'git-push' }
    const reading: TokenSummary = { ...alices, scopes: ['read:repository:bitbucket'] }
    const made = plan([place('a', { uses: [fetch, push] })], { tokens: [reading] })
    expect([made.requests, made.steps.map(({ uses }) => uses)]).toEqual([[], [[fetch]]])
  })

  it('are met by any token that a person names', () => {
    expect(summary(plan([place('a', { username: 'bob' })], { policy: { token: 'alice-token' } }))).toEqual([
      ['a', { set: SENTINEL }, 'alice-token'],
    ])
  })
})

describe('what the doctor found', () => {
  it.each([
    ['D100', 'kept'],
    ['D115', 'manual'],
    ['D190', 'manual'],
    ['D102', 'step'],
    ['D106', 'step'],
    ['D108', 'step'],
  ] as const)('%s leads to %s', (code, where) => {
    const made = plan([place('a', { kind: 'api-token', username: 'alice@acme.example' })], {
      diagnoses: new Map([['a', diagnosed(code)]]),
    })
    expect({ kept: made.kept.length, manual: made.manual.length, step: made.steps.length }).toEqual({
      kept: 0,
      manual: 0,
      step: 0,
      [where]: 1,
    })
  })

  it('several causes that all want a new token lead to one; with another cause among them a person decides', () => {
    const verdict = (causes: readonly string[]) => {
      const found = new Map([['a', diagnosed('D190', { details: { causes } })]])
      const made = plan([place('a', { kind: 'api-token' })], { diagnoses: found })
      return [made.steps.length, made.manual.length]
    }
    expect([verdict(['D102', 'D103', 'D108']), verdict(['D102', 'D115'])]).toEqual([
      [1, 0],
      [0, 1],
    ])
  })

  it('changes only the username when the secret is right', () => {
    const made = plan([place('a', { kind: 'api-token', username: 'alice@acme.example' })], {
      diagnoses: new Map([['a', diagnosed('D106')]]),
    })
    expect(made.steps[0]?.to).toEqual({ username: { set: SENTINEL }, keepSecret: true })
  })
})

describe('what a person says in addition', () => {
  const works = new Map([['a', diagnosed('D100')]])
  const named = { token: 'alice-token' }

  it('replaces what works, for what the plan cannot see that it lacks', () => {
    const token = place('a', { kind: 'api-token' })
    expect(summary(plan([token], { diagnoses: works, policy: named }))).toEqual([])
    expect(summary(plan([token], { diagnoses: works, policy: { ...named, replace: true } }))).toEqual([
      ['a', { set: SENTINEL }, 'alice-token'],
    ])
  })

  it.each([['D115'], ['D119'], ['D191'], ['D117']] as const)('replaces the secret that %s leaves as it is', (code) => {
    const token = place('a', { kind: 'api-token' })
    const diagnoses = new Map([['a', diagnosed(code)]])
    expect(
      summary(plan([token], { diagnoses, policy: named })).filter(([, , source]) => source === 'alice-token'),
    ).toEqual([])
    expect(summary(plan([token], { diagnoses, policy: { ...named, replace: true } }))).toEqual([
      ['a', { set: SENTINEL }, 'alice-token'],
    ])
  })

  it('names the e-mail of a token that is not in the vault', () => {
    const token = place('a', { kind: 'api-token', uses: [rest] })
    const asked = { diagnoses: new Map([['a', diagnosed('D116')]]), tokens: [] }
    expect(summary(plan([token], asked))).toEqual([])
    expect(summary(plan([token], { ...asked, policy: { email: 'alice@acme.example' } }))).toEqual([
      ['a', { set: 'alice@acme.example' }, 'keep secret'],
    ])
  })

  it('does not write an e-mail under which REST refused the token', () => {
    const token = place('a', { kind: 'api-token', uses: [rest] })
    const asked = { diagnoses: new Map([['a', diagnosed('D116')]]), emailRefused: new Set(['a']) }
    const policy = { email: 'bob@acme.example' }
    const { steps, manual } = plan([token], { ...asked, tokens: [], policy })
    expect([steps, manual.map(({ reason }) => reason)]).toEqual([
      [],
      [expect.stringContaining('refuses this one under the e-mail that was given')],
    ])
  })
})

describe('a username in a URL', () => {
  const pin: Place = {
    id: 'pin',
    consumer: 'git-config',
    at: { kind: 'file', path: '/c' },
    address: 'remote.origin.url',
    host: 'bitbucket.org',
    username: { text: 'alice', encoding: 'percent' },
    uses: [fetch],
  }

  it('goes when the credential gets another username', () => {
    expect(summary(plan([place('a'), pin]))).toContainEqual(['pin', 'remove', 'keep secret'])
  })

  it.each([
    ['another file', 'nothing shows that git reads '],
    ['another entry', 'another entry comes before '],
  ] as const)('says what is not certain of the credential that answers it: %s', (doubt, words) => {
    const { steps } = plan([place('a', { uses: [{ ...fetch, doubt }] }), pin])
    expect(steps.find(({ place: { id } }) => id === 'pin')?.reason).toContain(words)
  })

  it('stays when only the credential of another account changes', () => {
    const made = plan([place('a', { username: 'bob' }), pin])
    expect([made.steps.map((step) => step.place.id), made.kept.map((kept) => kept.place.id)]).toEqual([['a'], ['pin']])
  })

  it('goes when it is the cause: the credential that it hides is right', () => {
    const right = place('a', { kind: 'api-token', username: SENTINEL })
    const made = plan([right, pin], { diagnoses: new Map([['a', diagnosed('D110')]]) })
    expect(summary(made)).toEqual([['pin', 'remove', 'keep secret']])
  })

  it('stays when nothing changes', () => {
    expect(plan([place('a', { kind: 'api-token' }), pin]).kept.map(({ place: { id } }) => id)).toEqual(['a', 'pin'])
  })
})

describe('the order', () => {
  it("begins with a developer's file and ends with the system credential of a controller", () => {
    const made = plan([
      place('d', { consumer: 'jenkins-home', address: 'system/_/bb' }),
      place('c', { consumer: 'jenkins-home', address: 'folder/team/_/bb' }),
      place('b'),
      place('a', { consumer: 'git-config', address: 'remote.origin.url' }),
    ])
    expect(made.steps.map((step) => `${step.id} ${step.place.id}`)).toEqual(['s1 a', 's2 b', 's3 c', 's4 d'])
  })
})

/** The name that is presented for a use once the step is done; `undefined`: none, or none that the plan knows. */
function presented({ to, from }: Step, use: Use): string | undefined {
  if (use.username !== undefined) return use.username
  return typeof to.username === 'object' ? to.username.set : to.emailComes === true ? undefined : from.username
}

/** Of API tokens, by docs/bitbucket-authentication.md: git takes no e-mail, REST nothing else. Branch Source takes the e-mail for both. */
function misnamed(step: Step): readonly Use[] {
  return step.uses.filter((use) => {
    const name = presented(step, use)
    if (name === undefined) return false
    const wantsEmail = isBranchSource(use) || !use.operation.startsWith('git-')
    return name.includes('@') !== wantsEmail
  })
}

function expectSound(made: ReturnType<typeof plan>, places: readonly Place[]): void {
  const text = writePlan(made)
  for (const { secret } of places) expect(text).not.toContain(secret?.value?.reveal())
  expect(made.steps.flatMap(misnamed)).toEqual([])
  const alone = made.requests.flatMap(({ scopes }) =>
    scopes.filter((scope) => /^(?:write|delete):/.test(scope) && !scopes.includes(scope.replace(/^\w+/, 'read'))),
  )
  expect(alone).toEqual([])
  const placed = [...made.steps, ...made.kept, ...made.manual].map((entry) => entry.place.id)
  expect(placed.sort()).toEqual(places.map(({ id }) => id).sort())
  const asked = new Set(made.requests.map(({ id }) => id))
  expect(made.steps.flatMap(({ to }) => to.request ?? []).filter((id) => !asked.has(id))).toEqual([])
  expect(made.requests.filter(({ id }) => !made.steps.some(({ to }) => to.request === id))).toEqual([])
  expect(readPlan(text, 'test')).toEqual(made)
}

describe('every plan', () => {
  const operation = fc.constantFrom<Operation>('git-fetch', 'git-push', 'rest', 'web')
  const anyPlace = fc.record({
    kind: fc.constantFrom<SecretKind>('app-password', 'api-token', 'unknown'),
    username: fc.constantFrom('alice', 'bob', 'alice@acme.example', SENTINEL),
    operations: fc.array(operation, { maxLength: 3 }),
    by: fc.constantFrom('x', 'job app (Branch Source)'),
    consumer: fc.constantFrom(
      'netrc',
      'renovate',
      'atlantis',
      'argocd',
      'prefect',
      'electron-builder',
      'flux-notification',
      'ansible-bitbucket',
    ),
    text: fc.constantFrom('one', 'two', 'three'),
    path: fc.constantFrom('/srv/package.json', '/srv/package-lock.json', '/srv/.env'),
  })
  const code = fc.constantFrom<DiagnosisCode | undefined>(
    undefined,
    'D100',
    'D101',
    'D104',
    'D105',
    'D106',
    'D107',
    'D108',
    'D116',
    'D117',
    'D190',
  )
  const token = fc.constantFrom<readonly TokenSummary[]>(
    [],
    [alices],
    [{ ...alices, scopes: ['read:repository:bitbucket'] }],
    [{ ...alices, name: 'alice', scopes: [] }],
  )

  it('holds no secret, gives git no e-mail and REST nothing else, never asks for write without read, places every place once, and survives its file', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyPlace, code), { maxLength: 6 }), token, (drawn, tokens) => {
        const places = drawn.map(([{ text, by, ...one }, _], index) =>
          place(`p${index}`, {
            ...one,
            text: `secret ${text}`,
            address: `a${index}`,
            uses: one.operations.map((each) => ({ operation: each, repository: app, by })),
          }),
        )
        const diagnoses = new Map(
          drawn.flatMap(([, found], index) =>
            found === undefined
              ? []
              : [
                  [
                    `p${index}`,
                    diagnosed(found, { missing: found === 'D105' ? ['write:webhook:bitbucket'] : [] }),
                  ] as const,
                ],
          ),
        )
        expectSound(plan(places, { diagnoses, tokens }), places)
      }),
    )
  })
})

describe('a plan file', () => {
  it.each([
    ['{', 'it is not whole JSON'],
    ['{}', '"schema" is not as the format asks (invalid_value)'],
    [
      writePlan(plan([place('a')])).replace('"set"', '"sett"'),
      '"steps.0.to.username" is not as the format asks (invalid_union)',
    ],
    [writePlan(plan([place('a'), place('b')])).replace('"s2"', '"s1"'), 'two steps are called s1'],
  ])('that is wrong is refused with the field named', (text, because) => {
    expect(() => readPlan(text, 'plan.json')).toThrow(
      expect.objectContaining({ code: 'R202', parts: expect.objectContaining({ at: 'plan.json', because }) }),
    )
  })
})

describe('a place that lies in a history or in an archive', () => {
  const archive = { kind: 'archive', archive: '/home/a.zip', member: 'b' } as const
  const history = {
    kind: 'history',
    repository: '/home/.git',
    oid: '0'.repeat(40),
    versions: 1,
    heldBy: 'ref',
    paths: ['a'],
    pathCount: 1,
    commits: [],
    commitCount: 0,
  } as const
  const planned = (buried: Place['buried'], kind: SecretKind) =>
    plan([{ ...place('a', { kind }), ...(buried === undefined ? {} : { buried }) }], { tokens: [alices] })

  it('is named for a person: how the secret is revoked, and how it is taken out', () => {
    expect(planned(archive, 'api-token')).toMatchObject({
      steps: [],
      manual: [
        { reason: expect.stringContaining('archive'), wayOut: expect.stringMatching(/revokes .* pack it again/s) },
      ],
    })
    for (const [heldBy, command] of [
      ['ref', 'git filter-repo'],
      ['reflog', 'git reflog expire'],
      ['index', 'git restore --staged'],
      ['nothing', 'git gc'],
    ] as const)
      expect(planned({ ...history, heldBy }, 'access-token').manual[0]?.wayOut).toContain(command)
  })

  it('stays when it opens nothing, and a username alone is no matter', () => {
    expect(planned(history, 'app-password')).toMatchObject({ steps: [], manual: [], kept: [{ place: { id: 'a' } }] })
    const { secret: _, ...pin } = place('a')
    expect(plan([{ ...pin, buried: history }])).toMatchObject({ steps: [], manual: [], kept: [] })
  })
})

describe('a place that something else writes', () => {
  const wayOut = 'Change it there.'

  it('and that takes no change is for a person, with where the change belongs', () => {
    const owned = { ...place('a'), ownedBy: { name: 'the store "k"', wayOut, takesChanges: false } }
    const { steps, manual } = plan([owned])
    expect([steps, manual.map(({ reason, wayOut }) => [reason, wayOut])]).toEqual([
      [],
      [['the store "k" fills it', wayOut]],
    ])
  })

  it('and that takes changes until then is changed, with a warning', () => {
    const owned = { ...place('a'), ownedBy: { name: 'Configuration as Code', wayOut, takesChanges: true } }
    const { steps, manual } = plan([owned])
    expect([steps.map(({ caveat }) => caveat), manual]).toEqual([
      ['Configuration as Code puts its own values back. Change it there.'],
      [],
    ])
  })
})
