import picocolors from 'picocolors'
import { describe, expect, it } from 'vitest'
import {
  ALICES,
  APP,
  diagnosed,
  FETCH,
  madeJob,
  madePlace,
  madePlan,
  REST,
  SCANNED,
  SENTINEL,
} from '../../../test/support/made-plan.ts'
import type { Place } from '../../model/place.ts'
import type { Plan } from '../../model/plan.ts'
import { planExitCode, planLines } from './plan.ts'
import { tokenMessages } from './token-messages.ts'

const screen = (plan: Plan): readonly string[] =>
  planLines(plan, { paint: picocolors.createColors(false), all: true }).map((line) =>
    line.replaceAll(/#[0-9a-f]{12}/g, '#…'),
  )

const jenkins = (uses: Parameters<typeof madePlace>[1]) =>
  madePlace('c', { consumer: 'jenkins-home', address: 'system/_/bb', path: '/home/jenkins/credentials.xml', ...uses })

describe('the screen of a plan', () => {
  it('says of a token that is not there yet that its e-mail comes, and counts the places that are changed with it', () => {
    const plan = madePlan([madePlace('a', { uses: [REST] }), { ...madePlace('b'), unresolved: 'NAME' }], { tokens: [] })
    const lines = screen(plan)
    expect(lines).toContain('      to   the e-mail of the owner, the token of request t1')
    expect(lines.find((line) => line.includes('create  an API token'))).toMatch(/used in 2 places, 1 of them by hand$/)
  })

  it('says so only where the e-mail comes, whatever the username is called', () => {
    const to = (place: Place) =>
      screen(madePlan([place], { tokens: [] })).find((line) => line.startsWith('      to   '))
    const email = '      to   the e-mail of the owner, the token of request t1'
    for (const username of ['x-men', SENTINEL, undefined])
      expect(to(madePlace('a', { username, uses: [REST], consumer: 'netrc' }))).toBe(email)
    expect(to(madePlace('a', { username: SENTINEL }))).toBe(`      to   ${SENTINEL}, the token of request t1`)
    expect(to(madePlace('a', { username: undefined, uses: [REST], consumer: 'variables' }))).toBe(
      '      to   no username, the token of request t1',
    )
  })

  it.each([
    ['plan.json', 'plan.json'],
    ["Alice's plan.json", "'Alice'\\''s plan.json'"],
    ['-o.json', './-o.json'],
  ])('gives a command that a shell takes as it stands: %s', (file, word) => {
    const paint = picocolors.createColors(false)
    expect(planLines(madePlan([madePlace('a')]), { paint, all: true, file }).at(-1)).toBe(`    keyturn apply ${word}`)
  })

  it('names what cannot be proved before it is changed', () => {
    const { repository: _, ...bare } = FETCH
    const plan = madePlan([madePlace('a', { uses: [bare] }), madePlace('b')])
    expect(screen(plan)).toContain('  ?  s2 cannot be proved: nothing tells which repository is used there.')
  })

  it('names among them what nothing was seen to use, and the workspace where all of them are in one', () => {
    const { repository: _, ...bare } = FETCH
    const inAcme = madePlace('a', { uses: [{ ...bare, workspace: 'acme' }] })
    expect(screen(madePlan([inAcme])).join(' ')).toContain('--repository acme/NAME')
    const lines = screen(madePlan([inAcme, madePlace('b', { uses: [] })]))
    expect(lines).toContain('  ?  s1, s2 cannot be proved: nothing tells which repository is used there.')
    expect(lines.join(' ')).toContain('--repository WORKSPACE/NAME')
  })

  it('shows a split as what is made, what is told, and what changes', () => {
    const checkout = { ...FETCH, by: 'job one', reference: madeJob('one') }
    const plan = madePlan([jenkins({ uses: [...SCANNED, checkout] })], { creating: new Set(['jenkins-home']) })
    expect(screen(plan).slice(2)).toEqual([
      '  wave 1',
      '  +  s1  create   jenkins/credentials.xml system/_/bb-git',
      '      from nothing; like system/_/bb',
      '      to   x-bitbucket-api-token-auth, token "alice-token" #…',
      '      why  app passwords ended on 2026-07-28; Branch Source needs the e-mail and',
      '           a plain git checkout needs the fixed username',
      '      or   SSH for the checkouts, so that the credential serves REST alone',
      '  wave 2',
      '  ~  s2  rename   Jenkins job/one/credentials',
      '      from credential bb',
      '      to   credential bb-git',
      '      why  it checks out with git, under the credential for git',
      '  wave 3',
      '  ~  s3  replace  jenkins/credentials.xml system/_/bb',
      '      from alice, #…',
      '      to   alice@acme.example, token "alice-token" #…',
      '      why  app passwords ended on 2026-07-28; Branch Source needs the e-mail and',
      '           a plain git checkout needs the fixed username',
      '      or   SSH for the checkouts, so that the credential serves REST alone',
      '',
      '  ?  the plugin Bitbucket Branch Source of Jenkins is 937.3.5 or newer: check',
      '     this before s3',
      '         before it, API tokens are not known (before 937.0.0) or lost now and',
      '         then (JENKINS-75772, JENKINS-76486, JENKINS-76425, JENKINS-76494).',
      '         Its version was not found here. Look it up, and upgrade first where',
      '         it is older.',
      '',
      'Nothing has been changed. The plan holds as long as these places stay as they are.',
      expect.stringMatching(/^ {4}keyturn apply [0-9a-f]{8}$/),
    ])
    expect(planExitCode(plan)).toBe(0)
  })

  it('says once what puts its own values back later, and not of each app password that it ended', () => {
    const ownedBy = { name: 'Configuration as Code', wayOut: 'Change the YAML.', takesChanges: true }
    const secret = { kind: 'unknown', encoding: 'opaque' } as const
    const owned = ['a', 'b'].map((id) => ({ ...madePlace(id), secret, ownedBy }))
    const plan = madePlan([...owned, madePlace('c')], { policy: { token: 'alice-token' } })
    expect(plan.steps.map(({ caveat }) => caveat !== undefined)).toEqual([true, true, true])
    const said = screen(plan).filter((line) => line.startsWith('      but  '))
    expect(said).toEqual(['      but  Configuration as Code puts its own values back. Change the YAML.'])
  })

  it('names what changes along, and what is revoked at the end', () => {
    const shared = ['TOKEN', 'OTHER'].map((address) =>
      madePlace(address, {
        consumer: 'variables',
        path: '/home/.env',
        address,
        span: [0, 5],
        kind: 'api-token',
        text: 'one',
      }),
    )
    const plan = madePlan(shared, { diagnoses: new Map([['TOKEN', diagnosed('D105')]]) })
    expect(screen(plan)).toContain('      with OTHER')
    expect(screen(plan)).toEqual(
      expect.arrayContaining([
        'At the end, when every place is verified:',
        '  -  revoke   #… of alice, replaced in 2 places',
      ]),
    )
  })

  it('keeps within 80 columns but for commands and paths', () => {
    const places = [
      jenkins({ uses: SCANNED }),
      madePlace('r', { consumer: 'renovate', uses: [FETCH, REST] }),
      madePlace('p', { consumer: 'prefect', uses: [FETCH, REST] }),
    ]
    const long = screen(madePlan(places, { tokens: [] })).filter((line) => line.length > 80)
    expect(long.filter((line) => !/keyturn |^Nothing has been/.test(line))).toEqual([])
  })
})

describe('messages to those who create tokens', () => {
  const write = { operation: 'rest', access: 'write', repository: APP, by: 'job' } as const

  it('are one per owner, with every token and what only some settings need', () => {
    const places = [
      madePlace('a'),
      madePlace('r', { consumer: 'renovate', uses: [FETCH, write] }),
      madePlace('b', { username: 'bob' }),
    ]
    const text = tokenMessages(madePlan(places, { tokens: [], policy: { tokens: 'consumer' } })).join('\n')
    expect(text.match(/^To: .*$/gm)).toEqual(['To: alice', 'To: bob'])
    expect(text).toContain('Token 2 of 2')
    expect(text).toContain('and only if this is so (renovate: it writes into the issue tracker):')
    expect(text).toContain('keyturn token add alice-renovate --email E-MAIL --username alice')
  })

  it('keep each token with the day that it is to end on, which Bitbucket does not tell', () => {
    const plan = madePlan([madePlace('a'), madePlace('b', { username: 'bob' })], { tokens: [] })
    const ends = plan.requests.map(({ expiresOn }) => expiresOn)
    expect(new Set(ends).size).toBe(2)
    for (const text of [tokenMessages(plan).join('\n'), screen(plan).join('\n')])
      expect([...text.matchAll(/keyturn token add .* --expires (\S+)$/gm)].map(([, day]) => day)).toEqual(ends)
  })

  it('say that app passwords ended to those alone who had one', () => {
    const expired = { ...madePlace('a', { kind: 'api-token' }) }
    const text = (places: readonly Place[]) =>
      tokenMessages(madePlan(places, { tokens: [], diagnoses: new Map([['a', diagnosed('D108')]]) })).join('\n')
    expect(text([expired])).not.toMatch(/app password/i)
    expect(text([expired, madePlace('b')])).toMatch(/^App passwords of Bitbucket Cloud ended/m)
  })

  it('says of a token that ends within days that another one is needed, and nothing of app passwords', () => {
    const place = madePlace('a', { kind: 'api-token', username: SENTINEL })
    const token = { ...ALICES, fingerprint: place.secret?.value?.fingerprint ?? '#', expiresAt: '2026-12-07' }
    const text = tokenMessages(madePlan([place], { tokens: [token] })).join(' ')
    expect([/ends within days/.test(text), /app password/i.test(text)]).toEqual([true, false])
  })

  it('name every place that waits for the token, also one that is made', () => {
    const checkout = { ...FETCH, by: 'job one', reference: madeJob('one') }
    const plan = madePlan([jenkins({ uses: [...SCANNED, checkout] })], {
      creating: new Set(['jenkins-home']),
      tokens: [],
    })
    expect(tokenMessages(plan).filter((line) => /^ {4}\/.* system\/_\/bb/.test(line))).toHaveLength(2)
    expect(screen(plan).find((line) => line.includes('create  an API token'))).toMatch(/used in 1 place$/)
  })

  it('say it when there is nothing to create', () => {
    expect(tokenMessages(madePlan([madePlace('a')]))).toEqual(['No token has to be created.'])
  })

  it('cannot be steered by names from files', () => {
    const text = tokenMessages(madePlan([madePlace('a', { username: 'al\u001bice\nTo: other' })], { tokens: [] })).join(
      '\n',
    )
    expect(text).not.toContain('\u001b')
    expect(text.match(/^To: /gm)).toHaveLength(1)
  })
})

it('where something could not be read, a plan without steps does not say that nothing has to be changed', () => {
  const last = (unread: number) =>
    planLines(madePlan([]), { paint: picocolors.createColors(false), all: true, unread }).at(-1)
  expect([last(0), last(1)]).toEqual(['Nothing has to be changed.', 'Nothing that could be read has to be changed.'])
})
