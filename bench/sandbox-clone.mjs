// A clone through the sandbox against the same `git http-backend` behind nginx and fcgiwrap, from one repository. The
// pairs are run alternately; the row is the median of the ratios. `--pairs 11 --megabytes 40`.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bundleSandbox } from './built-sandbox.mjs'
import { startFrontServer } from './front-server.mjs'
import { fillRepository } from './large-repository.mjs'

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '11' },
    megabytes: { type: 'string', default: '40' },
  },
})
const pairs = Number(values.pairs)
if (!(pairs >= 9)) throw new Error('at least 9 pairs')

const folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
const { startSandbox } = await import(await bundleSandbox())
const sandbox = await startSandbox({ folder: join(folder, 'sandbox') })
sandbox.world.addWorkspace('acme')
await sandbox.world.addRepository({ workspace: 'acme', slug: 'large', isPrivate: false })
const root = join(sandbox.folder, 'repositories')
await fillRepository(join(root, 'acme', 'large.git'), Number(values.megabytes), 20260728)
const nginx = await startFrontServer({ folder, root })

const clean = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' }

// The sandbox runs in this process, so the clone is waited for without blocking it.
const { spawn } = await import('node:child_process')
const clone = (url, environment) =>
  new Promise((resolve, reject) => {
    const target = join(folder, 'clone')
    const start = performance.now()
    const child = spawn('git', ['clone', '--quiet', '--bare', url, target], {
      env: { ...clean, ...environment },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    child.on('close', (code) => {
      const took = performance.now() - start
      rmSync(target, { recursive: true, force: true })
      if (code === 0) resolve(took)
      else reject(new Error(`the clone of ${url} ended with ${code}`))
    })
  })

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]

/** Which of the two goes first changes from pair to pair. */
const compare = async (work, ours, peer) => {
  const seen = []
  for (let pair = -1; pair < pairs; pair++) {
    const order = pair % 2 === 0 ? [ours, peer] : [peer, ours]
    const took = new Map()
    for (const one of order) took.set(one, await clone(one.url, one.environment))
    // The pair before the first warms the caches of both.
    if (pair >= 0) seen.push({ ours: took.get(ours), peer: took.get(peer) })
  }
  const ratio = median(seen.map((pair) => pair.ours / pair.peer))
  return {
    work,
    ours: Math.round(median(seen.map((pair) => pair.ours))),
    peer: Math.round(median(seen.map((pair) => pair.peer))),
    unit: 'ms',
    ratio: Math.round(ratio * 1000) / 1000,
    pairs,
  }
}

try {
  const path = '/acme/large.git'
  const rows = [
    await compare(
      'clone over HTTP',
      { url: sandbox.webUrl + path, environment: {} },
      { url: nginx.plainUrl + path, environment: {} },
    ),
    await compare(
      'clone over HTTPS (sandbox: through its proxy)',
      { url: `https://bitbucket.org${path}`, environment: sandbox.environment() },
      { url: nginx.tlsUrl + path, environment: { GIT_SSL_CAINFO: nginx.caFile } },
    ),
  ]
  const git = spawnSync('git', ['--version'], { encoding: 'utf8' }).stdout.trim()
  process.stderr.write(`node ${process.version}, ${git}, ${nginx.version}, ${values.megabytes} MB\n`)
  process.stdout.write(`${JSON.stringify(rows, undefined, 2)}\n`)
} finally {
  nginx.stop()
  await sandbox.stop()
}
