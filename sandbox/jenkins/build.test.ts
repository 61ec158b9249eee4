import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ENVIRONMENT, type GitServerStub, startGitServer } from './git-server-stub.ts'
import { type JenkinsForTests, jenkinsForTests } from './jenkins-for-tests.ts'

const USERNAME = 'x-bitbucket-api-token-auth'
const PASSWORD = 'canary = % $ & ! " \' secret'
const APP_PASSWORD = 'an-old-app-password'

let folder: string
let agentHome: string
let git: GitServerStub
let stand: JenkinsForTests
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'build-'))
  agentHome = join(folder, 'agent')
  git = await startGitServer({
    folder,
    username: USERNAME,
    password: PASSWORD,
    appPassword: APP_PASSWORD,
    scopeless: 'no-scope',
  })
  stand = await jenkinsForTests({ agentHome })
  const { jenkins } = stand
  await jenkins.addCredential({
    store: 'system',
    id: 'good',
    username: USERNAME,
    secret: PASSWORD,
    description: 'CI user',
  })
  await jenkins.addCredential({ store: 'system', id: 'bad', username: USERNAME, secret: 'wrong' })
  await jenkins.addCredential({ store: 'system', id: 'scopeless', username: USERNAME, secret: 'no-scope' })
  await jenkins.addCredential({ store: 'system', id: 'hidden', username: USERNAME, secret: PASSWORD, scope: 'SYSTEM' })
  await jenkins.addSecretText({ store: 'system', id: 'text', secret: PASSWORD })
})
beforeEach(() => {
  rmSync(agentHome, { recursive: true, force: true })
  mkdirSync(agentHome)
  git.presented.length = 0
})
afterAll(async () => {
  await stand.end()
  await git.stop()
  rmSync(folder, { recursive: true, force: true })
})

let jobs = 0
async function buildOnce(credentialsId?: string, url = git.url) {
  const fullName = `job${jobs++}`
  await stand.jenkins.addFreestyleJob({ fullName, url, ...(credentialsId === undefined ? {} : { credentialsId }) })
  return stand.jenkins.build(fullName)
}

const withUser = () => git.url.replace('http://', 'http://alice@')
const FAILED = (url = git.url) => `fatal: Authentication failed for '${url}/'`

