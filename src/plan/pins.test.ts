import { describe, expect, it } from 'vitest'
import {
  ALICES,
  ALICES_EMAIL,
  APP,
  diagnosed,
  FETCH,
  type MadePlace,
  madePin,
  madePlace,
  madePlan,
  REST,
  SENTINEL,
} from '../../test/support/made-plan.ts'
import type { Place } from '../model/place.ts'
import type { Plan } from '../model/plan.ts'
import type { SecretKind } from '../model/secret.ts'

const USES = [{ operation: 'git-fetch', repository: APP, by: 'job app' }] as const

/** A credential of a home, or of the account of an agent, and the URL of the job `app` of a home, which names `alice`. */
const stored = (home: string, kind: SecretKind = 'app-password', made: MadePlace = {}): Place =>
  madePlace(`credential of ${home}`, {
    kind,
    consumer: 'jenkins-home',
    path: `/${home}/credentials.xml`,
    address: 'system/_/bitbucket',
    uses: USES,
    ...made,
  })
const netrc = (): Place => madePlace('netrc', { uses: USES })
function url(home: string): Place {
  const place = madePlace(`URL of ${home}`, {
    consumer: 'jenkins-home',
    path: `/${home}/jobs/app/config.xml`,
    address: 'job/app/url',
    uses: USES,
  })
  const { secret: _none, ...pin } = place
  return pin
}

/** The same URL, with another username in it. */
const naming = (username: string, pin: Place): Place => ({ ...pin, username: { text: username, encoding: 'percent' } })
const changed = ({ steps }: Plan) => new Set(steps.map(({ place: { id } }) => id))
const stays = ({ kept }: Plan) => kept.map(({ place: { id } }) => id)
const OTHER_REPOSITORY = { workspace: 'acme', slug: 'other' }

const works = (...places: readonly Place[]) => new Map(places.map(({ id }) => [id, diagnosed('D100')]))

describe('the username in the URL of a job', () => {
  it('goes before the credential that its own controller gives it', () => {
    const { steps } = madePlan([stored('one'), url('one')])
    expect(steps.map(({ place: { id }, needs = [] }) => [id, needs.length])).toEqual([
      ['URL of one', 0],
      ['credential of one', 1],
    ])
  })

  it('stays where a job of the same name, of another controller, gets another credential', () => {
    const other = stored('two', 'api-token')
    const { steps, kept } = madePlan([stored('one'), other, url('two')], { diagnoses: works(other) })
    expect(steps.map(({ place: { id } }) => id)).toEqual(['credential of one'])
    expect(kept.map(({ place: { id } }) => id)).toContain('URL of two')
  })

  it('goes where the account of an agent answers it', () => {
    const { steps } = madePlan([netrc(), url('one')])
    expect(steps.map(({ place: { id } }) => id)).toEqual(['URL of one', 'netrc'])
  })

  it('goes where it is not the name of the credential, which Jenkins gives to its jobs under any', () => {
    const credential = stored('one', 'app-password', { username: 'ci' })
    expect(changed(madePlan([credential, url('one')]))).toEqual(new Set(['URL of one', 'credential of one']))
  })

  it('stays where it is the name that the credential gets', () => {
    const plan = madePlan([stored('one', 'app-password', { username: 'ci' }), naming(SENTINEL, url('one'))])
    expect([changed(plan), stays(plan)]).toEqual([new Set(['credential of one']), ['URL of one']])
  })

  it('goes where one of the credentials that answer the job gets another name than it', () => {
    const right = stored('one', 'app-password', { username: 'ci' })
    const access = {
      ...stored('one', 'access-token', { username: 'ci', address: 'system/_/access', path: '/one/other.xml' }),
      id: 'access',
    }
    const diagnoses = new Map([['access', diagnosed('D106')]])
    const plan = madePlan([right, access, naming(SENTINEL, url('one'))], { diagnoses })
    expect([changed(plan), stays(plan)]).toEqual([new Set(['URL of one', 'access', 'credential of one']), []])
  })

  it('stays where the credential is for the job of another repository', () => {
    const uses = [{ ...USES[0], repository: OTHER_REPOSITORY }]
    const plan = madePlan([stored('one', 'app-password', { username: 'ci', uses }), url('one')])
    expect([changed(plan), stays(plan)]).toEqual([new Set(['credential of one']), ['URL of one']])
  })

  it.each([
    ['a credential of its controller', stored('one', 'app-password', { uses: [] })],
    ['the account of an agent', madePlace('netrc', { uses: [] })],
  ])('goes where %s loses that name, even if nothing shows that it answers the job', (_, credential) => {
    expect(changed(madePlan([credential, url('one')]))).toEqual(new Set(['URL of one', credential.id]))
  })

  it('goes where it hides a credential that is right', () => {
    const right = stored('one', 'api-token', { username: SENTINEL })
    const plan = madePlan([right, url('one')], { diagnoses: new Map([[right.id, diagnosed('D110')]]) })
    expect([changed(plan), stays(plan)]).toEqual([new Set(['URL of one']), [right.id]])
  })

  it('goes with the credential that answers it, where that alone is meant to change', () => {
    const only = new Set(['credential of one'])
    expect(changed(madePlan([stored('one'), url('one')], { policy: { only } }))).toEqual(
      new Set(['URL of one', 'credential of one']),
    )
  })
})

