import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { EMAIL, plain, type ScanStand, scanStand } from './bitbucket-for-tests.ts'

let ground: ScanStand
beforeAll(async () => {
  ground = await scanStand()
})
afterEach(() => ground.stand().jenkins.settled())
afterAll(() => ground.bitbucket.end())

const path = (...parts: string[]) => join(ground.stand().jenkins.home, 'jobs', ...parts)

describe('a multibranch project', () => {
  test('finds branches, makes jobs of them, builds them and says so line by line', async () => {
    await ground.controllerWith(EMAIL, ground.bitbucket.token())
    await ground.multibranch('mb', 'app')
    const { result, log } = await ground.stand().jenkins.scan('mb')
    expect([result, plain(log)]).toEqual([
      'SUCCESS',
      `Started by user SYSTEM
[time] Starting branch indexing...
Connecting to https://bitbucket.org using ${EMAIL}/****** (CI user)
Looking up acme/app for branches
Checking branch main from acme/app
      ‘Jenkinsfile’ found
    Met criteria
Scheduled build for branch: main

  1 branches were processed
[time] Finished branch indexing. Indexing took 0 ms
Finished: SUCCESS
`,
    ])
    await ground.stand().jenkins.settled()
    const console = (await ground.stand().admin('/job/mb/job/main/1/consoleText')).text
    expect(console).toMatch(
      /^Branch indexing\nObtained Jenkinsfile from [0-9a-f]{40}\n\[Pipeline\] Start of Pipeline\n/,
    )
    expect(console).toContain('\nusing credential bb\n')
    expect(console).toContain('\nusing GIT_ASKPASS to set credentials User API token for bb\n')
    expect(console).toContain('+refs/heads/main:refs/remotes/origin/main # timeout=10\n')
    expect(console.endsWith('Finished: SUCCESS\n')).toBe(true)
  })

  test('its jobs live in mangled folders, keep their names over a restart, and follow new revisions', async () => {
    await ground.controllerWith(EMAIL, ground.bitbucket.token())
    await ground.bitbucket.addBranch('web', 'feature/x')
    await ground.multibranch('mb', 'web', { suppressAutomaticBuilds: true })
    expect((await ground.stand().jenkins.scan('mb')).log).toContain('Did not schedule build for branch: feature/x\n')
    expect(readdirSync(path('mb', 'branches')).sort()).toEqual([
      expect.stringMatching(/^feature-x\.[0-9a-v]{6}$/),
      'main',
    ])
    await ground.stand().jenkins.restart()
    expect(await ground.childrenOf('mb')).toEqual(['feature%2Fx', 'main'])
    const job = JSON.parse((await ground.stand().admin('/job/mb/job/feature%252Fx/api/json')).text)
    expect([job._class, job.displayName, job.fullName]).toEqual([
      'org.jenkinsci.plugins.workflow.job.WorkflowJob',
      'feature/x',
      'mb/feature%2Fx',
    ])
    expect((await ground.stand().jenkins.build('mb/feature%2Fx')).result).toBe('SUCCESS')
  })

  test('a second scan sees no changes', async () => {
    await ground.controllerWith(EMAIL, ground.bitbucket.token())
    await ground.multibranch('mb', 'app')
    await ground.stand().jenkins.scan('mb')
    expect(plain((await ground.stand().jenkins.scan('mb')).log)).toContain(
      'No changes detected: main (still at <hash>)\n',
    )
  })

  test('a generated job is configured and deleted by scans only', async () => {
    await ground.controllerWith(EMAIL, ground.bitbucket.token())
    await ground.multibranch('mb', 'app', { suppressAutomaticBuilds: true })
    await ground.stand().jenkins.scan('mb')
    const refused = await ground
      .stand()
      .admin('/job/mb/job/main/config.xml', { method: 'POST', body: '<flow-definition/>' })
    expect([refused.status, refused.headers.get('x-required-permission')]).toEqual([403, 'hudson.model.Item.Configure'])
    expect((await ground.stand().admin('/job/mb/job/main/doDelete', { method: 'POST' })).status).toBe(403)
    const config = (await ground.stand().admin('/job/mb/job/main/config.xml')).text
    expect(config).toContain('<credentialsId>bb</credentialsId>')
    expect(config).toContain('impl.extension.GitClientAuthenticatorExtension')
  })

  test('a wrong token ends the scan with 401, and nothing is removed', async () => {
    await ground.controllerWith(EMAIL, ground.bitbucket.token())
    await ground.multibranch('mb', 'app', { suppressAutomaticBuilds: true })
    await ground.stand().jenkins.scan('mb')
    await ground
      .stand()
      .jenkins.addCredential({ store: { folder: 'mb' }, id: 'bb', username: EMAIL, secret: 'x'.repeat(192) })
    const { result, log } = await ground.stand().jenkins.scan('mb')
    expect(result).toBe('FAILURE')
    expect(plain(log)).toMatch(
      /\nERROR: \[time\] Could not fetch branches from source acme-app\ncom\.cloudbees\.jenkins\.plugins\.bitbucket\.api\.BitbucketRequestException: HTTP request error\.\nStatus: Unauthorized HTTP 401\nResponse: /,
    )
    expect(plain(log)).toMatch(
      /\n\[time\] Finished branch indexing\. Indexing took 0 ms\nFATAL: Failed to recompute children of mb\ncom\.cloudbees/,
    )
    expect(log.endsWith('Finished: FAILURE\n')).toBe(true)
    expect(await ground.childrenOf('mb')).toEqual(['main'])
  })

  test('an id that resolves to nothing is anonymous access, and a private repository is then not found', async () => {
    await ground.controllerWith(EMAIL, ground.bitbucket.token())
    await ground.multibranch('mb', 'app', { credentialsId: 'gone' })
    const { result, log } = await ground.stand().jenkins.scan('mb')
    expect(result).toBe('FAILURE')
    expect(log).toContain('\nConnecting to https://bitbucket.org with no credentials, anonymous access\n')
    expect(log).toContain(
      '\njava.io.FileNotFoundException: Resource https://api.bitbucket.org/2.0/repositories/acme/app/refs/branches?pagelen=100 not found: ',
    )
  })

  test('a domain for the API host hides the credential from the branch source', async () => {
    await ground.controllerWith(EMAIL, ground.bitbucket.token())
    const { jenkins } = ground.stand()
    const domain = { domain: 'api', specifications: { hostnames: 'api.bitbucket.org' } }
    await jenkins.addCredential({
      store: 'system',
      ...domain,
      id: 'api',
      username: EMAIL,
      secret: ground.bitbucket.token(),
    })
    await ground.multibranch('mb', 'app', { credentialsId: 'api' })
    expect((await jenkins.scan('mb')).log).toContain('with no credentials, anonymous access')
  })

  test('where a scan asks for the repository first, a refusal is told in other words', async () => {
    await ground.controllerWith(EMAIL, 'x'.repeat(192), { scanActions: 'fetched' })
    await ground.multibranch('mb', 'app')
    const { result, log } = await ground.stand().jenkins.scan('mb')
    expect(result).toBe('FAILURE')
    expect(plain(log)).toContain('\nERROR: [time] Could not update folder level actions from source acme-app\n')
    expect(log).not.toContain('Could not fetch branches')
  })

  test('plain git lists references with the pair as it is stored', async () => {
    await ground.controllerWith('x-bitbucket-api-token-auth', ground.bitbucket.token())
    const remote = 'https://bitbucket.org/acme/app.git'
    await ground.stand().jenkins.addGitMultibranchJob({ fullName: 'git', remote, credentialsId: 'bb' })
    const { result, log } = await ground.stand().jenkins.scan('git')
    expect(result).toBe('SUCCESS')
    expect(log).toContain(`using credential bb\n`)
    expect(log).toContain(
      `using GIT_ASKPASS to set credentials CI user\n > git ls-remote -h -- ${remote} # timeout=10\n`,
    )
    expect(log).toContain('  Checking branch main\n      ‘Jenkinsfile’ found\n    Met criteria\nScheduled build')
    await ground.stand().jenkins.settled()
    expect((await ground.stand().jenkins.build('git/main')).console).toMatch(
      /^Started by user SYSTEM\nObtained Jenkinsfile from /,
    )
  })

  test('plain git with a wrong pair fails as git words it', async () => {
    await ground.controllerWith(EMAIL, ground.bitbucket.token())
    const remote = 'https://bitbucket.org/acme/app.git'
    await ground.stand().jenkins.addGitMultibranchJob({ fullName: 'git', remote, credentialsId: 'bb' })
    const { result, log } = await ground.stand().jenkins.scan('git')
    expect(result).toBe('FAILURE')
    expect(log).toContain(
      `hudson.plugins.git.GitException: Command "git ls-remote -h -- ${remote}" returned status code 128:\nstdout: \nstderr: `,
    )
    expect(log).toContain(`fatal: Authentication failed for '${remote}/'`)
  })
})

