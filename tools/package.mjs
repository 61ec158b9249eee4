// `npm run build`: what is published: the bundles, and the declarations that a type checker reads beside them.
import { build } from './build.mjs'
import { root, run, setUp } from './setup.mjs'

setUp()
await build()
run(`${root}node_modules/.bin/tsc`, ['-p', 'tsconfig.types.json'])
