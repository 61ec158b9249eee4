import { describe, expect, it } from 'vitest'
import { fixtureValues } from '../../test/contract/fixtures.ts'
import { shownName } from './shown-name.ts'

const { OLD, ACCESS } = fixtureValues()
const UNPREFIXED = `${'Aa0'.repeat(6)}Bb`

describe('the name of a place, which a document chose', () => {
  it('is its keys', () => {
    expect(shownName(['services', 'app', 'environment', 'BITBUCKET_TOKEN'], OLD)).toBe(
      'services.app.environment.BITBUCKET_TOKEN',
    )
  })

  it.each([
    ['a key is the secret itself', [OLD, 'password'], OLD, '(secret).password'],
    ['a key holds the secret', [`ci-${UNPREFIXED}-x`], UNPREFIXED, 'ci-(secret)-x'],
    [
      'a key is a URL with another one',
      [`https://alice:hunter@bitbucket.org/a/b`, 'x'],
      OLD,
      'https://bitbucket.org/a/b.x',
    ],
    [
      'an entry of a lock file',
      [`lib@git+https://alice:${OLD}@bitbucket.org/a/b`],
      '',
      'lib@git+https://bitbucket.org/a/b',
    ],
    ['a key is another token', ['tokens', ACCESS], OLD, 'tokens.(token)'],
    ['a key has the form of an older app password', [UNPREFIXED, 'url'], OLD, '(20 characters).url'],
  ])('where %s, shows nothing of it', (_, names, secret, shown) => {
    expect(shownName(names, secret)).toBe(shown)
  })
})