describe('the username in the URL of a remote', () => {
  it('goes where only a Jenkins loses it: who else reads the URL is not known', () => {
    expect(changed(madePlan([stored('one'), madePin('remote')]))).toEqual(new Set(['remote', 'credential of one']))
  })

  describe('that is a fixed one of git', () => {
    const onRest = madePlace('rest', { kind: 'api-token', username: SENTINEL, host: 'api.bitbucket.org', uses: [REST] })
    const forGit = madePlace('netrc', { kind: 'api-token', username: SENTINEL })

    it.each([
      ['which is known', 'D116', { email: ALICES_EMAIL }],
      ['which comes with another token', 'D108', {}],
    ] as const)('stays where only what asks REST loses it to the e-mail, %s', (_, code, policy) => {
      const diagnoses = new Map([['rest', diagnosed(code)], ...works(forGit)])
      const plan = madePlan([onRest, forGit, madePin('remote', SENTINEL)], { diagnoses, tokens: [], policy })
      expect([changed(plan), stays(plan)]).toEqual([new Set(['rest']), ['netrc', 'remote']])
    })

    it('goes where a credential of git loses it for the other fixed one', () => {
      const access = madePlace('netrc', { kind: 'access-token', username: SENTINEL })
      const diagnoses = new Map([['netrc', diagnosed('D117')]])
      expect(changed(madePlan([access, madePin('remote', SENTINEL)], { diagnoses }))).toEqual(
        new Set(['netrc', 'remote']),
      )
    })
  })

  it('goes, and is not said to stay as well', () => {
    expect(stays(madePlan([netrc(), madePin('remote')]))).toEqual([])
  })

  it('stays where the credential gets another secret under the same name', () => {
    const same = madePlace('netrc', { kind: 'api-token', username: SENTINEL })
    const plan = madePlan([same, madePin('remote', SENTINEL)], { diagnoses: new Map([['netrc', diagnosed('D108')]]) })
    expect([changed(plan), stays(plan)]).toEqual([new Set(['netrc']), ['remote']])
  })

  it('stays where the credential that a username hides is for another repository', () => {
    const right = madePlace('netrc', { kind: 'api-token', username: SENTINEL })
    const elsewhere = madePin('remote', 'alice', [{ ...FETCH, repository: OTHER_REPOSITORY }])
    const plan = madePlan([right, elsewhere], { diagnoses: new Map([['netrc', diagnosed('D110')]]) })
    expect([changed(plan), stays(plan)]).toEqual([new Set(), ['netrc', 'remote']])
  })

  it('goes before the credentials that answer it alone', () => {
    const elsewhere = madePlace('elsewhere', { uses: [{ ...FETCH, repository: OTHER_REPOSITORY }] })
    const { steps } = madePlan([madePlace('netrc'), elsewhere, madePin('remote')])
    const pin = steps.find(({ place: { id } }) => id === 'remote')?.id
    expect(Object.fromEntries(steps.map(({ place: { id }, needs }) => [id, needs]))).toEqual({
      remote: undefined,
      netrc: [pin],
      elsewhere: undefined,
    })
  })

  it('names no doubt where there is none', () => {
    const { steps } = madePlan([madePlace('netrc'), madePin('remote')])
    expect(steps.map(({ reason }) => reason)).toContain(
      'the URL names a username that is sent in place of the one of the credential',
    )
  })

  it.each([
    ['is in the vault', [ALICES]],
    ['comes with the token', []],
  ])('goes where the credential gets the e-mail in its place, which %s', (_, tokens) => {
    const onRest = madePlace('rest', { uses: [REST] })
    expect(changed(madePlan([onRest, madePin('remote')], { tokens }))).toContain('remote')
  })
})

