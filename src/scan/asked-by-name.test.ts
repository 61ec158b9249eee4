import { describe, expect, it } from 'vitest'
import { madePlace } from '../../test/support/made-plan.ts'
import type { Place } from '../model/place.ts'
import { askedByName } from './asked-by-name.ts'

function setting(path = '/home/alice/.gitconfig'): Place {
  const made = { consumer: 'git-config', address: 'credential.username', host: '', path }
  const { secret: _none, ...place } = madePlace('setting', made)
  return place
}

const store = (path = '/home/alice/.git-credentials', username = 'alice'): Place =>
  madePlace('store', { consumer: 'git-credentials', path, username })

function hindered(...places: readonly Place[]) {
  const found = askedByName(places)
  return { kept: found.places.map(({ id }) => id), hindered: [...found.hindrances.keys()].map(({ id }) => id) }
}

describe('a username that git asks for at every host', () => {
  it('holds up the credential that is asked for by it', () => {
    expect(hindered(setting(), store())).toEqual({ kept: ['setting', 'store'], hindered: ['store'] })
    expect(hindered(setting('/home/alice/src/app/.git/config'), store()).hindered).toEqual(['store'])
    expect(hindered(setting(), store('/srv/credentials')).hindered).toEqual(['store'])
  })

  it.each([
    ['of another user', store('/home/bob/.git-credentials')],
    ['under another name', store(undefined, 'bob')],
    ['of a netrc, which is read before git asks anything', madePlace('store', { path: '/home/alice/.netrc' })],
    ['for another host', { ...store(), host: '' }],
  ])('is nothing of Bitbucket beside a credential %s', (_, other) => {
    expect(hindered(setting(), other)).toEqual({ kept: ['store'], hindered: [] })
  })
})

it('holds up what a helper has under the name that it is asked for: under another one it would not show it', () => {
  const own = { ...setting(), address: 'credential.https://bitbucket.org.username', host: 'bitbucket.org' }
  const helper = madePlace('helper', { consumer: 'git-helper', path: '/home/alice/.gitconfig' })
  expect(hindered(own, helper, store())).toEqual({ kept: ['setting', 'helper', 'store'], hindered: ['helper'] })
})
