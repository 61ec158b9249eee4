// `npm test`: type check, lint and format check, then every test. Arguments go to the test runner.
import { build } from './build.mjs'
import { root, run, setUp } from './setup.mjs'

setUp()
await build()
const tool = (name) => `${root}node_modules/.bin/${name}`
process.stderr.write('Type check ...\n')
run(tool('tsc'), ['--noEmit', '-p', 'tsconfig.json'])
process.stderr.write('Lint and format check ...\n')
run(tool('biome'), ['check', '--error-on-warnings', '.'])
run(process.execPath, [`${root}tools/generate.mjs`, '--check'])
process.stderr.write('Tests ...\n')
run(tool('vitest'), ['run', ...process.argv.slice(2)])
