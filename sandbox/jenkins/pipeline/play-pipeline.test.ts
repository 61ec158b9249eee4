import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GitServerStub, startGitServer } from '../git-server-stub.ts'
import { type JenkinsForTests, jenkinsForTests } from '../jenkins-for-tests.ts'

const USERNAME = 'x-bitbucket-api-token-auth'
const PASSWORD = 'canary-secret'

let folder: string
let git: GitServerStub
let stand: JenkinsForTests
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pipeline-'))
  git = await startGitServer({ folder, username: USERNAME, password: PASSWORD })
  stand = await jenkinsForTests()
  const { jenkins } = stand
  await jenkins.addCredential({ store: 'system', id: 'good', username: USERNAME, secret: PASSWORD, description: 'CI' })
  await jenkins.addCredential({ store: 'system', id: 'mail', username: 'ci@acme.example', secret: PASSWORD })
  await jenkins.addSecretText({ store: 'system', id: 'text', secret: PASSWORD })
  const domain = { domain: 'api', specifications: { hostnames: 'api.bitbucket.org' } }
  await jenkins.addCredential({ store: 'system', ...domain, id: 'hidden', username: USERNAME, secret: PASSWORD })
})
afterAll(async () => {
  await stand.end()
  await git.stop()
  rmSync(folder, { recursive: true, force: true })
})

let jobs = 0
async function run(script: string) {
  const fullName = `inline-${jobs++}`
  await stand.jenkins.addInlinePipeline({ fullName, script })
  return stand.jenkins.build(fullName)
}

describe('git in an inline pipeline', () => {
  test('the git step checks out with the pair as it is stored', async () => {
    const { result, console } = await run(`node {\n  git url: '${git.url}', credentialsId: 'good', branch: 'main'\n}`)
    expect(result).toBe('SUCCESS')
    expect(console).toContain('[Pipeline] git\nThe recommended git tool is: NONE\nusing credential good\n')
    expect(console).toContain('using GIT_ASKPASS to set credentials CI\n')
  })

  test('the branch is master unless told', async () => {
    const { result, console } = await run(`node { git url: '${git.url}', credentialsId: 'good' }`)
    expect([result, console.includes("Couldn't find any revision to build")]).toEqual(['FAILURE', true])
  })

  test('a Secret text and a credential of another domain are both not found', async () => {
    for (const id of ['text', 'hidden', 'nope']) {
      const { result, console } = await run(`node { git url: '${git.url}', credentialsId: '${id}', branch: 'main' }`)
      expect([result, console.includes(`Warning: CredentialId "${id}" could not be found.\n`)]).toEqual([
        'FAILURE',
        true,
      ])
    }
  })

  test.each([
    `checkout scmGit(branches: [[name: 'main']], userRemoteConfigs: [[credentialsId: 'good', url: 'URL']])`,
    `checkout([$class: 'GitSCM', branches: [[name: '*/main']], userRemoteConfigs: [[url: 'URL', credentialsId: 'good']]])`,
    `checkout scm: scmGit(userRemoteConfigs: [[credentialsId: 'good', url: 'URL']])`,
  ])('%s', async (step) => {
    const { result, console } = await run(`node {\n${step.replace('URL', git.url)}\n}`)
    expect([result, console.includes('[Pipeline] checkout\n')]).toEqual(['SUCCESS', true])
  })

  test('checkout scm means nothing in an inline pipeline', async () => {
    expect((await run('node { checkout scm }')).console).toContain(
      'ERROR: ‘checkout scm’ is only available when using “Multibranch Pipeline” or “Pipeline script from SCM”\n',
    )
  })
})

