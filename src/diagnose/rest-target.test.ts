import { describe, expect, it, test } from 'vitest'
import { fakeApiToken } from '../../sandbox/fake-secret.ts'
import { Failure } from '../model/failure.ts'
import { Secret } from '../model/secret.ts'
import { isRestUrl, restTarget } from './rest-target.ts'

const seal = Secret.sealer(new Uint8Array(32))
const TOKEN = fakeApiToken('rest-target')

describe('restTarget', () => {
  test.each([
    ['https://api.bitbucket.org/2.0/user', { path: '/2.0/user' }],
    ['https://API.Bitbucket.org:443/2.0/user#top', { path: '/2.0/user', url: 'https://api.bitbucket.org/2.0/user' }],
    ['https://api.bitbucket.org/2.0/repositories?role=member', { path: '/2.0/repositories?role=member' }],
    ['https://api.bitbucket.org/1.0/user', { path: '/1.0/user' }],
    ['https://api.bitbucket.org/user', { path: '/user' }],
    ['https://api.bitbucket.org/2.0/workspaces/acme', { path: '/2.0/workspaces/acme' }],
    ['https://api.bitbucket.org/2.0/repositories/acme?pagelen=1', { path: '/2.0/repositories/acme?pagelen=1' }],
  ])('%s is a path without a repository', (text, told) => {
    expect(restTarget(text, seal)).toEqual({ url: `https://api.bitbucket.org${told.path}`, ...told })
  })

  test.each([
    ['https://api.bitbucket.org', 'https://api.bitbucket.org/'],
    ['https://api.bitbucket.org/2.0/', 'https://api.bitbucket.org/2.0/'],
  ])('%s is the base of a tool, and asks nothing of its own', (text, url) => {
    expect(restTarget(text, seal)).toEqual({ url })
  })

  test.each([
    ['/2.0/repositories/acme/app', 'acme', 'app'],
    ['/2.0/repositories/acme/app/pullrequests?state=OPEN', 'acme', 'app'],
    ['/2.0/repositories/%7B1%7D/%7B2%7D/src', '{1}', '{2}'],
  ])('%s names a repository', (path, workspace, slug) => {
    expect(restTarget(`https://api.bitbucket.org${path}`, seal).repository).toEqual({ workspace, slug })
  })

  test.each([
    ['http://api.bitbucket.org/2.0/user', 'REST of Bitbucket Cloud is at'],
    ['https://api.bitbucket.org:8443/2.0/user', 'REST of Bitbucket Cloud is at'],
    ['https://api.bitbucket.org.example.net/2.0/user', 'REST of Bitbucket Cloud is at'],
    ['https://api.bitbucket.org@example.net/2.0/user', 'REST of Bitbucket Cloud is at'],
    ['api.bitbucket.org/2.0/user', 'it is not a URL'],
    [`https://alice:${TOKEN}@api.bitbucket.org/2.0/user`, 'it holds a username or a secret before the host'],
    ['https://alice@api.bitbucket.org/2.0/user', 'it holds a username or a secret before the host'],
    [`https://api.bitbucket.org/2.0/user?access_token=abc`, 'its path or query holds a secret'],
    [`https://api.bitbucket.org/2.0/user?token=${TOKEN}`, 'its path or query holds a secret'],
    [`https://api.bitbucket.org/2.0/${encodeURIComponent(TOKEN)}/user`, 'its path or query holds a secret'],
  ])('%s is refused, and is not repeated', (text, because) => {
    expect(isRestUrl(text)).toBe(true)
    const failure = failureOf(() => restTarget(text, seal))
    expect(failure.code).toBe('R112')
    expect(failure.parts).toMatchObject({ at: 'the URL', state: 'Nothing was sent.', exitCode: 2 })
    expect(failure.parts.because).toContain(because)
    expect(JSON.stringify(failure.parts)).not.toMatch(/ATATT3|alice/)
  })
})

describe('isRestUrl', () => {
  it('leaves repositories, remotes and other hosts to git', () => {
    const others = [
      'https://bitbucket.org/acme/app.git',
      'origin',
      'git@bitbucket.org:acme/app.git',
      'https://example.net/api.bitbucket.org',
    ]
    expect(others.filter(isRestUrl)).toEqual([])
  })
})

function failureOf(act: () => unknown): Failure {
  try {
    act()
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('nothing was refused')
}
