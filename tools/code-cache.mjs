// Runs a scan of a folder and other commands of the bundle, and keeps the code that V8 compiled for it: `node tools/code-cache.mjs BUNDLE FOLDER`.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { Script } from 'node:vm'

const [, , file, folder] = process.argv
// Code that has not run for a while would be thrown away before it is kept.
setFlagsFromString('--no-flush-bytecode')
const script = new Script(readFileSync(file, 'latin1'), { filename: file })
const module = { exports: {} }
script.runInThisContext()(module.exports, createRequire(file), module, pathToFileURL(file).href)
// None of them asks a server, or sets a flag of V8, as commands do that ask one (src/cli/late-optimisation.ts).
for (const args of [['scan', folder, '--json'], ['status'], ['runs']]) {
  process.argv.splice(2, Number.POSITIVE_INFINITY, ...args)
  await module.exports.main()
}
// What is compiled under other flags is refused.
setFlagsFromString('--flush-bytecode')
writeFileSync(`${file}.cache`, script.createCachedData())
process.exitCode = 0
