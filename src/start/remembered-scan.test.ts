import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { foldersOf, openContext } from '../system/installation.ts'
import { nodeSystem } from '../system/node-system.ts'
import { type RememberedScan, rememberedScan } from './remembered-scan.ts'

let folder = ''

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keyturn-remembered-'))
  mkdirSync(join(folder, 'tree'))
  writeFileSync(join(folder, 'tree', 'a'), 'one')
  await openContext(nodeSystem({ environment: {} }), foldersOf({}, join(folder, 'home')))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A scan that begins well after everything that was written: by a clock that is wrong, also after what is written while it runs. */
function begin(environment: Readonly<Record<string, string>> = {}): RememberedScan | undefined {
  const args = ['tree', '--incremental', '--home', join(folder, 'home')]
  const startedMs = Date.now() + 60_000
  return rememberedScan({ args, environment, workingFolder: folder, screen: '', build: 'b', startedMs })
}

describe('what a scan printed', () => {
  it('is known as long as nothing has changed', () => {
    begin()?.keep('two places')
    expect(begin()?.printed).toBe('two places')
    writeFileSync(join(folder, 'tree', 'b'), 'two')
    expect(begin()?.printed).toBeUndefined()
  })

  it('is not kept when something changed between its beginning and its end, whatever the clock says', () => {
    const scan = begin()
    writeFileSync(join(folder, 'tree', 'a'), 'two')
    scan?.keep('what stood there before')
    expect(begin()?.printed).toBeUndefined()
  })

  it('is that of the same variables for git, and no matter of a file that a variable names elsewhere', () => {
    begin()?.keep('two places')
    expect(begin({ GIT_DIR: '/elsewhere' })?.printed).toBeUndefined()
    expect(begin({ ANSIBLE_VAULT_PASSWORD_FILE: '/elsewhere' })).toBeUndefined()
    expect(begin({ EDITOR: 'ed' })?.printed).toBe('two places')
  })
})
