// What bench/jenkins.mjs measures, in a process of its own: scan, plan and apply of one controller through the library. After each part
// it tells its parent how long that took and what it held at most, and waits to go on.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'

process.once('message', async ({ library, login, bitbucket, changed }) => {
  const { openKeyturn } = await import(library)
  const home = mkdtempSync(join(tmpdir(), 'keyturn-bench-home-'))
  process.on('exit', () => rmSync(home, { recursive: true, force: true }))
  const { url: baseUrl, ...rest } = login
  const environment = { HOME: home, PATH: process.env.PATH, https_proxy: bitbucket.proxyUrl }
  const ca = readFileSync(bitbucket.caFile, 'utf8')
  const keyturn = await openKeyturn({ home, environment, ca, passphrase: 'bench', logins: [{ baseUrl, ...rest }] })
  await keyturn.addToken({ name: 'ci', secret: newToken(), email: 'ci@example.org', username: 'ci', offline: true })

  const inventory = await part(
    'scan',
    () => keyturn.scan({ paths: [], askControllers: true }),
    ({ places }) => places.length,
  )
  const plan = await part(
    'plan',
    () => keyturn.plan(inventory, { token: 'ci' }),
    ({ steps }) => steps.length,
  )
  if (changed === 0) return process.disconnect()
  const some = { ...plan, steps: plan.steps.slice(0, changed) }
  await part(
    'apply',
    () => keyturn.apply(some),
    ({ state }) => state.steps.size,
  )
  process.disconnect()
})

/** Collects garbage first, when it may, so that what is left over from before is nobody's. */
async function part(work, act, countOf) {
  globalThis.gc?.()
  const [start, before] = [performance.now(), process.cpuUsage()]
  const result = await act()
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(before)
  globalThis.gc?.()
  const held = process.memoryUsage().heapUsed / 2 ** 20
  process.send({
    work,
    seconds,
    cpu: (user + system) / 1e6,
    count: countOf(result),
    held,
    peak: process.resourceUsage().maxRSS / 1024,
  })
  await new Promise((resolve) => process.once('message', resolve))
  return result
}

/** Shaped like an API token, with the checksum that fits; it belongs to nobody. */
function newToken() {
  const body = `${['ATA', 'TT3xFfGF0'].join('')}${randomBytes(86).toString('hex').slice(0, 171)}=`
  return body + crc32(body).toString(16).toUpperCase().padStart(8, '0')
}
