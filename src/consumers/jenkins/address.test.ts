import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatAddress, type JenkinsAddress, parseAddress } from './address.ts'
import { placePath } from './controller-path.ts'

const credential = (store: JenkinsAddress & { kind: 'credential' }): JenkinsAddress => store

const ADDRESSES: readonly (readonly [JenkinsAddress, string, string])[] = [
  [
    credential({ kind: 'credential', store: { kind: 'system' }, domain: '_', id: 'bb' }),
    'system/_/bb',
    '/credentials/store/system/domain/_/credential/bb',
  ],
  [
    credential({ kind: 'credential', store: { kind: 'folder', folder: 'team/web' }, domain: 'my domain', id: 'bb' }),
    'folder/team/web/my%20domain/bb',
    '/job/team/job/web/credentials/store/folder/domain/my%20domain/credential/bb',
  ],
  [{ kind: 'job url', item: 'team/app', remote: 1 }, 'job/team/app/url', '/job/team/job/app'],
  [{ kind: 'job url', item: 'a b', remote: 2 }, 'job/a%20b/url#2', '/job/a%20b'],
]

describe('an address', () => {
  it.each(ADDRESSES)('%j is written as %s, and stands for %s', (address, text, path) => {
    expect(formatAddress(address)).toBe(text)
    expect(parseAddress(text)).toEqual(address)
    expect(placePath(address)).toBe(path)
  })

  it('of any names is read back as it was written, without spaces', () => {
    const name = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !text.includes('/'))
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 3 }), name, name, (folder, domain, id) => {
        const store = { kind: 'folder', folder: folder.join('/') } as const
        const address: JenkinsAddress = { kind: 'credential', store, domain, id }
        expect(formatAddress(address)).not.toMatch(/\s/)
        expect(parseAddress(formatAddress(address))).toEqual(address)
      }),
    )
  })

  it.each([
    '',
    'system',
    'system/_',
    'system/a/b/c',
    'folder/_/bb',
    'job/url',
    'job/a/name',
    'user/_/b',
    'user/a/b/_/c',
    'provider/_/b',
    'job/credentials/git',
    'job/a/credentials/other',
    'system/_/%zz',
  ])('%j is none', (text) => {
    expect(() => parseAddress(text)).toThrow(expect.objectContaining({ code: 'R112' }))
  })
})

describe('a path on the controller', () => {
  it.each(['', '.', '..', 'a/b', 'a\\b', 'a\nb'])('has no part %j', (id) => {
    const address: JenkinsAddress = { kind: 'credential', store: { kind: 'system' }, domain: '_', id }
    expect(() => placePath(address)).toThrow(expect.objectContaining({ code: 'R112' }))
  })

  it('stays below the store for any id', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (id) => {
        const address: JenkinsAddress = { kind: 'credential', store: { kind: 'system' }, domain: '_', id }
        let path: string
        try {
          path = placePath(address)
        } catch {
          return
        }
        const resolved = new URL(`https://ci.example.org${path}`)
        expect(resolved.pathname).toMatch(/^\/credentials\/store\/system\/domain\/_\/credential\/[^/]+$/)
        expect(resolved.search + resolved.hash).toBe('')
      }),
    )
  })
})
