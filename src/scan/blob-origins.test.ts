import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { commitsOf } from './blob-origins.ts'

const environment = { PATH: process.env['PATH'] }
let repository = ''
let clock = 1_700_000_000

function git(args: readonly string[], input?: string): string {
  const date = `${++clock} +0000`
  const who = {
    GIT_AUTHOR_NAME: 'A',
    GIT_AUTHOR_EMAIL: 'a@example.org',
    GIT_COMMITTER_NAME: 'A',
    GIT_COMMITTER_EMAIL: 'a@example.org',
  }
  const env = {
    ...environment,
    ...who,
    HOME: repository,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_DATE: date,
  }
  const options = { cwd: repository, env, stdio: 'pipe' as const, ...(input === undefined ? {} : { input }) }
  return execFileSync('git', args, options).toString().trim()
}

function commit(path: string, text: string): { readonly oid: string; readonly id: string } {
  writeFileSync(join(repository, path), text)
  git(['add', '-A'])
  git(['commit', '-q', '-m', 'x'])
  return { oid: git(['rev-parse', `HEAD:${path}`]), id: git(['rev-parse', 'HEAD']) }
}

const origins = async (...oids: readonly string[]) => (await commitsOf(repository, oids, environment)).origins
const short = async (...oids: readonly string[]) =>
  (await origins(...oids)).map(({ heldBy, paths, commits }) => [heldBy, paths, commits.map(({ id }) => id)])

beforeEach(async () => {
  repository = await mkdtemp(join(tmpdir(), 'keyturn-origins-'))
  git(['init', '-q', '-b', 'main'])
})
afterEach(() => rm(repository, { recursive: true, force: true }))

describe('the origins of a blob', () => {
  it('are all its paths, and the commits that introduced it, with their dates', async () => {
    const first = commit('a', 'secret')
    commit('a', 'no longer')
    const again = commit('sub space\nfeed', 'secret')
    const [origin] = await origins(first.oid)
    expect(origin).toMatchObject({
      oid: first.oid,
      heldBy: 'ref',
      paths: ['a', 'sub space\nfeed'],
      commits: [
        {
          id: first.id,
          authoredAt: expect.stringMatching(/^2023-11-14T22:13:\d\d\+00:00$|^2023-11-14T22:13:\d\dZ$/),
          path: 'a',
        },
        { id: again.id, authoredAt: expect.any(String), path: 'sub space\nfeed' },
      ],
    })
  })

  it('are no merges that only bring it along, but a merge that adds it', async () => {
    commit('base', 'base')
    git(['switch', '-q', '-c', 'side'])
    const side = commit('a', 'from the side')
    git(['switch', '-q', 'main'])
    commit('b', 'on main')
    git(['merge', '-q', '--no-commit', 'side'])
    const evil = commit('c', 'only in the merge')
    expect(await short(side.oid, evil.oid)).toEqual([
      ['ref', ['a'], [side.id]],
      ['ref', ['c'], [evil.id]],
    ])
  })

  it('tell what a ref holds from what only a reflog, the index or nothing holds', async () => {
    commit('base', 'base')
    const dropped = commit('a', 'dropped')
    git(['reset', '-q', '--hard', 'HEAD~1'])
    const tagged = commit('t', 'tagged')
    git(['tag', 'kept'])
    git(['reset', '-q', '--hard', 'HEAD~1'])
    writeFileSync(join(repository, 'base'), 'stashed')
    git(['stash', '-q'])
    const stashed = git(['rev-parse', 'stash@{0}:base'])
    const staged = git(['hash-object', '-w', '--stdin'], 'staged')
    git(['update-index', '--add', '--cacheinfo', `100644,${staged},s`])
    const lost = git(['hash-object', '-w', '--stdin'], 'lost')
    const found = await short(dropped.oid, tagged.oid, stashed, staged, lost)
    expect(found.map(([heldBy, paths]) => [heldBy, paths])).toEqual([
      ['reflog', ['a']],
      ['ref', ['t']],
      ['ref', ['base']],
      ['index', ['s']],
      ['nothing', []],
    ])
  })

  it('are not lost with an absent blob; an absent tree is reported', async () => {
    const first = commit('a', 'one')
    const second = commit('a', 'two')
    const file = (oid: string): string => join(repository, '.git', 'objects', oid.slice(0, 2), oid.slice(2))
    await rm(file(second.oid))
    expect(await short(first.oid)).toEqual([['ref', ['a'], [first.id]]])
    await rm(file(git(['rev-parse', `${first.id}^{tree}`])))
    const { problems } = await commitsOf(repository, [first.oid], environment)
    expect(problems).toMatchObject([{ at: repository, reason: 'unread' }])
  })
})
