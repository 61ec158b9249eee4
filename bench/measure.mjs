// What the benchmarks share: whole processes, timed in pairs that take turns, so that what else the machine does hits both alike.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'

// Node 20 reads the whole of NODE_EXTRA_CA_CERTS before the first line of a program; that is nobody's time.
const { NODE_EXTRA_CA_CERTS: _left, ...ENVIRONMENT } = process.env

export const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]
export const round = (number, digits = 0) => Math.round(number * 10 ** digits) / 10 ** digits

/** `{ took, stdout }`, milliseconds. Throws unless the exit code is one of `codes`. */
export function timed(command, args, { env = {}, codes = [0] } = {}) {
  const start = performance.now()
  const run = spawnSync(command, args, { env: { ...ENVIRONMENT, ...env }, encoding: 'utf8', maxBuffer: 1 << 29 })
  const took = performance.now() - start
  if (run.error !== undefined || !codes.includes(run.status))
    throw new Error(
      `${command} ${args[0] ?? ''}: ${run.error?.message ?? `exit ${run.status} ${run.stderr.slice(0, 400)}`}`,
    )
  return { took, stdout: run.stdout }
}

/** The same with its output thrown away, as `git cat-file` to /dev/null. */
export function timedQuietly(command, args, { env = {} } = {}) {
  const start = performance.now()
  const run = spawnSync(command, args, { env: { ...ENVIRONMENT, ...env }, stdio: ['ignore', 'ignore', 'inherit'] })
  if (run.status !== 0) throw new Error(`${command} ended with ${run.status}`)
  return performance.now() - start
}

export function isInstalled(command, args = ['--version']) {
  return spawnSync(command, args).error === undefined
}

/**
 * Both once to warm up, then in turns, the first of a pair changing. `ours` and `theirs` give milliseconds. The ratio is the median of
 * the ratios of the pairs.
 */
export function compare(work, ours, theirs, { pairs }) {
  ours()
  theirs()
  const seen = Array.from({ length: pairs }, (_, index) => {
    if (index % 2 === 0) {
      const mine = ours()
      return [mine, theirs()]
    }
    const other = theirs()
    return [ours(), other]
  })
  const ratios = seen.map(([mine, other]) => mine / other)
  return {
    work,
    ours: round(median(seen.map(([mine]) => mine))),
    theirs: round(median(seen.map(([, other]) => other))),
    unit: 'ms',
    ratio: round(median(ratios), 3),
    least: round(Math.min(...ratios), 3),
    most: round(Math.max(...ratios), 3),
    pairs,
  }
}

const RSS_FILE = join(tmpdir(), `keyturn-bench-rss-${process.pid}`)
const TELL_RSS = `process.on('exit',()=>require('fs').writeFileSync(${JSON.stringify(RSS_FILE)},String(process.resourceUsage().maxRSS)))`

/** MiB at most that a Node program holds. */
export function peakMemory(script, args, options) {
  const hook = `data:text/javascript,${encodeURIComponent(`import{createRequire}from'node:module';const require=createRequire('file:///');${TELL_RSS}`)}`
  timed(process.execPath, ['--import', hook, script, ...args], options)
  const kibibytes = existsSync(RSS_FILE) ? Number(readFileSync(RSS_FILE, 'utf8')) : Number.NaN
  rmSync(RSS_FILE, { force: true })
  return kibibytes / 1024
}

export function machine() {
  const loads = loadavg().map((load) => round(load, 1))
  return `${cpus()[0]?.model.trim()}, ${cpus().length} cores, load ${loads.join(' ')}, Node ${process.version}`
}

export function leftOut(what, install) {
  process.stderr.write(`\nLEFT OUT: ${what} is not installed, so nothing is compared with it. ${install}\n\n`)
}

/** Rows as JSON, or as a table. */
export function show(rows, asJson) {
  if (asJson) {
    process.stdout.write(`${JSON.stringify(rows, undefined, 2)}\n`)
    return
  }
  const width = Math.max(62, ...rows.map(({ work, unit }) => `${work} (${unit})  `.length))
  process.stdout.write(
    `${'work'.padEnd(width)}${'ours'.padStart(9)}${'theirs'.padStart(9)}${'ratio'.padStart(8)}  range\n`,
  )
  for (const { work, ours, theirs = '', ratio = '', least, most, unit } of rows)
    process.stdout.write(
      `${`${work} (${unit})`.padEnd(width)}${String(ours).padStart(9)}${String(theirs).padStart(9)}${String(ratio).padStart(8)}  ${least === undefined ? '' : `${least} to ${most}`}\n`,
    )
}
