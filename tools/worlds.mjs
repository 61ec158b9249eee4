// Causes planted at random, and whether the doctor names them (docs/worlds.md).
//   npm run worlds -- --count 500 --seed 1 --json
import { join } from 'node:path'
import { build } from './build.mjs'
import { runBundle } from './run-bundle.mjs'
import { root, setUp } from './setup.mjs'

setUp()
const args = process.argv.slice(2)
// Only repairs are typed at the command line; everything else asks the library.
if (args.includes('--repair')) await build()
await runBundle({ name: 'worlds', args: [...args, '--keyturn', join(root, 'dist', 'cli', 'main.js')] })
