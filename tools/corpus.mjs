// Writes the corpus that the scan is measured with (test/corpus/generate.ts) to a folder.
//   npm run corpus -- --seed 1 FOLDER
import { runBundle } from './run-bundle.mjs'
import { setUp } from './setup.mjs'

setUp()
await runBundle({ name: 'corpus', args: process.argv.slice(2) })
