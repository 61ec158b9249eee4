import { describe, expect, test } from 'vitest'
import { readBuildConsole } from './build-console.ts'

const HASH = '0123456789abcdef0123456789abcdef01234567'

/** As git-plugin and git-client write a checkout (docs/consumers/jenkins.md, "Sources"). */
function checkout(id: string, ...more: readonly string[]): readonly string[] {
  return [
    'The recommended git tool is: NONE',
    `using credential ${id}`,
    'Cloning the remote Git repository',
    'Cloning repository https://bitbucket.org/acme/app.git',
    ' > git init /w # timeout=10',
    'Fetching upstream changes from https://bitbucket.org/acme/app.git',
    ...more,
  ]
}

const FETCHED = [`Checking out Revision ${HASH} (refs/remotes/origin/main)`, 'Commit message: "ERROR: was here"']
const FAILED = [
  "ERROR: Error cloning remote repo 'origin'",
  'hudson.plugins.git.GitException: Command "git fetch" returned status code 128:',
  'stdout: ',
  "stderr: fatal: Authentication failed for 'https://bitbucket.org/acme/app.git/'",
]

const read = (...lines: readonly string[]) => readBuildConsole(lines.join('\n'))
const shortly = (...lines: readonly string[]) =>
  read(...lines).checkouts.map(({ credentialId, outcome }) => [credentialId, outcome])

describe('the checkouts of a build', () => {
  test('one that was fetched, with its credential and repository', () => {
    const [found] = read('Started by user admin', ...checkout('bb', ...FETCHED), 'Finished: SUCCESS').checkouts
    expect(found).toMatchObject({
      credentialId: 'bb',
      repository: { workspace: 'acme', slug: 'app' },
      outcome: 'fetched',
    })
  })

  test('two, of which the second was refused', () => {
    expect(shortly(...checkout('bb', ...FETCHED), ...checkout('bb', ...FAILED))).toEqual([
      ['bb', 'fetched'],
      ['bb', 'failed'],
    ])
  })

  test('a log that ends in the middle leaves the last one open', () => {
    expect(shortly(...checkout('bb'))).toEqual([['bb', 'open']])
  })

  test('timestamps of both forms are left out', () => {
    const lines = [...checkout('bb', ...FETCHED)]
    expect(shortly(...lines.map((line) => `[2026-11-24T03:29:10.000Z] ${line}`))).toEqual([['bb', 'fetched']])
    expect(shortly(...lines.map((line) => `03:29:10  ${line}`))).toEqual([['bb', 'fetched']])
  })

  test('one without a credential, one that Jenkins did not find, and one that does not tell', () => {
    expect(shortly('The recommended git tool is: NONE', 'No credentials specified', ...FETCHED)).toEqual([
      [undefined, 'fetched'],
    ])
    const lost = read('The recommended git tool is: NONE', 'Warning: CredentialId "bb" could not be found.', ...FETCHED)
    expect(lost.notFound).toEqual(['bb'])
    expect(shortly('The recommended git tool is: NONE', 'Cloning the remote Git repository', ...FETCHED)).toEqual([
      [undefined, 'fetched'],
    ])
  })

  test('steps that run at the same time are told', () => {
    expect(read('[Pipeline] parallel', ...checkout('bb', ...FETCHED)).isParallel).toBe(true)
    expect(read('parallel lines meet', ...checkout('bb', ...FETCHED)).isParallel).toBe(false)
  })
})

describe('REST, as Branch Source tells of it', () => {
  const body =
    '{"type": "error", "error": {"message": "Token is invalid, expired, or not supported for this endpoint."}}'
  const NEWER = [
    'com.cloudbees.jenkins.plugins.bitbucket.api.BitbucketRequestException: HTTP request error.',
    'Status: Unauthorized HTTP 401',
    `Response: ${body}`,
  ]

  test('the script was read over it', () => {
    expect(read(`Obtained Jenkinsfile from ${HASH}`, ...checkout('bb', ...FETCHED)).readsScript).toBe(true)
    expect(read('Obtained Jenkinsfile from git https://bitbucket.org/acme/app.git').readsScript).toBe(false)
  })

  test('a refusal is read with what Bitbucket said, in the words of both versions', () => {
    expect(read(...NEWER).refusal).toMatchObject({ kind: 'no', reason: 'token invalid or expired' })
    const older = ['…BitbucketRequestException: HTTP request error. Status: 401: Unauthorized.', body]
    expect(read(...older).refusal).toMatchObject({ reason: 'token invalid or expired' })
  })

  test('a repository that it may not see, and a credential whose form it does not take', () => {
    const missing =
      'java.io.FileNotFoundException: Resource https://api.bitbucket.org/2.0/repositories/acme/app not found: {"error": {"message": "You may not have access to this repository or it no longer exists in this workspace."}}'
    expect(read(missing).refusal).toMatchObject({ kind: 'no', reason: 'no access' })
    const unknown =
      'java.lang.IllegalStateException: No credentialsId bb found for project branches and server https://bitbucket.org'
    expect(read(...checkout('bb'), unknown).refusal).toMatchObject({ reason: 'username is not the e-mail' })
  })

  test('what is refused after the checkout, or is printed by a step, is no refusal of it', () => {
    expect(read(`Obtained Jenkinsfile from ${HASH}`, ...checkout('bb', ...FETCHED), ...NEWER).refusal).toBeUndefined()
    expect(read('+ curl -i https://example.org', 'Status: 401').refusal).toBeUndefined()
  })
})
