import { describe, expect, it } from 'vitest'
import { shown } from './scan-report.ts'

describe('where a place is, for people', () => {
  it.each([
    ['below the one root', '/home/a/x/.netrc', ['/home/a'], 'x/.netrc'],
    ['below one of several roots', '/srv/ci/x', ['/srv/ci', '/home/a'], 'ci/x'],
    ['a file that is a root itself', '/home/a/.netrc', ['/home/a/.netrc'], '.netrc'],
    ['a file that is one of several roots', '/home/a/.netrc', ['/home/a/.netrc', '/srv/ci'], '.netrc'],
    ['a root of which another has the name', '/srv/a/.netrc', ['/srv/a/.netrc', '/srv/b/.netrc'], '/srv/a/.netrc'],
    ['below a root of which another has the name', '/srv/a/app/x', ['/srv/a/app', '/srv/b/app'], '/srv/a/app/x'],
    ['beside a controller', '/srv/ci/x', ['/srv/ci', 'https://ci.example.org'], 'x'],
    ['outside of every root', '/etc/gitconfig', ['/home/a'], '/etc/gitconfig'],
  ])('%s', (_, path, sources, words) => {
    expect(shown(path, sources)).toBe(words)
  })
})
