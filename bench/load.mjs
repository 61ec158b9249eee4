// The load of sandbox-requests.mjs, in a process of its own: asks one path again and again over several kept
// connections, until the time or the count is over, and tells its parent how many answers came.
import { Pool } from 'undici'

process.once('message', async ({ origin, path, headers, status, connections, seconds, count }) => {
  const pool = new Pool(origin, { connections, pipelining: 1 })
  const ask = async () => {
    const reply = await pool.request({ path, method: 'GET', headers })
    await reply.body.dump()
    if (reply.statusCode !== status) throw new Error(`${path}: ${reply.statusCode} instead of ${status}`)
  }
  const askAlong = async (until, left) => {
    let answers = 0
    while (performance.now() < until && left.count > 0) {
      left.count--
      await ask()
      answers++
    }
    return answers
  }
  // The first answers pay for compiling the server; they do not count.
  await Promise.all(Array.from({ length: connections }, () => askAlong(Infinity, { count: 100 })))
  const start = performance.now()
  const left = { count }
  const each = Array.from({ length: connections }, () => askAlong(start + seconds * 1000, left))
  const answers = (await Promise.all(each)).reduce((sum, one) => sum + one, 0)
  const took = (performance.now() - start) / 1000
  await pool.close()
  process.send({ answers, took })
  process.disconnect()
})
