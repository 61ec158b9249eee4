import { expect, test } from 'vitest'
import { cleanedLines, readConsoleLog } from './console-log.ts'

const NOTE = '\u001b[8mha:////4AbCdEf==\u001b[0m'

const CASES: readonly { readonly line: string; readonly gives: readonly string[]; readonly captured?: string }[] = [
  { line: 'Warning: CredentialId "bb-typo" could not be found.', gives: ['L1'], captured: 'bb-typo' },
  { line: 'No credentials specified', gives: ['L2'] },
  { line: 'using credential bb', gives: ['L3'], captured: 'bb' },
  { line: 'using credential bb\nusing GIT_ASKPASS to set credentials main token', gives: [] },
  {
    line: 'using GIT_ASKPASS to set credentials User API token for ci@example.com',
    gives: ['L4'],
    captured: '<e-mail>',
  },
  {
    line: 'using GIT_ASKPASS to set credentials HTTP Access Token for acme',
    gives: ['L5'],
    captured: 'HTTP Access Token',
  },
  {
    line: ' > git fetch --tags --force --progress -- https://alice@bitbucket.org/acme/app.git +refs/heads/*:refs/remotes/origin/* # timeout=10',
    gives: ['L6'],
    captured: 'alice',
  },
  { line: 'remote: CHANGE-3222 - Functionality has been deprecated', gives: ['L7'] },
  {
    line: "fatal: unable to access 'https://bitbucket.org/acme/app.git/': The requested URL returned error: 410",
    gives: ['L7'],
  },
  { line: 'remote: Your credentials lack one or more required privilege scopes.', gives: ['L8'] },
  {
    line: 'remote: You may not have access to this repository or it no longer exists in this workspace.',
    gives: ['L9'],
  },
  {
    line: "stderr: fatal: Authentication failed for 'https://bitbucket.org/acme/app.git/'",
    gives: ['L10'],
    captured: 'https',
  },
  {
    line: "fatal: could not read Username for 'https://bitbucket.org': terminal prompts disabled",
    gives: ['L11'],
    captured: 'Username',
  },
  { line: "fatal: repository 'https://bitbucket.org/acme/nope.git/' not found", gives: ['L12'] },
  { line: "fatal: unable to access 'https://bitbucket.org/': Could not resolve host: bitbucket.org", gives: ['L13'] },
  {
    line: 'org.eclipse.jgit.errors.TransportException: https://bitbucket.org/acme/app.git: not authorized',
    gives: ['L14'],
  },
  { line: 'git@bitbucket.org: Permission denied (publickey).', gives: ['L15'] },
  { line: 'BitbucketRequestException: HTTP request error. Status: Unauthorized HTTP 401', gives: ['L16'] },
  {
    line: 'java.lang.IllegalStateException: No credentialsId bb found for project team/app',
    gives: ['L17'],
    captured: 'bb',
  },
  { line: 'Connecting to https://bitbucket.org with no credentials, anonymous access', gives: ['L18'] },
  { line: 'Looking up repositories of user acme', gives: ['L19'], captured: 'acme' },
  { line: "ERROR: Could not find credentials entry with ID 'bb'", gives: ['L20'], captured: 'bb' },
  { line: 'remote: Rate limit for this resource has been exceeded', gives: ['L21'] },
  { line: 'ERROR: [Mon Nov 23] Could not fetch branches from source 5c', gives: ['L22'] },
  { line: 'Finished: SUCCESS', gives: [] },
]

test.each(CASES)('$line', ({ line, gives, captured }) => {
  const { findings } = readConsoleLog(line)
  expect(findings.map(({ id }) => id)).toEqual(gives)
  expect(findings[0]?.captured).toBe(captured)
})

test('a line is recognised behind a console note, colours and either timestamp', () => {
  for (const prefix of [NOTE, '\u001b[31m', '[2026-11-23T09:00:00.123Z] ', '09:00:00  ']) {
    expect(readConsoleLog(`${prefix}No credentials specified`).findings.map(({ id }) => id)).toEqual(['L2'])
    expect(
      readConsoleLog(`${prefix} > git fetch -- https://bob@bitbucket.org/a/b.git`).findings.map(({ id }) => id),
    ).toEqual(['L6'])
  }
})

test('the order of trust puts a 410 before the id and the id before the 401', () => {
  const log = [
    "fatal: Authentication failed for 'https://bitbucket.org/acme/app.git/'",
    'Warning: CredentialId "bb" could not be found.',
    'remote: CHANGE-3222 - Functionality has been deprecated',
  ].join('\n')
  expect(readConsoleLog(log).findings.map(({ id }) => id)).toEqual(['L7', 'L1', 'L10'])
})

test('a secret in a URL, an e-mail and control characters do not survive', () => {
  const secret = ['hunter', '2hunter2'].join('')
  const { findings } = readConsoleLog(
    ` > git fetch -- https://bob:${secret}@bitbucket.org/a/b.git \u0007x bob@example.com`,
  )
  expect(findings).toEqual([
    { id: 'L6', line: '> git fetch -- https://bob@bitbucket.org/a/b.git  x <e-mail>', captured: 'bob' },
  ])
})

test('steps of a pipeline are not lines of git', () => {
  expect(cleanedLines('[Pipeline] checkout\r\nNo credentials specified\n')).toEqual(['No credentials specified', ''])
})
