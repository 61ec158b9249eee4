import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ENVIRONMENT } from './git-server-stub.ts'
import { startJenkins } from './index.ts'
import { type JenkinsForTests, jenkinsForTests } from './jenkins-for-tests.ts'
import { ADMINISTER } from './permissions.ts'
import { parseXml } from './xml-element.ts'

let stand: JenkinsForTests
beforeEach(async () => {
  stand = await jenkinsForTests()
})
afterEach(() => stand.end())

const path = (...parts: string[]) => join(stand.jenkins.home, ...parts)
const text = (...parts: string[]) => readFileSync(path(...parts), 'utf8')
const listed = async (address = '/credentials/store/system') => {
  const { domains } = JSON.parse((await stand.admin(`${address}/api/json?tree=domains[credentials[id]]`)).text)
  return domains._.credentials.map((each: { id: string }) => each.id)
}

describe('the home on disk', () => {
  test('credentials.xml has the exact form that Jenkins writes', async () => {
    await stand.jenkins.addCredential({ store: 'system', id: 'bb', username: 'a&b', secret: 's', description: 'd' })
    const masked = text('credentials.xml').replace(/\{AQAAABAAAA[^}]*\}/, '{payload}')
    expect(masked).toBe(`<?xml version='1.1' encoding='UTF-8'?>
<com.cloudbees.plugins.credentials.SystemCredentialsProvider plugin="credentials@1502.v5c95e620ddfe">
  <domainCredentialsMap class="hudson.util.CopyOnWriteMap$Hash">
    <entry>
      <com.cloudbees.plugins.credentials.domains.Domain>
        <specifications/>
      </com.cloudbees.plugins.credentials.domains.Domain>
      <java.util.concurrent.CopyOnWriteArrayList>
        <com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl>
          <scope>GLOBAL</scope>
          <id>bb</id>
          <description>d</description>
          <username>a&amp;b</username>
          <password>{payload}</password>
          <usernameSecret>false</usernameSecret>
        </com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl>
      </java.util.concurrent.CopyOnWriteArrayList>
    </entry>
  </domainCredentialsMap>
</com.cloudbees.plugins.credentials.SystemCredentialsProvider>`)
    expect(statSync(path('credentials.xml')).mode & 0o777).toBe(0o666 & ~process.umask() & 0o644)
  })

  test('every XML file parses, and no temporary file stays', async () => {
    await stand.jenkins.addFreestyleJob({ fullName: 'a/b', url: 'u' })
    await stand.jenkins.addPipelineJob({ fullName: 'c', url: 'u' })
    await stand.jenkins.addMultibranchJob({ fullName: 'd', repoOwner: 'o', repository: 'r' })
    await stand.jenkins.addCredential({ store: { folder: 'd' }, id: 'x', username: 'u', secret: 's' })
    const files = readdirSync(path(), { recursive: true }).map(String)
    for (const each of files.filter((name) => name.endsWith('.xml'))) expect(parseXml(text(each))).toBeDefined()
    expect(files.filter((name) => name.includes('-atomic'))).toEqual([])
    expect(files).toEqual(
      expect.arrayContaining(['jobs/a/jobs/b/config.xml', 'plugins/git/META-INF/MANIFEST.MF', 'secrets/master.key']),
    )
    expect(text('jobs', 'd', 'config.xml')).toContain(
      'FolderCredentialsProvider_-FolderCredentialsProperty plugin="cloudbees-folder@',
    )
  })

  test('.owner holds the process id while Jenkins runs, and only then', async () => {
    expect(text('.owner')).toBe(String(process.pid))
    await stand.jenkins.stop()
    expect(existsSync(path('.owner'))).toBe(false)
  })

  test('a user has a folder with a readable part and a hash', () => {
    expect(readdirSync(path('users'))).toEqual([expect.stringMatching(/^admin_[0-9a-f]{64}$/)])
  })

  test('the same seed gives the same keys and the same ciphertext', async () => {
    const other = await jenkinsForTests()
    for (const { jenkins } of [stand, other]) {
      await jenkins.addCredential({ store: 'system', id: 'bb', username: 'u', secret: 's' })
    }
    expect(readFileSync(join(other.jenkins.home, 'credentials.xml'), 'utf8')).toBe(text('credentials.xml'))
    await other.end()
  })
})