describe('the console of a freestyle build', () => {
  test('of the first build with a good pair', async () => {
    await stand.jenkins.addFreestyleJob({ fullName: 'team/first', url: git.url, credentialsId: 'good' })
    const { number, result, console } = await stand.jenkins.build('team/first')
    const workspace = join(stand.jenkins.home, 'workspace', 'team', 'first')
    const revision = /Checking out Revision ([0-9a-f]{40})/.exec(console)?.[1]
    expect([number, result]).toEqual([1, 'SUCCESS'])
    expect(console.split('\n')).toEqual([
      'Started by user SYSTEM',
      'Running as SYSTEM',
      `Building in workspace ${workspace}`,
      'The recommended git tool is: NONE',
      'using credential good',
      'Cloning the remote Git repository',
      `Cloning repository ${git.url}`,
      ` > git init ${workspace} # timeout=10`,
      `Fetching upstream changes from ${git.url}`,
      ' > git --version # timeout=10',
      expect.stringMatching(/^ > git --version # 'git version .*'$/),
      'using GIT_ASKPASS to set credentials CI user',
      ` > git fetch --tags --force --progress -- ${git.url} +refs/heads/*:refs/remotes/origin/* # timeout=10`,
      ` > git config remote.origin.url ${git.url} # timeout=10`,
      ' > git config --add remote.origin.fetch +refs/heads/*:refs/remotes/origin/* # timeout=10',
      'Avoid second fetch',
      ' > git rev-parse refs/remotes/origin/main^{commit} # timeout=10',
      `Checking out Revision ${revision} (refs/remotes/origin/main)`,
      ' > git config core.sparsecheckout # timeout=10',
      ` > git checkout -f ${revision} # timeout=10`,
      'Commit message: "First commit"',
      'First time build. Skipping changelog.',
      'Finished: SUCCESS',
      '',
    ])
    expect(existsSync(join(workspace, 'Jenkinsfile'))).toBe(true)
    expect(readdirSync(`${workspace}@tmp`)).toEqual([])
    expect(readFileSync(join(stand.jenkins.home, 'jobs/team/jobs/first/builds/1/log'), 'utf8')).toBe(console)
  })

  test('of the second build fetches again', async () => {
    await stand.jenkins.addFreestyleJob({ fullName: 'twice', url: git.url, credentialsId: 'good' })
    await stand.jenkins.build('twice')
    const { number, result, console } = await stand.jenkins.build('twice')
    expect([number, result]).toEqual([2, 'SUCCESS'])
    expect(console).toContain('Fetching changes from the remote Git repository\n')
    expect(console).toMatch(/\n > git rev-list --no-walk [0-9a-f]{40} # timeout=10\nFinished: SUCCESS\n$/)
    expect(console).not.toContain('Cloning')
  })

  test('of a wrong token ends with the words of git', async () => {
    const { result, console } = await buildOnce('bad')
    const command = `git fetch --tags --force --progress -- ${git.url} +refs/heads/*:refs/remotes/origin/*`
    expect(result).toBe('FAILURE')
    expect(console.split('\n').slice(-10)).toEqual([
      "ERROR: Error cloning remote repo 'origin'",
      `hudson.plugins.git.GitException: Command "${command}" returned status code 128:`,
      'stdout: ',
      'stderr: remote: You may not have access to this repository or it no longer exists',
      FAILED(),
      '',
      '\tat org.jenkinsci.plugins.gitclient.CliGitAPIImpl.launchCommandIn(CliGitAPIImpl.java)',
      "ERROR: Error cloning remote repo 'origin'",
      'Finished: FAILURE',
      '',
    ])
  })

  test('of a token that stopped working later says that fetching failed', async () => {
    await stand.jenkins.addFreestyleJob({ fullName: 'later', url: git.url, credentialsId: 'good' })
    await stand.jenkins.build('later')
    await stand.jenkins.addFreestyleJob({ fullName: 'later', url: git.url, credentialsId: 'bad' })
    const { number, console } = await stand.jenkins.build('later')
    expect(number).toBe(2)
    expect(console).toContain(
      `ERROR: Error fetching remote repo 'origin'\nhudson.plugins.git.GitException: Failed to fetch from ${git.url}\n`,
    )
    expect(console).toContain('\nCaused by: hudson.plugins.git.GitException: Command "git fetch')
  })
})

describe('which credential is presented', () => {
  test('a good pair is sent after an anonymous request', async () => {
    await buildOnce('good')
    expect(new Set(git.presented)).toEqual(new Set([`${USERNAME}:${PASSWORD}`]))
  })

  test('with user@ in the URL the username of the credential is never sent', async () => {
    const { console } = await buildOnce('good', withUser())
    expect(git.presented).toContain(`alice:${PASSWORD}`)
    expect(git.presented.some((each) => each.startsWith(USERNAME))).toBe(false)
    expect(console).toContain(FAILED())
    expect(console).toContain(` > git fetch --tags --force --progress -- ${withUser()} `)
  })

  test('without a credential askpass is echo, and the failure looks the same', async () => {
    const { console } = await buildOnce()
    expect(console).toContain('\nNo credentials specified\n')
    expect(console).not.toContain('using GIT_ASKPASS')
    expect(console).toContain(FAILED())
  })

  test.each([
    ['an unknown id', 'nope'],
    ['a Secret text', 'text'],
    ['a credential of SYSTEM scope', 'hidden'],
  ])('%s is not found, and the build goes on without', async (_name, id) => {
    const { result, console } = await buildOnce(id)
    expect(result).toBe('FAILURE')
    expect(console).toContain(`\nWarning: CredentialId "${id}" could not be found.\n`)
    expect(git.presented.join()).not.toContain(PASSWORD)
  })

  test('a folder credential shadows the system one, for its own jobs only', async () => {
    await stand.jenkins.addFolder('shadow/inner')
    await stand.jenkins.addCredential({ store: { folder: 'shadow' }, id: 'good', username: USERNAME, secret: 'old' })
    await stand.jenkins.addFreestyleJob({ fullName: 'shadow/inner/job', url: git.url, credentialsId: 'good' })
    const { result, console } = await stand.jenkins.build('shadow/inner/job')
    expect([result, git.presented.at(-1)]).toEqual(['FAILURE', `${USERNAME}:old`])
    expect(console).toContain('\nusing credential good\n')
    expect((await buildOnce('good')).result).toBe('SUCCESS')
  })

  test('a domain for another host hides a credential from git', async () => {
    await stand.jenkins.addCredential({
      store: 'system',
      domain: 'api',
      id: 'api-only',
      username: USERNAME,
      secret: PASSWORD,
    })
    expect((await buildOnce('api-only')).result).toBe('SUCCESS')
    const name = 'com.cloudbees.plugins.credentials.domains'
    const body = `<${name}.Domain><name>api</name><specifications><${name}.HostnameSpecification><includes>api.bitbucket.org</includes></${name}.HostnameSpecification></specifications></${name}.Domain>`
    const path = '/credentials/store/system/domain/api/config.xml'
    await stand.admin(path, { method: 'POST', type: 'application/xml', body })
    expect((await buildOnce('api-only')).console).toContain('Warning: CredentialId "api-only" could not be found.')
  })

  test('a token without the scope is refused with 403', async () => {
    const { console } = await buildOnce('scopeless')
    expect(console).toContain('remote: The access token lacks one or more required privilege scopes')
    expect(console).toContain(`fatal: unable to access '${git.url}/': The requested URL returned error: 403`)
  })
})

describe('what the home of the agent changes', () => {
  const store = (password: string) => {
    writeFileSync(join(agentHome, '.gitconfig'), '[credential]\n\thelper = store\n')
    writeFileSync(
      join(agentHome, '.git-credentials'),
      `http://${USERNAME}:${password}@${git.host.replace(':', '%3a')}\n`,
    )
  }
  const stored = () => readFileSync(join(agentHome, '.git-credentials'), 'utf8')

  test('an old app password in the store helper answers for ever, although the credential is right', async () => {
    store(APP_PASSWORD)
    const before = stored()
    for (let run = 0; run < 2; run++) {
      const { console } = await buildOnce('good')
      expect(console).toContain('remote: App passwords are deprecated')
      expect(console).toContain(`fatal: unable to access '${git.url}/': The requested URL returned error: 410`)
    }
    expect(stored()).toBe(before)
    expect(git.presented.join()).not.toContain(PASSWORD)
  })

  test('a stale token in the store helper fails once, is erased, and the new token is then written in plain text', async () => {
    store('stale')
    expect((await buildOnce('good')).console).toContain(FAILED())
    expect(stored()).toBe('')
    expect((await buildOnce('good')).result).toBe('SUCCESS')
    expect(stored()).toContain(encodeURIComponent(PASSWORD).slice(0, 8))
  })

  test('an old app password in netrc answers for ever', async () => {
    writeFileSync(join(agentHome, '.netrc'), `machine 127.0.0.1 login ${USERNAME} password ${APP_PASSWORD}\n`)
    for (let run = 0; run < 2; run++) expect((await buildOnce('good')).console).toContain('returned error: 410')
    expect(git.presented.join()).not.toContain(PASSWORD)
  })

  test('a stale token in netrc falls back to the credential', async () => {
    writeFileSync(join(agentHome, '.netrc'), `machine 127.0.0.1 login ${USERNAME} password stale\n`)
    expect((await buildOnce('good')).result).toBe('SUCCESS')
    expect(git.presented[0]).toBe(`${USERNAME}:stale`)
  })

  test('http.extraHeader overrides the credential', async () => {
    const header = `Authorization: Basic ${Buffer.from('other:header').toString('base64')}`
    writeFileSync(join(agentHome, '.gitconfig'), `[http]\n\textraHeader = "${header}"\n`)
    expect((await buildOnce('good')).console).toContain(FAILED())
    expect(git.presented[0]).toBe('other:header')
  })
})

describe('a pipeline from SCM', () => {
  test('checks out on the controller for the script and on the agent for the build', async () => {
    await stand.jenkins.addPipelineJob({ fullName: 'pipe', url: git.url, credentialsId: 'good' })
    const { result, console } = await stand.jenkins.build('pipe')
    expect(result).toBe('SUCCESS')
    expect(console.match(/^using credential good$/gm)).toHaveLength(2)
    expect(console).toMatch(/^Checking out git .* into .*@script\/[0-9a-f]{64} to read Jenkinsfile$/m)
    expect(console).toContain('\n[Pipeline] Start of Pipeline\n')
  })

  test('fails on the agent alone when only the agent has an old app password', async () => {
    writeFileSync(join(agentHome, '.netrc'), `machine 127.0.0.1 login ${USERNAME} password ${APP_PASSWORD}\n`)
    await stand.jenkins.addPipelineJob({ fullName: 'half', url: git.url, credentialsId: 'good' })
    const { result, console } = await stand.jenkins.build('half')
    expect(result).toBe('FAILURE')
    expect(console.indexOf('Commit message')).toBeLessThan(console.indexOf('[Pipeline] Start of Pipeline'))
    expect(console.indexOf('returned error: 410')).toBeGreaterThan(console.indexOf('[Pipeline] checkout'))
  })

  test('without its script fails after the checkout', async () => {
    await stand.jenkins.addPipelineJob({ fullName: 'none', url: git.url, credentialsId: 'good', scriptPath: 'ci/None' })
    expect((await stand.jenkins.build('none')).console).toContain(`ERROR: Unable to find ci/None from git ${git.url}\n`)
  })
})

describe('over HTTP', () => {
  test('a build is queued, started, followed and read', async () => {
    await stand.jenkins.addFreestyleJob({ fullName: 'team/http', url: git.url, credentialsId: 'good' })
    expect((await stand.admin('/job/team/job/http/lastBuild/api/json')).status).toBe(404)
    const queued = await stand.admin('/job/team/job/http/build?delay=0sec', { method: 'POST' })
    expect([queued.status, queued.text]).toEqual([201, ''])
    const location = new URL(queued.headers.get('location') ?? '').pathname
    expect(location).toMatch(/^\/queue\/item\/\d+\/$/)
    const result = async () =>
      JSON.parse((await stand.admin('/job/team/job/http/1/api/json?tree=building,result,number')).text)
    for (let at = 0; at < 2000 && (await result()).result === null; at++)
      await new Promise((next) => setImmediate(next))
    expect(await result()).toEqual({
      _class: 'hudson.model.FreeStyleBuild',
      building: false,
      number: 1,
      result: 'SUCCESS',
    })
    const item = JSON.parse((await stand.admin(`${location}api/json`)).text)
    expect(item).toMatchObject({ _class: 'hudson.model.Queue$LeftItem', cancelled: false, executable: { number: 1 } })
    const console = await stand.admin('/job/team/job/http/lastBuild/consoleText')
    expect(console.headers.get('content-type')).toBe('text/plain;charset=UTF-8')
    expect(console.text.startsWith('Started by user admin\n')).toBe(true)
    const size = Buffer.byteLength(console.text)
    const tail = await stand.admin(`/job/team/job/http/1/logText/progressiveText?start=${size - 18}`)
    expect([tail.text, tail.headers.get('x-text-size'), tail.headers.get('x-more-data')]).toEqual([
      'Finished: SUCCESS\n',
      String(size),
      null,
    ])
  })

  test('needs POST and the permission to build', async () => {
    await stand.jenkins.addFreestyleJob({ fullName: 'guarded', url: git.url })
    const reader = stand.userWith('hudson.model.Hudson.Read', 'hudson.model.Item.Read')
    const refused = await reader('/job/guarded/build', { method: 'POST' })
    expect([refused.status, refused.headers.get('x-required-permission')]).toEqual([403, 'hudson.model.Item.Build'])
    expect((await stand.admin('/job/guarded/build')).status).toBe(405)
  })
})

test('no secret is in the arguments or the environment of git, and none on the console', async () => {
  const shim = join(folder, 'bin')
  const record = join(folder, 'record')
  mkdirSync(shim)
  writeFileSync(
    join(shim, 'git'),
    `#!/bin/sh\n{ echo "$@"; env; } >> '${record}'\nPATH='${ENVIRONMENT['PATH']}' exec git "$@"\n`,
  )
  chmodSync(join(shim, 'git'), 0o755)
  const other = await jenkinsForTests({ gitEnvironment: { ...ENVIRONMENT, PATH: `${shim}:${ENVIRONMENT['PATH']}` } })
  await other.jenkins.addCredential({ store: 'system', id: 'good', username: USERNAME, secret: PASSWORD })
  await other.jenkins.addFreestyleJob({ fullName: 'job', url: git.url, credentialsId: 'good' })
  const { result, console } = await other.jenkins.build('job')
  await other.end()
  const recorded = readFileSync(record, 'utf8')
  expect([result, recorded.includes('GIT_ASKPASS=/'), recorded.includes('GIT_TERMINAL_PROMPT=false')]).toEqual([
    'SUCCESS',
    true,
    true,
  ])
  expect([recorded.includes('canary'), console.includes('canary')]).toEqual([false, false])
})

describe('where a build runs, and with what', () => {
  const LABELLED = '<project><assignedNode>mainframe</assignedNode></project>'

  test('a job for a label that no agent has waits, says why, and leaves the queue when it is deleted', async () => {
    await stand.admin('/createItem?name=labelled', { method: 'POST', body: LABELLED, type: 'application/xml' })
    const { headers } = await stand.admin('/job/labelled/build', { method: 'POST' })
    const entry = `${new URL(headers.get('location') ?? '').pathname}api/json`
    expect(JSON.parse((await stand.admin(entry)).text)).toMatchObject({
      why: 'There are no nodes with the label ‘mainframe’',
    })
    await stand.admin('/job/labelled/doDelete', { method: 'POST' })
    expect((await stand.admin(entry)).status).toBe(404)
    await stand.jenkins.settled()
  })

  test('a job with parameters wants them, or their defaults', async () => {
    const body = '<project><properties><hudson.model.ParametersDefinitionProperty/></properties></project>'
    await stand.admin('/createItem?name=asking', { method: 'POST', body, type: 'application/xml' })
    expect((await stand.admin('/job/asking/build', { method: 'POST' })).status).toBe(400)
    expect((await stand.admin('/job/asking/buildWithParameters', { method: 'POST' })).status).toBe(201)
    await stand.jenkins.settled()
  })
})
