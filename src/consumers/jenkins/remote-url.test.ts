import { describe, expect, it } from 'vitest'
import { readRemoteUrl, writeRemoteUrl } from './remote-url.ts'

const repository = { workspace: 'acme', slug: 'shop' }
const shop = { scheme: 'https://', rest: 'bitbucket.org/acme/shop.git', repository }

describe('a remote URL', () => {
  it.each([
    ['https://bitbucket.org/acme/shop.git', shop],
    ['https://alice@bitbucket.org/acme/shop.git', { ...shop, username: 'alice' }],
    ['https://alice:w%40rd@bitbucket.org/acme/shop.git', { ...shop, username: 'alice', password: 'w%40rd' }],
    ['https://a@example.org@bitbucket.org/acme/shop.git', { ...shop, username: 'a@example.org' }],
    ['https://bitbucket.org/acme/shop/', { ...shop, rest: 'bitbucket.org/acme/shop/' }],
    ['https://bitbucket.org/acme', { scheme: 'https://', rest: 'bitbucket.org/acme' }],
  ])('%s', (text, read) => {
    expect(readRemoteUrl(text)).toEqual(read)
  })

  it.each([
    'https://github.com/acme/shop.git',
    'https://bitbucket.org.evil.example/acme/shop.git',
    'https://evil.example/bitbucket.org/acme/shop.git',
    'git@bitbucket.org:acme/shop.git',
    'ssh://git@bitbucket.org/acme/shop.git',
    '',
  ])('%j is none of Bitbucket Cloud over https', (text) => {
    expect(readRemoteUrl(text)).toBeUndefined()
  })

  it('is written back with another userinfo, and nothing else changed', () => {
    const url = { ...shop, username: 'alice' }
    expect(writeRemoteUrl(url, undefined, undefined)).toBe('https://bitbucket.org/acme/shop.git')
    expect(writeRemoteUrl(url, 'bob', undefined)).toBe('https://bob@bitbucket.org/acme/shop.git')
    expect(writeRemoteUrl(url, 'bob', 'w')).toBe('https://bob:w@bitbucket.org/acme/shop.git')
  })
})