describe('who reads which file when', () => {
  const edit = (name: string[], from: string, to: string) =>
    writeFileSync(path(...name), text(...name).replace(from, to))

  beforeEach(async () => {
    await stand.jenkins.addCredential({ store: 'system', id: 'bb', username: 'u', secret: 's' })
    await stand.jenkins.addCredential({ store: { user: 'admin' }, id: 'mine', username: 'u', secret: 's' })
    await stand.jenkins.addFolder('team')
    await stand.jenkins.addCredential({ store: { folder: 'team' }, id: 'own', username: 'u', secret: 's' })
  })

  test('credentials.xml is read at a start only, and an edit of a running controller is lost', async () => {
    edit(['credentials.xml'], '<id>bb</id>', '<id>edited</id>')
    await stand.admin('/reload', { method: 'POST' })
    for (let at = 0; at < 2; at++) await stand.admin('/login')
    expect(await listed()).toEqual(['bb'])
    await stand.jenkins.addCredential({ store: 'system', id: 'new', username: 'u', secret: 's' })
    expect(text('credentials.xml')).not.toContain('edited')
  })

  test('a restart reads it, by HTTP as well as by the interface', async () => {
    edit(['credentials.xml'], '<id>bb</id>', '<id>edited</id>')
    await stand.jenkins.restart()
    expect(await listed()).toEqual(['edited'])
    edit(['credentials.xml'], '<id>edited</id>', '<id>again</id>')
    await stand.admin('/safeRestart', { method: 'POST' })
    for (let at = 0; at < 2; at++) await stand.admin('/login')
    expect(await listed()).toEqual(['again'])
  })

  test.each(['/reload', '/job/team/reload'])('%s reads the credentials of a folder', async (address) => {
    edit(['jobs', 'team', 'config.xml'], '<id>own</id>', '<id>edited</id>')
    expect(await listed('/job/team/credentials/store/folder')).toEqual(['own'])
    expect((await stand.admin(address, { method: 'POST' })).status).toBe(302)
    for (let at = 0; at < 2; at++) await stand.admin('/login')
    expect(await listed('/job/team/credentials/store/folder')).toEqual(['edited'])
  })

  test('users, their tokens, their stores and their permissions survive a restart', async () => {
    await stand.jenkins.restart()
    expect(await listed('/user/admin/credentials/store/user')).toEqual(['mine'])
    expect((await stand.as('admin:admin-password')('/api/json')).status).toBe(200)
  })

  test('an unreadable file means an empty store, and the next save overwrites the file', async () => {
    writeFileSync(path('credentials.xml'), '<broken')
    await stand.jenkins.restart()
    expect(await listed()).toEqual([])
    await stand.jenkins.addCredential({ store: 'system', id: 'new', username: 'u', secret: 's' })
    expect(parseXml(text('credentials.xml')).name).toContain('SystemCredentialsProvider')
  })

  test('one unreadable element is skipped and lost at the next save', async () => {
    const unknown = '<com.example.Unknown><id>x</id></com.example.Unknown>'
    edit(
      ['credentials.xml'],
      '<java.util.concurrent.CopyOnWriteArrayList>',
      `<java.util.concurrent.CopyOnWriteArrayList>${unknown}`,
    )
    await stand.jenkins.restart()
    expect(await listed()).toEqual(['bb'])
    await stand.jenkins.addCredential({ store: 'system', id: 'new', username: 'u', secret: 's' })
    expect(text('credentials.xml')).not.toContain('Unknown')
  })

  test('a plain secret written by hand works and is encrypted at the next save', async () => {
    edit(['credentials.xml'], /\{AQAA[^}]*\}/.exec(text('credentials.xml'))?.[0] ?? '', 'by-hand')
    await stand.jenkins.restart()
    expect(text('credentials.xml')).toContain('by-hand')
    await stand.jenkins.addCredential({ store: 'system', id: 'new', username: 'u', secret: 's' })
    expect(text('credentials.xml')).not.toContain('by-hand')
  })

  test('a store saved without a change is the same bytes', async () => {
    const before = text('credentials.xml')
    await stand.jenkins.restart()
    await stand.jenkins.addCredential({ store: 'system', id: 'new', username: 'u', secret: 's' })
    await stand.admin('/credentials/store/system/domain/_/credential/new/config.xml', { method: 'DELETE' })
    expect(text('credentials.xml')).toBe(before)
  })
})

