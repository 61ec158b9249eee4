import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { percentDecode, percentEncode, percentStyleOf, readUrl } from './url.ts'

describe('url', () => {
  test('percent escapes survive a round trip in either case, with and without raw `=`', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('lower', 'upper'),
        fc.constantFrom('', '='),
        (text, hex, raw) => {
          expect(percentDecode(percentEncode(text, { hex, raw }))).toBe(text)
        },
      ),
    )
  })

  test('the fields of a URL decode to what was put in', () => {
    const field = fc.string({ unit: 'grapheme', minLength: 1 })
    fc.assert(
      fc.property(field, field, (username, password) => {
        const style = { hex: 'lower', raw: '' } as const
        const text = `https://${percentEncode(username, style)}:${percentEncode(password, style)}@Bitbucket.org:443/w/r.git`
        const url = readUrl(text)
        if (url?.username === undefined || url.password === undefined) throw new Error('not read')
        expect(percentDecode(text.slice(...url.username))).toBe(username)
        expect(percentDecode(text.slice(...url.password))).toBe(password)
        expect([url.host, url.path]).toEqual(['bitbucket.org', '/w/r.git'])
      }),
    )
  })

  test('the last `@` before the path ends the userinfo; an `@` in the path or query does not', () => {
    const mail = 'https://me@corp.com:tok@bitbucket.org/w@x?q=@'
    const url = readUrl(mail)
    expect([url?.host, url?.path]).toEqual(['bitbucket.org', '/w@x'])
    expect(mail.slice(...(url?.username ?? [0, 0]))).toBe('me@corp.com')
    expect(mail.slice(...(url?.password ?? [0, 0]))).toBe('tok')
    expect(readUrl('https://bitbucket.org?x=a@b')?.userinfo).toBeUndefined()
  })

  test('broken escapes stay as they are', () => {
    expect(percentDecode('a%zz%4')).toBe('a%zz%4')
  })

  test.each([
    [['al%2fice', 's%3d'], 'lower', ''],
    [['al%2Fice', 's'], 'upper', '='],
    [['alice', 'tok=1'], 'upper', '='],
    [['alice', 'a%3Db'], 'upper', ''],
    [['alice', '%20'], 'upper', '='],
  ] as const)('the style of %j is %s with raw %j', (texts, hex, raw) => {
    expect(percentStyleOf(texts, { hex: 'upper', raw: '=' })).toEqual({ hex, raw })
  })
})