describe('withCredentials', () => {
  const pair = `usernamePassword(credentialsId: 'ID', usernameVariable: 'U', passwordVariable: 'P')`
  const address = () => git.url.replace('http://', '')

  test('a shell step really runs git, with the secret masked and the variables named that are', async () => {
    const { result, console } = await run(
      `node {\n  withCredentials([${pair.replace('ID', 'good')}]) {\n    sh 'git ls-remote http://$U:$P@${address()} HEAD'\n  }\n}`,
    )
    expect(result).toBe('SUCCESS')
    expect(console).toContain(
      '[Pipeline] withCredentials\nMasking supported pattern matches of $P\n[Pipeline] {\n[Pipeline] sh\n',
    )
    expect(console).toContain(`+ git ls-remote http://${USERNAME}:****@${address()} HEAD\n`)
    expect(console).toMatch(/\n[0-9a-f]{40}\tHEAD\n\[Pipeline\] \}\n\[Pipeline\] \/\/ withCredentials\n/)
    expect(console).not.toContain(PASSWORD)
  })

  test('double quotes let Groovy put the secret in, with a warning', async () => {
    const { console } = await run(
      `node { withCredentials([${pair.replace('ID', 'good')}]) { sh "git ls-remote http://\${U}:\${P}@${address()} HEAD" } }`,
    )
    expect(console).toContain(
      'Warning: A secret was passed to "sh" using Groovy String interpolation, which is insecure.\n\t\t Affected argument(s) used the following variable(s): [P]\n',
    )
  })

  test('an e-mail as user name breaks the address, because of its second @', async () => {
    const { result, console } = await run(
      `node { withCredentials([${pair.replace('ID', 'mail')}]) { sh 'git ls-remote http://$U:$P@${address()} HEAD' } }`,
    )
    expect(result).toBe('FAILURE')
    expect(console).toContain('\nERROR: script returned exit code 128\n')
  })

  test('gitUsernamePassword hands the pair over by askpass', async () => {
    const { result, console } = await run(
      `node { withCredentials([gitUsernamePassword(credentialsId: 'good', gitToolName: 'Default')]) { sh 'git ls-remote ${git.url} HEAD' } }`,
    )
    expect([result, console.includes('Masking supported pattern matches of $GIT_PASSWORD\n')]).toEqual([
      'SUCCESS',
      true,
    ])
  })

  test('an unknown id and a credential of another type are the two errors of a binding', async () => {
    const missing = await run(`node { withCredentials([${pair.replace('ID', 'nope')}]) { echo 'x' } }`)
    expect([missing.result, missing.console.split('\n').slice(-3, -1)]).toEqual([
      'FAILURE',
      ["ERROR: Could not find credentials entry with ID 'nope'", 'Finished: FAILURE'],
    ])
    const other = await run(`node { withCredentials([${pair.replace('ID', 'text')}]) { echo 'x' } }`)
    expect(other.console).toContain(
      "ERROR: Credentials 'text' is of type 'Secret text' where 'com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials' was expected\n",
    )
  })

  test('a binding states no requirement, so that a credential of any domain is found', async () => {
    expect((await run(`node { withCredentials([${pair.replace('ID', 'hidden')}]) { echo 'x' } }`)).result).toBe(
      'SUCCESS',
    )
  })
})

describe('steps', () => {
  test('a shell step without a credential cannot ask, and says so', async () => {
    const { result, console } = await run(`node { sh 'git ls-remote ${git.url}' }`)
    expect(result).toBe('FAILURE')
    expect(console).toMatch(
      /fatal: could not read Username for '.*': (No such device or address|terminal prompts disabled)/,
    )
  })

  test('a declarative environment makes three variables of a pair', async () => {
    const { result, console } = await run(
      `pipeline {\n agent any\n environment { B = credentials('good') }\n stages { stage('a') { steps { sh 'echo $B_USR $B_PSW' } } }\n}`,
    )
    expect(result).toBe('SUCCESS')
    expect(console).toContain('Masking supported pattern matches of $B or $B_PSW\n')
    expect(console).toContain('[Pipeline] stage\n[Pipeline] { (a)\n')
    expect(console).toContain(`\n${USERNAME} ****\n`)
  })

  test('what is not played is named, and a script that deploys is not run', async () => {
    const { result, console } = await run(`node {\n  archiveArtifacts 'x'\n  sh 'rm -rf build'\n}`)
    expect([result, console.match(/^\(sandbox\) not played: .*$/gm)]).toEqual([
      'SUCCESS',
      ['(sandbox) not played: archiveArtifacts', '(sandbox) not played: a shell script with more than git in it'],
    ])
  })
})

test('the console of another taste: credentials unnamed, and times in front', async () => {
  const other = await jenkinsForTests({
    hideCredentialUsage: true,
    timestamps: 'iso',
    now: () => new Date('2026-11-24T03:29:10Z'),
  })
  await other.jenkins.addCredential({ store: 'system', id: 'good', username: USERNAME, secret: PASSWORD })
  await other.jenkins.addInlinePipeline({
    fullName: 'job',
    script: `node { git url: '${git.url}', credentialsId: 'good', branch: 'main' }`,
  })
  const { result, console } = await other.jenkins.build('job')
  await other.end()
  expect(result).toBe('SUCCESS')
  expect(console).not.toContain('using credential')
  expect(console.split('\n').slice(0, 3)).toEqual([
    'Started by user SYSTEM',
    '[Pipeline] Start of Pipeline',
    '[Pipeline] node',
  ])
  expect(console).toContain('\n[2026-11-24T03:29:10.000Z] The recommended git tool is: NONE\n')
})