describe('over HTTP', () => {
  test('a scan is started with a redirect, and read where Jenkins shows it', async () => {
    await ground.controllerWith(EMAIL, ground.bitbucket.token())
    await ground.multibranch('mb', 'app', { suppressAutomaticBuilds: true })
    await ground.organization()
    expect((await ground.stand().admin('/job/mb/indexing/consoleText')).text).toMatch(/^No such file: /)
    for (const name of ['mb', 'org']) {
      const started = await ground.stand().admin(`/job/${name}/build?delay=0`, { method: 'POST' })
      expect([started.status, started.headers.get('location')]).toEqual([302, '.'])
    }
    await ground.stand().jenkins.settled()
    const log = await ground.stand().admin('/job/mb/indexing/consoleText')
    expect([log.status, log.headers.get('content-type'), log.text.split('\n')[0]]).toEqual([
      200,
      'text/plain;charset=UTF-8',
      'Started by user admin',
    ])
    expect((await ground.stand().admin('/job/org/computation/consoleText')).text.endsWith('Finished: SUCCESS\n')).toBe(
      true,
    )
    expect((await ground.stand().admin('/job/mb/indexing/api/json')).status).toBe(404)
  })
})

test('without a proxy and without an address for the API no host is known', async () => {
  await ground.controllerWith('', '', { gitEnvironment: { PATH: '/usr/bin:/bin' } })
  await ground.multibranch('mb', 'docs')
  expect((await ground.stand().jenkins.scan('mb')).log).toContain(
    'java.net.UnknownHostException: api.bitbucket.org: Name or service not known',
  )
})

test('the plain port of the sandbox stands for the API where it is given', async () => {
  await ground.controllerWith('', '', {
    bitbucketApi: ground.bitbucket.sandbox.webUrl,
    gitEnvironment: { PATH: '/usr/bin:/bin' },
  })
  await ground.multibranch('mb', 'docs', { suppressAutomaticBuilds: true })
  expect((await ground.stand().jenkins.scan('mb')).result).toBe('SUCCESS')
})
