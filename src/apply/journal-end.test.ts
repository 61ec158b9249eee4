import { appendFile, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type MemoryRun, memoryRun } from '../../test/support/memory-run.ts'
import { Failure } from '../model/failure.ts'
import { nodeFiles } from '../system/node-files.ts'
import { applyPlan, resumeRun } from './apply-plan.ts'
import { openJournal } from './journal.ts'
import { rollbackRun } from './rollback.ts'

let run: MemoryRun
let name = ''

beforeEach(async () => {
  run = await memoryRun(['a', 'b'])
  name = (await applyPlan(run.plan([{ address: 'a' }, { address: 'b' }]), run.deps)).state.run
})
afterEach(() => run.end())

const at = (file: string): string => join(run.folder, 'runs', name, file)

/** Zeros where line `number` stood, its line feed kept. */
async function zeroLine(number: number): Promise<void> {
  const lines = (await readFile(at('journal'), 'latin1')).split('\n')
  await writeFile(
    at('journal'),
    lines.map((line, index) => (index === number - 1 ? '\0'.repeat(line.length) : line)).join('\n'),
    'latin1',
  )
}

describe('a journal that lost what was noted as written', () => {
  it.each<[string, () => Promise<void>, RegExp]>([
    ['to zeros in its middle', () => zeroLine(3), /ends with line 2; .* it reached line 8/],
    ['to zeros at its beginning', () => zeroLine(1), /ends with line 0; .* it reached line 8/],
    [
      'with its end',
      async () => truncate(at('journal'), (await readFile(at('journal'))).length - 200),
      /it reached line 8/,
    ],
    ['as a whole', () => rm(at('journal')), /ends with line 0; .* it reached line 8/],
    [
      'to another line of that number',
      () => writeFile(at('journal.end'), `8 ${'a'.repeat(16)}\n`),
      /it is not the line that stood there/,
    ],
  ])('%s is neither gone on with nor cut off', async (_, damage, words) => {
    await damage()
    const before = [await readFile(at('journal')).catch(() => undefined), await readFile(at('journal.end'))]
    const damaged = { code: 'R312', parts: { at: at('journal'), because: expect.stringMatching(words) } }
    await expect(rollbackRun(name, run.deps)).rejects.toMatchObject(damaged)
    await expect(resumeRun(name, run.deps)).rejects.toMatchObject(damaged)
    await expect(run.deps.runs.read(name)).rejects.toMatchObject(damaged)
    expect([await readFile(at('journal')).catch(() => undefined), await readFile(at('journal.end'))]).toEqual(before)
    expect([...run.world.values()]).toEqual(['new a', 'new b'])
  })
})

it('a line that was changed is named, although the journal does not reach what was noted any more', async () => {
  const text = await readFile(at('journal'), 'utf8')
  await writeFile(at('journal'), text.replace('s-b', 's-c'))
  await expect(rollbackRun(name, run.deps)).rejects.toMatchObject({
    code: 'R312',
    parts: { at: `${at('journal')}, line 5`, because: expect.stringContaining('bytes of it were changed') },
  })
})

describe('a journal with a torn end behind what was noted', () => {
  it.each([
    ['a line that was cut off', Buffer.from('120 0011')],
    ['zeros', Buffer.alloc(4096)],
    ['zeros before a whole line', Buffer.from(`${'\0'.repeat(60)}\n9 00112233 0011223344556677 {"kind":1}\n`)],
  ])('%s is put back as ever', async (_, torn) => {
    await appendFile(at('journal'), torn)
    expect(await rollbackRun(name, run.deps)).toMatchObject({ exitCode: 0, restored: { length: 2 } })
    expect([...run.world.values()]).toEqual(['old a', 'old b'])
  })
})

describe('the end of a journal', () => {
  it('stays what is on disk when a write fails', async () => {
    const noSpace = new Failure('R105', { at: 'j' })
    const files = { ...nodeFiles(), entry: async () => undefined, append: () => Promise.reject(noSpace) }
    const journal = await openJournal('j', files, () => undefined)
    const before = journal.end()
    await expect(journal.append({ kind: 'did', step: 's1', now: 'absent' })).rejects.toBe(noSpace)
    expect(journal.end()).toEqual(before)
  })
})
