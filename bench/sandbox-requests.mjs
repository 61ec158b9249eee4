// How many requests with a credential the sandbox answers in one second, asked from a second process over kept
// connections. Prints JSON rows. `--seconds 3` each, at most `--count 50000`, over `--connections 8`.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { bundleSandbox } from './built-sandbox.mjs'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    count: { type: 'string', default: '50000' },
    connections: { type: 'string', default: '8' },
    secrets: { type: 'string', default: '200' },
  },
})
const limits = { seconds: Number(values.seconds), count: Number(values.count), connections: Number(values.connections) }

const { startSandbox } = await import(await bundleSandbox())
const sandbox = await startSandbox()
const { world } = sandbox
world.addUser({ username: 'alice', email: 'alice@acme.example' })
world.addWorkspace('acme')
await world.addRepository({ workspace: 'acme', slug: 'app', isPrivate: true })
world.grant('alice', 'acme/app', 'write')
// An installation has many secrets; the time of an answer must not grow with them.
for (let made = 0; made < Number(values.secrets); made++) world.addApiToken('alice', { name: `other ${made}` })
const token = world.addApiToken('alice', {
  name: 'load',
  scopes: ['read:user:bitbucket', 'read:repository:bitbucket'],
})
const appPassword = world.addAppPassword('alice')
const basic = (username, secret) => `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`

const refs = '/acme/app.git/info/refs?service=git-upload-pack'
const works = [
  ['REST user, Basic', '/2.0/user', { authorization: basic('alice@acme.example', token) }, 200],
  ['REST user, Bearer', '/2.0/user', { authorization: `Bearer ${token}` }, 200],
  ['REST repository, Bearer', '/2.0/repositories/acme/app', { authorization: `Bearer ${token}` }, 200],
  ['REST user, app password after the end', '/2.0/user', { authorization: basic('alice', appPassword) }, 401],
  ['git info/refs without a credential', refs, {}, 401],
  ['git info/refs, app password after the end', refs, { authorization: basic('alice', appPassword) }, 410],
]

const measure = async ([work, path, headers, status]) => {
  const load = fork(new URL('load.mjs', import.meta.url))
  load.send({ origin: sandbox.webUrl, path, headers, status, ...limits })
  const ended = once(load, 'exit').then(([code]) => {
    throw new Error(`${work}: the load ended with ${code}`)
  })
  const [{ answers, took }] = await Promise.race([once(load, 'message'), ended])
  ended.catch(() => undefined)
  return { work, ours: Math.round(answers / took), unit: 'requests/s' }
}

try {
  const rows = []
  for (const work of works) rows.push(await measure(work))
  process.stdout.write(`${JSON.stringify(rows, undefined, 2)}\n`)
} finally {
  await sandbox.stop()
}
