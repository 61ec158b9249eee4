// Plans that are killed, or whose machine loses power, at random instants (docs/crashes.md).
//   npm run crash -- --count 5000 --seed 1 --json
import { join } from 'node:path'
import { runBundle } from './run-bundle.mjs'
import { root, setUp } from './setup.mjs'

setUp()
const disk = join(root, 'test', 'crash', 'disk-calls.ts')
const attributes = join(root, 'test', 'crash', 'attributes-of-files.ts')
const seal = join(root, 'test', 'crash', 'quick-identity.ts')
const standIns = {
  name: 'stand-ins',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^node:fs\/promises$/ }, ({ importer }) =>
      importer.endsWith('node-files.ts') ? { path: disk } : { external: true },
    )
    onResolve({ filter: /^\.\/read-regular\.ts$/ }, () => ({ path: disk }))
    onResolve({ filter: /^\.\/file-attributes\.ts$/ }, () => ({ path: attributes }))
    onResolve({ filter: /^\.\/identity\.ts$/ }, ({ importer }) =>
      importer.endsWith('vault.ts') ? { path: seal } : undefined,
    )
  },
}
await runBundle({
  name: 'crash',
  nodeArgs: [...process.execArgv, '--enable-source-maps'],
  args: ['--root', root, ...process.argv.slice(2)],
  options: { sourcemap: 'inline', plugins: [standIns] },
})
