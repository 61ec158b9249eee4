import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const entry = join(root, 'sandbox', 'entry.ts')
const guide = readFileSync(join(root, 'docs', 'guides', 'sandbox.md'), 'utf8')

describe('the example of the guide', () => {
  let folder: string
  let example: string
  beforeAll(() => {
    folder = mkdtempSync(join(root, 'dist-guide-'))
    example = join(folder, 'example.ts')
    writeFileSync(example, /```ts\n(.*?)```/s.exec(guide)?.[1] ?? '')
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it('has the types of the entry point', () => {
    const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
    const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root)
    const program = ts.createProgram([example], { ...options, paths: { 'keyturn/sandbox': [entry] } })
    const complaints = ts
      .getPreEmitDiagnostics(program, program.getSourceFile(example))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
    expect(complaints).toEqual([])
  })

  it('passes under the test runner of Node alone', async () => {
    const outfile = join(folder, 'example.mjs')
    await build({
      entryPoints: [example],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
      alias: { 'keyturn/sandbox': entry },
      logLevel: 'silent',
    })
    const env = { PATH: process.env['PATH'] ?? '' }
    const run = spawnSync(process.execPath, ['--test', '--test-reporter=tap', outfile], { encoding: 'utf8', env })
    expect([run.status, /^# pass (\d+)$/m.exec(run.stdout)?.[1]]).toEqual([0, '1'])
  })
})
