// The controller of bench/jenkins.mjs, in a process of its own: a sandbox filled with many credentials, which counts what it is asked.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

process.once('message', async ({ bundle, credentials, folders, jobs }) => {
  const { startJenkins } = await import(bundle)
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-jenkins-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const controllerHome = join(folder, 'controller')
  mkdirSync(controllerHome)
  // Nothing listens there: git on the controller says so at once, and nothing leaves this machine.
  writeFileSync(
    join(controllerHome, '.gitconfig'),
    '[url "http://127.0.0.1:9/"]\n\tinsteadOf = https://bitbucket.org/\n',
  )
  const gitEnvironment = { PATH: process.env.PATH, GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' }
  const jenkins = await startJenkins({ home: join(folder, 'home'), gitEnvironment, controllerHome, seed: 'bench' })
  const permissions = ['hudson.model.Hudson.Administer']
  const { apiToken } = jenkins.addUser({ id: 'admin', password: 'admin-password', permissions })
  await jenkins.addMany({ folders, credentials, jobs, seed: 'bench' })
  let counted = 0
  process.on('message', async (message) => {
    if (message === 'stop') {
      await jenkins.stop()
      process.disconnect()
      return
    }
    const since = jenkins.requests.slice(counted)
    counted = jenkins.requests.length
    const checks = since.filter(({ path }) => path.includes('/descriptorByName/')).length
    const refused = since.filter(({ status }) => status >= 400).length
    process.send({ requests: since.length, checks, refused })
  })
  process.send({ url: jenkins.url, user: 'admin', apiToken })
})
