import {
  appendFileSync,
  chmodSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { treeState } from './tree-state.ts'

let above = ''
let root = ''
const at = (name: string): string => join(root, name)

beforeEach(() => {
  above = realpathSync(mkdtempSync(join(tmpdir(), 'keyturn-state-')))
  root = join(above, 'root')
  mkdirSync(at('a/.hidden'), { recursive: true })
  mkdirSync(at('.git/objects/pack'), { recursive: true })
  for (const name of ['a/.hidden/one', 'a/two', '.git/HEAD', '.git/objects/pack/p.idx']) writeFileSync(at(name), 'abc')
  symlinkSync('two', at('a/link'))
  symlinkSync(join(above, 'outside'), at('a/away'))
})
afterEach(() => rmSync(above, { recursive: true, force: true }))

const state = (): string | undefined => treeState([root])?.digest

/** In place, and dated as before: only what the system itself keeps tells it. */
function rewritten(path: string): void {
  const { atime, mtime, ctimeMs } = statSync(path)
  do {
    writeFileSync(path, 'abd')
    utimesSync(path, atime, mtime)
  } while (statSync(path).ctimeMs === ctimeMs) // within one tick of the clock
}

describe('the state of a tree', () => {
  it('is the same as long as nothing changes', () => {
    expect(state()).toMatch(/^[0-9a-f]{64}$/)
    expect(state()).toBe(state())
  })

  it.each<[string, () => void]>([
    ['bytes of a hidden file, with its size and its date kept', () => rewritten(at('a/.hidden/one'))],
    ['a file that grows', () => appendFileSync(at('a/two'), 'd')],
    ['a date', () => utimesSync(at('a/two'), 1, 1)],
    ['the date of a link', () => lutimesSync(at('a/link'), 1, 1)],
    ['a permission', () => chmodSync(at('a/two'), 0o600)],
    ['a permission of a folder', () => chmodSync(at('a/.hidden'), 0o700)],
    ['a new file', () => writeFileSync(at('a/.hidden/three'), '')],
    ['a new folder', () => mkdirSync(at('b'))],
    ['a file that goes', () => rmSync(at('a/.hidden/one'))],
    ['a new name', () => renameSync(at('a/two'), at('a/2'))],
    ['a new ref', () => writeFileSync(at('.git/ref'), 'abc')],
    ['a new pack', () => writeFileSync(at('.git/objects/pack/q.idx'), '')],
    ['a pack that is damaged in place', () => rewritten(at('.git/objects/pack/p.idx'))],
    ['what a link leads to outside', () => mkdirSync(join(above, 'outside'))],
    ['a repository above', () => mkdirSync(join(above, '.git'))],
    ['a key of Jenkins above', () => mkdirSync(join(above, 'secrets'))],
    ['the root itself', () => rmSync(root, { recursive: true })],
  ])('tells %s', (_, change) => {
    const before = state()
    change()
    expect(state()).not.toBe(before)
  })

  it('says when the last of it changed', () => {
    utimesSync(at('a/two'), 4_000_000_000, 4_000_000_000)
    expect(treeState([root])?.changedMs).toBe(4_000_000_000_000)
  })

  it('depends on the roots and their order', () => {
    const [a, git] = [at('a'), at('.git')]
    expect(new Set([[root], [a], [a, git], [git, a]].map((roots) => treeState(roots)?.digest)).size).toBe(4)
  })

  it('is none where a name has bytes that cannot be told apart', () => {
    writeFileSync(Buffer.concat([Buffer.from(`${at('a')}/`), Buffer.from([0xff])]), '')
    expect(treeState([root])).toBeUndefined()
  })
})
