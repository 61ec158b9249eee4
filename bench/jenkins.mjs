// Scan, plan and apply of one Jenkins controller with many credentials: seconds, requests for each credential, and the most memory that
// the process held; then the memory of `keyturn scan` and `keyturn plan` as commands. Prints JSON rows. `--credentials 1000,10000`, ten in each folder, and two jobs for each; `--changed 200` of them are
// changed and proved. `--secrets app-password,refused,working`: tokens that Bitbucket refuses or takes cost questions, app passwords none.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from '../tools/build.mjs'
import { peakMemory, round } from './measure.mjs'

const { values } = parseArgs({
  options: {
    credentials: { type: 'string', default: '1000,10000' },
    changed: { type: 'string', default: '200' },
    secrets: { type: 'string', default: 'app-password' },
  },
})
await build()
const dist = (name) => pathToFileURL(join(import.meta.dirname, '..', 'dist', name)).href

const rows = []
for (const secrets of values.secrets.split(',')) {
  for (const size of values.credentials.split(',')) rows.push(...(await rowsFor(Number(size), secrets)))
}
process.stdout.write(`${JSON.stringify(rows, undefined, 2)}\n`)

async function rowsFor(credentials, secrets) {
  const folders = Math.ceil(credentials / 10)
  const controller = fork(new URL('jenkins-controller.mjs', import.meta.url))
  controller.send({ bundle: dist('sandbox.js'), credentials, folders, jobs: credentials * 2, secrets })
  const [{ login, bitbucket }] = await once(controller, 'message')
  const work = fork(new URL('jenkins-work.mjs', import.meta.url), { execArgv: ['--expose-gc'] })
  const ended = once(work, 'exit')
  work.send({ library: dist('index.js'), login, bitbucket, changed: Number(values.changed) })
  const measured = []
  work.on('message', async (part) => {
    controller.send('count')
    const [counts] = await once(controller, 'message')
    measured.push({ ...part, ...counts })
    work.send('go on')
  })
  const [code] = await ended
  if (code !== 0) throw new Error(`the work ended with ${code}`)
  const commands = secrets === 'app-password' ? commandRows(credentials, login, bitbucket) : []
  controller.send('stop')
  return [...measured.map((part) => rowOf(part, credentials, secrets)), ...commands]
}

/** The command line lets its heap grow less than the library may, so its memory is its own. */
function commandRows(credentials, { url, user, apiToken }, { proxyUrl }) {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-command-'))
  const tokenFile = join(folder, 'token')
  writeFileSync(tokenFile, apiToken)
  const login = ['--jenkins', url, '--jenkins-user', user, '--jenkins-token-file', tokenFile]
  const env = { HOME: folder, KEYTURN_PASSPHRASE: 'bench', https_proxy: proxyUrl, LC_ALL: 'C.UTF-8' }
  const cli = join(import.meta.dirname, '..', 'dist', 'cli', 'main.js')
  const rows = [
    ['scan', '--json'],
    ['plan', '--offline', '--json'],
  ].map((command) => ({
    work: `keyturn ${command.join(' ')} --jenkins, ${credentials} credentials, memory at most`,
    ours: round(peakMemory(cli, [...command, ...login], { env, codes: [0, 1, 2, 3, 5] })),
    unit: 'MiB',
  }))
  rmSync(folder, { recursive: true })
  return rows
}

/** `ours` is seconds, as in the other rows; what else was counted stands beside it. */
function rowOf({ work, seconds, cpu, count, requests, held, peak, ...counts }, credentials, secrets) {
  const each = work === 'apply' ? count : credentials
  const what = work === 'apply' ? `${count} of ${credentials}` : credentials
  return {
    work: `Jenkins over HTTP, ${work}, ${what} credentials, ${secrets}`,
    ours: round(seconds, 1),
    unit: 's',
    // Of this process alone: the controller has the other core, or what is left of one.
    cpuSeconds: round(cpu, 1),
    count,
    requests,
    requestsEach: round(requests / each, 2),
    // Of these, the questions for which git on the controller asks Bitbucket, with the credential or without, and what was refused;
    // then what keyturn asked Bitbucket itself, and how often git presented a secret to it.
    ...counts,
    peakMiB: round(peak),
    heldMiB: round(held),
  }
}
