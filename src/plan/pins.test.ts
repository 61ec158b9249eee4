import { describe, expect, it } from 'vitest'
import { APP, diagnosed, madePlace, madePlan } from '../../test/support/made-plan.ts'
import type { Place } from '../model/place.ts'
import type { SecretKind } from '../model/secret.ts'

const USES = [{ operation: 'git-fetch', repository: APP, by: 'job app' }] as const

/** A credential of a home, or of the account of an agent, and the URL of the job `app` of a home, which names `alice`. */
const stored = (home: string, kind: SecretKind = 'app-password'): Place =>
  madePlace(`credential of ${home}`, {
    kind,
    consumer: 'jenkins-home',
    path: `/${home}/credentials.xml`,
    address: 'system/_/bitbucket',
    uses: USES,
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
})

describe('a setting of git that names the username for a host', () => {
  const store = (id: string, kind: SecretKind = 'app-password'): Place =>
    madePlace(id, { kind, consumer: 'git-credentials', path: `/${id}`, uses: USES })
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
})
