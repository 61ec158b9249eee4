import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { batchesOf } from './bulk-walk.ts'
import { newSkipRules, type SkipRequest } from './skip-rules.ts'

const environment = { PATH: process.env['PATH'] }
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyturn-skip-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function put(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}

const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
    cwd: folder,
    encoding: 'utf8',
  })

/** What a walk meets below the roots, but for the inside of `.git`. */
function met(request: Omit<SkipRequest, 'environment'>, ...roots: readonly string[]): readonly string[] {
  const skip = newSkipRules({ ...request, environment })
  const wanted = { names: [], suffixes: [] }
  const batches = [...batchesOf({ roots: roots.length === 0 ? [folder] : roots, wanted, skip })]
  const seen = batches.flatMap(({ paths, met: others }) => [
    ...paths,
    ...others.map(({ path, kind }) => `${kind} ${path}`),
  ])
  return seen.map((path) => path.replace(`${folder}/`, '')).filter((path) => !path.includes('.git/'))
}

describe('what git ignores', () => {
  it('is what git says: nested rules, negation, and what is tracked all the same; hidden files stay', () => {
    git('init', '-q')
    put({
      '.gitignore': '*.log\n!keep.log\n/build/\n.env\n',
      'a.log': '',
      'keep.log': '',
      'build/out/deep.txt': '',
      'src/build/kept.txt': '',
      'src/.gitignore': '!b.log\nc.txt\n',
      'src/b.log': '',
      'src/c.txt': '',
      '.env': '',
      'tracked.log': '',
      '.hidden/x': '',
      'name\nwith line.log': '',
    })
    git('add', '-f', 'tracked.log')
    writeFileSync(join(folder, '.git', 'info', 'exclude'), 'private\n')
    put({ private: '' })
    const expected = [
      '.gitignore',
      '.hidden/x',
      'keep.log',
      'src/.gitignore',
      'src/b.log',
      'src/build/kept.txt',
      'tracked.log',
    ]
    expect(met({ ignored: true })).toEqual(expected)
    expect(met({})).toHaveLength(expected.length + 6)
  })

  it('holds for a folder inside a repository, and for a repository inside another; nothing is ignored outside', () => {
    put({ '.gitignore': '*.txt\n', 'x.txt': '', 'inner/.gitignore': '*.log\n', 'inner/y.log': '', 'inner/y.txt': '' })
    put({ 'inner/deep/z.log': '', 'inner/deep/z.txt': '' })
    expect(met({ ignored: true })).toHaveLength(7)
    git('init', '-q', 'inner')
    expect(met({ ignored: true })).toEqual([
      '.gitignore',
      'inner/.gitignore',
      'inner/deep/z.txt',
      'inner/y.txt',
      'x.txt',
    ])
    expect(met({ ignored: true }, join(folder, 'inner', 'deep'))).toEqual(['inner/deep/z.txt'])
    git('init', '-q')
    expect(met({ ignored: true })).toEqual(['.gitignore', 'inner/.gitignore', 'inner/deep/z.txt', 'inner/y.txt'])
  })

  it('is read where a person names it', () => {
    git('init', '-q')
    put({ '.gitignore': 'node_modules\n', 'node_modules/a/b/c.js': '' })
    expect(met({ ignored: true })).toEqual(['.gitignore'])
    expect(met({ ignored: true }, join(folder, 'node_modules', 'a'))).toEqual(['node_modules/a/b/c.js'])
  })

  it('is asked in the worktree of another repository, and starts nothing that its configuration names', () => {
    git('init', '-q', 'main')
    put({ 'main/f': '', 'main/.gitignore': '*.log\n' })
    git('-C', 'main', 'add', '.')
    git('-C', 'main', 'commit', '-q', '-m', 'x')
    git('-C', 'main', 'worktree', 'add', '-q', '../tree')
    put({ 'tree/a.log': '' })
    const mark = join(folder, 'mark')
    put({ monitor: `#!/bin/sh\ntouch '${mark}'\n` })
    execFileSync('chmod', ['+x', join(folder, 'monitor')])
    git('-C', 'main', 'config', 'core.fsmonitor', join(folder, 'monitor'))
    expect(met({ ignored: true }, join(folder, 'tree'))).toEqual(['tree/.git', 'tree/.gitignore', 'tree/f'])
    expect(met({})).not.toContain('mark')
  })

  it('is told where git cannot be asked, and everything is read', () => {
    git('init', '-q')
    put({ '.gitignore': '*.log\n', 'a.log': '' })
    rmSync(join(folder, '.git', 'index'), { force: true })
    mkdirSync(join(folder, '.git', 'index'))
    expect(met({ ignored: true })).toEqual(['.gitignore', 'a.log', `unread ${folder}`])
  })
})

describe('caches', () => {
  it('are left out when they say what they are, or are named, and are not what the scan is about', () => {
    const tag = 'Signature: 8a477f597d28d172789f06886806bc55\n# made by a tool\n'
    put({ 'a/CACHEDIR.TAG': tag, 'a/x': '', 'b/CACHEDIR.TAG': 'something else', '.cache/y': '', 'z/.cache/y': '' })
    symlinkSync('/', join(folder, 'CACHEDIR.TAG'))
    expect(met({ caches: [join(folder, '.cache')] })).toEqual(['b/CACHEDIR.TAG', 'z/.cache/y', `link CACHEDIR.TAG`])
    expect(met({ caches: [] }, join(folder, 'a'))).toEqual(['a/CACHEDIR.TAG', 'a/x'])
    expect(met({})).toHaveLength(6)
  })
})

it('the folder of the running program is not entered, unless it is what was asked for', () => {
  const own = join(folder, 'node_modules', 'keyturn', 'dist')
  mkdirSync(own, { recursive: true })
  writeFileSync(join(own, 'main.js'), '')
  writeFileSync(join(folder, 'node_modules', 'keyturn', 'package.json'), '')
  const met = (root: string) =>
    [...batchesOf({ roots: [root], wanted: { names: [], suffixes: [] }, own })].flatMap(({ paths }) => paths)
  expect(met(join(folder, 'node_modules'))).toEqual([join(folder, 'node_modules', 'keyturn', 'package.json')])
  expect(met(own)).toEqual([join(own, 'main.js')])
})
