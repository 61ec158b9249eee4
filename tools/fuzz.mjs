// Changed documents for every reader of a format and every detector (CONTRIBUTING.md, "Fuzzing").
//   npm run fuzz -- --seconds 600 --seed 1 --only yaml --json
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runBundle } from './run-bundle.mjs'
import { root, setUp } from './setup.mjs'

setUp()
const found = mkdtempSync(join(tmpdir(), 'keyturn-fuzz-'))
await runBundle({
  name: 'fuzz',
  nodeArgs: ['--enable-source-maps'],
  args: ['--root', root, '--found', found, ...process.argv.slice(2)],
  options: { sourcemap: 'inline' },
  onExit: (code, signal) => {
    // What it found is kept, and so is the document that ended the process.
    if (code === 0 || code === 2) rmSync(found, { recursive: true, force: true })
    else
      process.stderr.write(
        `${signal ?? (code === 1 ? 'found' : `ended with ${code}`)}: the documents are in ${found}\n`,
      )
  },
})
