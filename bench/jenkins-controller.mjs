// The controller of bench/jenkins.mjs, in a process of its own: a sandbox filled with many credentials, which counts what it is asked, and
// beside it a Bitbucket that counts what keyturn asks it and what git on the controller does.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What git on the controller reaches in place of Bitbucket: every repository is private, takes the new secret, and the old one where `takes` is set. */
async function startGitServer(takes) {
  let asked = 0
  const server = createServer((request, response) => {
    // Without a credential git presents what `echo` prints when it is asked for a username and a password.
    const pair = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString()
    const isOld = pair.startsWith('alice:')
    const isNew = pair.startsWith('x-bitbucket-api-token-auth:')
    if (isOld) asked++
    if (!isNew && !(isOld && takes)) {
      const challenge = { 'www-authenticate': 'Basic realm="Bitbucket.org HTTP"', 'content-type': 'text/plain' }
      response.writeHead(401, challenge).end('You may not have access to this repository or it no longer exists')
      return
    }
    const refs = `${'1'.repeat(40)} HEAD\0agent=bench\n`
    const packet = (text) => (text.length + 4).toString(16).padStart(4, '0') + text
    response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' })
    response.end(`${packet('# service=git-upload-pack\n')}0000${packet(refs)}0000`)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${server.address().port}/`, asked: () => asked, stop: () => server.close() }
}

process.once('message', async ({ bundle, credentials, folders, jobs, secrets }) => {
  const { startJenkins, startSandbox } = await import(bundle)
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-jenkins-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const controllerHome = join(folder, 'controller')
  mkdirSync(controllerHome)
  const git = await startGitServer(secrets === 'working')
  // An app password of the sandbox is asked about by nobody but the proof, which finds nothing listening: nothing leaves this machine.
  const reached = secrets === 'app-password' ? 'http://127.0.0.1:9/' : git.url
  writeFileSync(join(controllerHome, '.gitconfig'), `[url "${reached}"]\n\tinsteadOf = https://bitbucket.org/\n`)
  const gitEnvironment = { PATH: process.env.PATH, GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' }
  const jenkins = await startJenkins({ home: join(folder, 'home'), gitEnvironment, controllerHome, seed: 'bench' })
  const bitbucket = await startSandbox()
  const permissions = ['hudson.model.Hudson.Administer']
  const { apiToken } = jenkins.addUser({ id: 'admin', password: 'admin-password', permissions })
  const secretLength = secrets === 'app-password' ? 20 : 192
  await jenkins.addMany({ folders, credentials, jobs, seed: 'bench', secretLength })
  const counted = { requests: 0, bitbucket: 0, presented: 0 }
  process.on('message', async (message) => {
    if (message === 'stop') {
      git.stop()
      await Promise.all([jenkins.stop(), bitbucket.stop()])
      process.disconnect()
      return
    }
    const since = jenkins.requests.slice(counted.requests)
    const anonymous = bitbucket.requests.length - counted.bitbucket
    const presented = git.asked() - counted.presented
    Object.assign(counted, {
      requests: jenkins.requests.length,
      bitbucket: bitbucket.requests.length,
      presented: git.asked(),
    })
    const checks = since.filter(({ path }) => path.includes('/descriptorByName/')).length
    const refused = since.filter(({ status }) => status >= 400).length
    if (process.env.PATHS) {
      const byPath = {}
      for (const { method, path } of since) {
        const k = `${method} ${path.replace(/[-0-9]+/g, 'N').slice(0, 160)}`
        byPath[k] = (byPath[k] ?? 0) + 1
      }
      console.error(
        Object.entries(byPath)
          .sort((a, b) => b[1] - a[1])
          .slice(0, 14),
      )
    }
    process.send({ requests: since.length, checks, refused, bitbucket: anonymous, presented })
  })
  const { proxyUrl, caFile } = bitbucket
  process.send({ login: { url: jenkins.url, user: 'admin', apiToken }, bitbucket: { proxyUrl, caFile } })
})
