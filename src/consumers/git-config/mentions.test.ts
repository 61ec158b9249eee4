import { describe, expect, it } from 'vitest'
import { readGitConfig } from '../../formats/git-config.ts'
import { homeOfConfig, mentionsIn } from './mentions.ts'

const nothing = () => ({ places: [], demands: [], unread: [], mentions: [] })
const mentioned = (path: string, text: string): readonly string[] =>
  mentionsIn(path, readGitConfig(Buffer.from(text)), homeOfConfig(path), nothing).map(
    (mention) => `${mention.consumer} ${mention.path}`,
  )
const GLOBAL = '/home/me/.gitconfig'

describe('mentionsIn', () => {
  it.each([
    ['a path beside the file', GLOBAL, '[include]\npath = .gitconfig-work', 'git-config /home/me/.gitconfig-work'],
    ['a path of the home', GLOBAL, '[include]\npath = ~/projects/git', 'git-config /home/me/projects/git'],
    [
      'a path of the home, from the XDG file',
      '/home/me/.config/git/config',
      '[include]\npath = ~/projects/git',
      'git-config /home/me/projects/git',
    ],
    ['a condition', GLOBAL, '[includeIf "gitdir:~/projects/"]\npath = work.inc', 'git-config /home/me/work.inc'],
    ['an absolute path', '/w/.git/config', '[include]\npath = /etc/work', 'git-config /etc/work'],
    ['a home that a clone does not tell', '/w/.git/config', '[include]\npath = ~/work', 'git-config ~/work'],
    ['a path of the installation', GLOBAL, '[include]\npath = %(prefix)/x', 'git-config %(prefix)/x'],
    ['a store', GLOBAL, '[credential]\nhelper = store --file ~/.my-store', 'git-credentials /home/me/.my-store'],
    [
      'a store in quotes',
      GLOBAL,
      '[credential]\nhelper = "store --file=\'/srv/git store\'"',
      'git-credentials /srv/git store',
    ],
  ])('%s', (_, path, text, expected) => {
    expect(mentioned(path, text)).toEqual([expected])
  })

  it('a helper without a file, and an empty path, name nothing', () => {
    expect(mentioned(GLOBAL, '[credential]\nhelper = store\nhelper = cache\n[include]\npath =\n')).toEqual([])
  })
})