test('an id that is taken cannot be added twice', async () => {
  const credential = { store: 'system', id: 'bb', username: 'u', secret: 's' } as const
  await stand.jenkins.addCredential(credential)
  await expect(stand.jenkins.addCredential(credential)).rejects.toThrow('the id is taken')
})

test('a home of an earlier run is taken up again', async () => {
  await stand.jenkins.addCredential({ store: 'system', id: 'bb', username: 'u', secret: 's' })
  await stand.jenkins.stop()
  const again = await startJenkins({ home: stand.jenkins.home, gitEnvironment: ENVIRONMENT })
  const { apiToken } = again.addUser({ id: 'second', password: 'p', permissions: [ADMINISTER] })
  const answer = await fetch(`${again.url}/credentials/store/system/api/json?depth=2`, {
    headers: { authorization: `Basic ${Buffer.from(`second:${apiToken}`).toString('base64')}` },
  })
  expect(await answer.text()).toContain('"id":"bb"')
  await again.stop()
})

test('a stopped Jenkins builds nothing, and a restart takes up what was edited meanwhile', async () => {
  await stand.jenkins.addCredential({ store: 'system', id: 'bb', username: 'u', secret: 's' })
  await stand.jenkins.addFreestyleJob({ fullName: 'empty', url: `file://${path('nothing')}` })
  await stand.jenkins.stop()
  await expect(stand.jenkins.build('empty')).rejects.toThrow('stopped')
  await expect(stand.admin('/login')).rejects.toThrow()
  writeFileSync(path('credentials.xml'), text('credentials.xml').replace('<id>bb</id>', '<id>edited</id>'))
  await stand.jenkins.restart()
  expect(await listed()).toEqual(['edited'])
  expect((await stand.jenkins.build('empty')).console).toContain('does not appear to be a git repository')
})

test('stopping ends a build that waits for a server which never answers', async () => {
  const silent = createServer()
  const connected = new Promise<void>((resolve) => silent.once('connection', () => resolve()))
  const port = await listening(silent)
  await stand.jenkins.addFreestyleJob({ fullName: 'hung', url: `http://127.0.0.1:${port}/a/b.git` })
  const build = stand.jenkins.build('hung')
  await connected
  const run = await stand.admin('/job/hung/lastBuild/api/json?tree=building,result,number')
  expect(JSON.parse(run.text)).toMatchObject({ building: true, result: null, number: 1 })
  const log = await stand.admin('/job/hung/1/logText/progressiveText?start=0')
  expect([log.headers.get('x-more-data'), log.text.startsWith('Started by user SYSTEM\n')]).toEqual(['true', true])
  const queued = (await stand.admin('/job/hung/build', { method: 'POST' })).headers.get('location') ?? ''
  const waiting = JSON.parse((await stand.admin(`${new URL(queued).pathname}api/json`)).text)
  expect([waiting._class, waiting.executable, waiting.why]).toEqual([
    'hudson.model.Queue$BuildableItem',
    undefined,
    'Waiting for next available executor',
  ])
  await stand.jenkins.stop()
  silent.close()
  expect((await build).result).toBe('FAILURE')
})

test('a port in use is an error', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'port-'))
  const taken = createServer()
  const port = await listening(taken)
  await expect(startJenkins({ home: folder, port, gitEnvironment: ENVIRONMENT })).rejects.toThrow('EADDRINUSE')
  taken.close()
  rmSync(folder, { recursive: true, force: true })
})

function listening(server: Server): Promise<number> {
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' ? (address?.port ?? 0) : 0)
    }),
  )
}
