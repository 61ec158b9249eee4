import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runGit } from './git-child.ts'
import { openObjectStore } from './git-store.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-git-child-'))
  execFileSync('git', ['init', '-q', folder])
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('git as a child', () => {
  it('takes a hundred thousand lines without a word of Node about listeners', async () => {
    const store = openObjectStore(folder)
    if (store === undefined) throw new Error('no repository')
    const warnings: string[] = []
    const warn = ({ message }: Error): number => warnings.push(message)
    process.on('warning', warn)
    const lines = Array.from({ length: 100_000 }, (_, number) => number.toString(16).padStart(40, '0'))
    const run = runGit(store, ['cat-file', '--batch-check', '--buffer'], lines, { PATH: process.env['PATH'] })
    let bytes = 0
    for await (const chunk of run.output) bytes += chunk.length
    await new Promise(setImmediate)
    process.off('warning', warn)
    expect([bytes, (await run.end).code, warnings]).toEqual([100_000 * '0 missing\n'.length + 39 * 100_000, 0, []])
  })
})
