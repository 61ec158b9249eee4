import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { memoryRun } from '../../test/support/memory-run.ts'
import { writeNewFile, writeOver } from './write-new-file.ts'

let folder = ''
const path = (): string => join(folder, 'plan.json')

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-write-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

it('writes over what was read, and over nothing else', async () => {
  const run = await memoryRun([])
  await writeNewFile(path(), 'one', run)
  await writeOver(path(), Buffer.from('one'), 'two', run)
  expect(await readFile(path(), 'utf8')).toBe('two')
  await writeFile(path(), 'theirs')
  await expect(writeOver(path(), Buffer.from('two'), 'three', run)).rejects.toMatchObject({
    code: 'R205',
    parts: { at: path(), exitCode: 4 },
  })
  expect(await readFile(path(), 'utf8')).toBe('theirs')
  await run.end()
})