describe('a setting of git that names the username for a host', () => {
  const store = (id: string, kind: SecretKind = 'app-password', made: MadePlace = {}): Place =>
    madePlace(id, { kind, consumer: 'git-credentials', path: `/${id}`, uses: USES, ...made })
  function setting(): Place {
    const { secret: _none, ...pin } = madePlace('setting', {
      consumer: 'git-config',
      path: '/home/.gitconfig',
      address: 'credential.https://bitbucket.org.username',
      uses: USES,
    })
    return pin
  }

  it('gets the name that the store gets, for git asks its store for it, and before it', () => {
    const { steps } = madePlan([store('store'), setting()])
    expect(
      steps.map(({ place: { id }, to: { username, keepSecret }, needs = [] }) => [
        id,
        username,
        keepSecret,
        needs.length,
      ]),
    ).toEqual([
      ['setting', { set: 'x-bitbucket-api-token-auth' }, true, 0],
      ['store', { set: 'x-bitbucket-api-token-auth' }, undefined, 1],
    ])
  })

  it('stays where what loses the name is asked for none: a netrc, a Jenkins', () => {
    const { steps, kept } = madePlan([netrc(), stored('one'), setting()])
    expect(steps.map(({ place: { id } }) => id)).toEqual(['netrc', 'credential of one'])
    expect(kept.map(({ place: { id } }) => id)).toContain('setting')
  })

  it('stays where it is for every host', () => {
    const everywhere = { ...setting(), address: 'credential.username', host: '' }
    const { steps, kept } = madePlan([store('store'), everywhere])
    expect(steps.map(({ place: { id } }) => id)).toEqual(['store'])
    expect(kept.map(({ place: { id } }) => id)).toContain('setting')
  })

  it('stays where no credential loses the name', () => {
    const right = store('store', 'api-token')
    const { steps, kept } = madePlan([right, setting()], { diagnoses: works(right) })
    expect(steps).toEqual([])
    expect(kept.map(({ place: { id } }) => id)).toContain('setting')
  })

  it('stays where the store gets another secret under the same name', () => {
    const same = store('store', 'api-token', { username: SENTINEL })
    const plan = madePlan([same, naming(SENTINEL, setting())], {
      diagnoses: new Map([['store', diagnosed('D108')]]),
    })
    expect([changed(plan), stays(plan)]).toEqual([new Set(['store']), ['setting']])
  })

  it('is left to a person where the credentials of that name get several others', () => {
    const access = store('access', 'access-token')
    const { steps, manual } = madePlan([store('store'), access, setting()], {
      diagnoses: new Map([['access', diagnosed('D106')]]),
    })
    expect(steps.map(({ to: { username } }) => username)).toEqual([{ set: SENTINEL }, { set: 'x-token-auth' }])
    expect(manual).toMatchObject([{ place: { id: 'setting' }, reason: expect.stringContaining('several others') }])
  })

  it.each([
    ['in the vault', [ALICES], { set: ALICES_EMAIL }],
    ['not known before its token', [], 'keep'],
  ])('is left to a person where that name becomes the e-mail, for git never presents it: %s', (_, tokens, username) => {
    const { steps, manual } = madePlan([store('store', 'app-password', { uses: [REST] }), setting()], { tokens })
    expect(steps.map(({ to }) => to.username)).toEqual([username])
    expect(manual).toMatchObject([{ place: { id: 'setting' }, reason: expect.stringContaining('none for git') }])
  })
})
