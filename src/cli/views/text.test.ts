import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { apiToken, appPassword } from '../../../test/support/synthetic-secrets.ts'
import { cut, cutPlace, harmless, masked, oneLine, shellWord, wrap } from './text.ts'

const NASTY = 'a\u001b[31m b\u202e\r\n\tc'

describe('harmless', () => {
  it('lets no control character but line feed and tab reach a terminal', () => {
    expect(harmless(NASTY)).toBe('a\ufffd[31m b\ufffd\ufffd\n\tc')
  })

  it('leaves ordinary text in any script as it is', () => {
    expect(harmless('größe 日本語 ✓')).toBe('größe 日本語 ✓')
  })
})

describe('oneLine', () => {
  it('keeps a file name from beginning a line of its own', () => {
    expect(oneLine('a\nNext: rm -rf')).toBe('a\ufffdNext: rm -rf')
  })
})

describe('shellWord', () => {
  it.each(['plain', '$(touch x)', "it's", 'a b', '`id`', '"; rm', '!x', '*'])(
    'is read by a shell as %s itself',
    (word) => {
      expect(execFileSync('sh', ['-c', `printf %s ${shellWord(word)}`]).toString()).toBe(word)
    },
  )
})

describe('masked', () => {
  it('hides tokens and the secrets of URLs that were typed as arguments', () => {
    const [token, password] = [apiToken(), appPassword()]
    expect(masked(`unknown ${token} and https://me:${password}@bitbucket.org/a`)).toBe(
      'unknown <secret> and https://me:<secret>@bitbucket.org/a',
    )
  })
})

describe('wrap', () => {
  it('breaks at blanks and never exceeds the width where a blank allows it', () => {
    expect(wrap('one two three', 9, '  ')).toEqual(['  one two', '  three'])
  })

  it('breaks where it would without colours', () => {
    expect(wrap('one two three', 11, '    ', ' \u001b[33m?\u001b[39m  ')).toEqual([
      ' \u001b[33m?\u001b[39m  one two',
      '    three',
    ])
  })
})

describe('cut', () => {
  it('keeps the end, which tells most of a path', () => {
    expect(cut('/a/long/path', 6)).toBe('…/path')
  })
})

describe('where a place is, in a line that it does not fit in', () => {
  const address = 'credentials.system.domainCredentials.0.credentials.0.usernamePassword.password'

  it.each([
    ['as it is where it fits', 'a/b.yaml:3 token', 'a/b.yaml:3 token'],
    ['names its file and the end of its address', `a/b.yaml:3 ${address}`, 'a/b.yaml:3 …sword.password'],
    ['leaves most of the line to the file', `home/ci/configs/b.yaml:3 ${address}`, '…onfigs/b.yaml:3 …password'],
    ['is a path alone where it has no address', 'home/ci/configs/of/many/b.yaml:3', '…/configs/of/many/b.yaml:3'],
  ])('%s', (_, text, shown) => {
    const line = cutPlace(text, 26)
    expect(line.length).toBeLessThanOrEqual(26)
    expect(line).toBe(shown)
  })
})
