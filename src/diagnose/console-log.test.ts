import { describe, expect, test } from 'vitest'
import { cleanedLine } from './console-line.ts'
import { consoleLogReader, readConsoleLog } from './console-log.ts'

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
  {
    line: "fatal: konnte nicht auf 'https://bitbucket.org/acme/app.git/' zugreifen: The requested URL returned error: 410",
    gives: ['L7'],
  },
  { line: 'remote: Your credentials lack one or more required privilege scopes.', gives: ['A21', 'L8'] },
  {
    line: "stderr: fatal: unable to access 'https://bitbucket.org/acme/app.git/': The requested URL returned error: 403",
    gives: ['L8'],
  },
  {
    line: 'error: The requested URL returned error: 403 Forbidden while accessing https://bitbucket.org/acme/app.git/info/refs',
    gives: ['L8'],
  },
  {
    line: 'remote: You may not have access to this repository or it no longer exists in this workspace.',
    gives: ['L9'],
  },
  {
    line: "stderr: fatal: Authentication failed for 'https://bitbucket.org/acme/app.git/'",
    gives: ['L10'],
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
  { line: 'error: RPC failed; HTTP 429 curl 22 The requested URL returned error: 429', gives: ['L21'] },
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
    {
      id: 'L6',
      line: '> git fetch -- https://bob@bitbucket.org/a/b.git  x <e-mail>',
      captured: 'bob',
      number: 1,
      userinfo: 'name and secret',
    },
  ])
})

test('steps of a pipeline are not lines of git', () => {
  expect(cleanedLine('[Pipeline] checkout', 1)).toBeUndefined()
  expect(readConsoleLog('[Pipeline] checkout\r\nNo credentials specified\r\n').findings).toEqual([
    { id: 'L2', line: 'No credentials specified', number: 2 },
  ])
})

const ids = (text: string | Uint8Array): readonly string[] => readConsoleLog(text).findings.map(({ id }) => id)
const lines = (...each: readonly string[]): string => each.join('\n')

const CHECKOUT = [
  'The recommended git tool is: NONE',
  'using credential bb',
  'Cloning the remote Git repository',
  'Cloning repository https://bitbucket.org/acme/app.git',
  'Fetching upstream changes from https://bitbucket.org/acme/app.git',
  'using GIT_ASKPASS to set credentials main',
  ' > git fetch --tags --force --progress -- https://bitbucket.org/acme/app.git +refs/heads/*:refs/remotes/origin/* # timeout=10',
]

describe('what is no fault of what failed', () => {
  test('a build that succeeded has no fault, whatever it says on its way', () => {
    expect(ids(lines('No credentials specified', 'Checking out Revision 1a2b3c (main)', 'Finished: SUCCESS'))).toEqual(
      [],
    )
  })

  test('a checkout that went well says nothing of the step that failed after it', () => {
    const log = lines(
      'Warning: CredentialId "bb" could not be found.',
      ' > git fetch -- https://bob@bitbucket.org/acme/open.git',
      'Checking out Revision 1a2b3c (main)',
      'ERROR: script returned exit code 1',
      'Finished: FAILURE',
    )
    expect(ids(log)).toEqual([])
  })

  test('a checkout that went well before one that did not', () => {
    const log = lines(
      ...['No credentials specified', 'Cloning repository https://bitbucket.org/acme/open.git'],
      ...['Checking out Revision 1a2b3c (main)', ...CHECKOUT],
      "stderr: fatal: Authentication failed for 'https://bitbucket.org/acme/app.git/'",
      'Finished: FAILURE',
    )
    expect(ids(log)).toEqual(['L10'])
  })

  test.each([
    "fatal: unable to access 'https://github.com/acme/app.git/': The requested URL returned error: 403",
    "fatal: Authentication failed for 'https://bitbucket.example.com/scm/acme/app.git/'",
    "fatal: unable to access 'https://git.example.com/a.git/': Could not resolve host: git.example.com",
    'deploy@production.example.com: Permission denied (publickey).',
    'ssh: connect to host production.example.com port 22: Connection timed out',
    'Connecting to https://bitbucket.example.com with no credentials, anonymous access',
  ])('another host: %s', (line) => {
    expect(ids(line)).toEqual([])
  })

  test('lines of a checkout from another host, although they name no host themselves', () => {
    const log = lines(
      'Warning: CredentialId "gh" could not be found.',
      ' > git fetch -- https://github.com/acme/app.git',
      'ERROR: Error fetching remote repo',
      'remote: You may not have access to this repository or it no longer exists',
    )
    expect(ids(log)).toEqual([])
  })

  test('a network fault that a step of the build reports, without naming Bitbucket', () => {
    expect(ids(lines(...CHECKOUT, 'Checking out Revision 1a2b3c', 'npm ERR! Connection timed out'))).toEqual([])
  })
})

describe('a status is evidence where git names it, and curl says the same of any host', () => {
  const CHECKED_OUT = [...CHECKOUT, ' > git checkout -f b63f1c2 # timeout=10', '+ ./deploy.sh']

  test.each([403, 410, 429])('curl: (22) with %i, alone and in a step after a checkout that went well', (status) => {
    const curl = `curl: (22) The requested URL returned error: ${status}`
    expect(ids(curl)).toEqual([])
    expect(ids(lines(...CHECKED_OUT, curl, 'Finished: FAILURE'))).toEqual([])
    expect(ids(lines("fatal: unable to access 'https://bitbucket.org/acme/app.git/':", curl))).toEqual([])
  })

  test.each([
    { status: 403, gives: ['L8'] },
    { status: 410, gives: ['L7'] },
    { status: 429, gives: ['L21'] },
  ])('git in a step, with $status', ({ status, gives }) => {
    const git = `fatal: unable to access 'https://bitbucket.org/acme/app.git/': The requested URL returned error: ${status}`
    expect(ids(lines(...CHECKED_OUT, git, 'Finished: FAILURE'))).toEqual(gives)
    expect(ids(lines(...CHECKED_OUT, git.replace('bitbucket.org', 'github.com'), 'Finished: FAILURE'))).toEqual([])
  })

  test('a later request of git names no host: it counts in a checkout, and not in a step after it', () => {
    const git = 'error: RPC failed; HTTP 403 curl 22 The requested URL returned error: 403'
    expect(ids(lines(...CHECKOUT, git, 'Finished: FAILURE'))).toEqual(['L8'])
    expect(ids(lines(...CHECKED_OUT, git, 'Finished: FAILURE'))).toEqual([])
  })

  const BROKEN = [
    ["fatal: unable to access 'https://bitbucket.org/acme/app.git/':", 'The requested URL returned error: 403'],
    ["fatal: unable to access 'https://bitbucket.org/acme/app.git/': The requested URL", 'returned error: 403'],
    ["fatal: unable to access 'https://bitbucket.org/acme/a", "pp.git/': The requested URL returned error: 403"],
    ["fatal: unable to access 'https://bitbucket.org/acme/app.git/': The requested URL retur", 'ned error: 403'],
  ] as const

  test.each(BROKEN)('a line that a terminal broke: %s | %s', (first, second) => {
    const stamp = '[2026-11-23T09:00:00.123Z] '
    expect(readConsoleLog(lines(first, second)).findings).toMatchObject([{ id: 'L8', number: 2 }])
    expect(ids(lines(stamp + first, stamp + second))).toEqual(['L8'])
    expect(ids(lines(first.replace('bitbucket.org', 'github.com'), second))).toEqual([])
  })
})

test('a whole line of git is no beginning of the next one, whatever number ends that', () => {
  const whole = "fatal: unable to access 'https://bitbucket.org/acme/app.git/': The requested URL returned error: 403"
  const reading = readConsoleLog(
    lines(...CHECKOUT, whole, 'The recommended git tool is: NONE', whole, 'using credential 100'),
  )
  expect(reading).toMatchObject({ credentialId: '100', findings: [{ id: 'L8', number: 8 }] })
})

describe('what a file of a log can be', () => {
  const LOG = lines(...CHECKOUT, "stderr: fatal: Authentication failed for 'https://bitbucket.org/acme/app.git/'")

  test('its line, its place and what it is about are kept', () => {
    expect(readConsoleLog(`${LOG}\nFinished: FAILURE\n`)).toEqual({
      findings: [
        { id: 'L10', line: "fatal: Authentication failed for 'https://bitbucket.org/acme/app.git/'", number: 8 },
      ],
      origin: 'build',
      result: 'FAILURE',
      url: 'https://bitbucket.org/acme/app.git',
      credentialId: 'bb',
    })
  })

  test('line ends of Windows, UTF-16 of PowerShell, and progress drawn with carriage returns do not move a line', () => {
    const told = readConsoleLog(LOG)
    expect(readConsoleLog(LOG.replaceAll('\n', '\r\n'))).toEqual(told)
    expect(readConsoleLog(Buffer.from(`\uFEFF${LOG}`, 'utf16le'))).toEqual(told)
    expect(readConsoleLog(`\uFEFF${LOG}`)).toEqual(told)
    const drawn = `Receiving objects:   1%\rReceiving objects: ${' '.repeat(40_000)}\r${LOG}`
    expect(readConsoleLog(drawn).findings).toEqual(told.findings)
  })

  test('a line that is cut by two pieces of the file is one line', () => {
    const bytes = Buffer.from(LOG)
    for (const size of [1, 7, 64]) {
      const reader = consoleLogReader()
      for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size))
      expect(reader.end()).toEqual(readConsoleLog(LOG))
    }
  })

  test('masked names stay masked, and count', () => {
    const [line] = readConsoleLog(
      lines(
        ' > git fetch -- https://****@bitbucket.org/acme/app.git',
        "fatal: Authentication failed for 'https://bitbucket.org/acme/app.git/'",
      ),
    ).findings
    expect(line).toMatchObject({ id: 'L6', captured: '****', userinfo: 'name' })
  })

  test('an e-mail with its own @ before the host is the username', () => {
    const { findings } = readConsoleLog(' > git fetch -- https://ci%40example.com@bitbucket.org/acme/app.git')
    expect(findings).toMatchObject([{ id: 'L6', captured: '<e-mail>' }])
  })

  test('rubbish, and nothing', () => {
    const rubbish = Uint8Array.from({ length: 200_000 }, (_, index) => (index * 7919) % 256)
    expect(readConsoleLog(rubbish).findings).toEqual([])
    expect(readConsoleLog('')).toEqual({ findings: [] })
  })

  test('a line without an end is read up to a bound, and what comes after it is read too', () => {
    const reader = consoleLogReader()
    const piece = Buffer.alloc(1024 * 1024, 'x')
    for (let megabyte = 0; megabyte < 24; megabyte++) reader.push(piece)
    reader.push(Buffer.from(`\n${LOG}`))
    expect(reader.end().findings).toMatchObject([{ id: 'L10', number: 9 }])
  })
})

describe('what a scan that ends well can still show', () => {
  const SCAN = [
    'Starting organization scan...',
    'Connecting to https://bitbucket.org using ci@example.com/****** (main)',
  ]

  test('a workspace that was taken for a user', () => {
    const log = lines(...SCAN, 'Looking up repositories of user acme', 'Finished: SUCCESS')
    expect(readConsoleLog(log)).toMatchObject({
      origin: 'scan',
      findings: [{ id: 'L19', captured: 'acme', number: 3 }],
    })
  })

  test('a workspace that was read', () => {
    expect(ids(lines(...SCAN, 'Looking up repositories of team acme', 'Finished: SUCCESS'))).toEqual([])
  })

  test('the answer of REST below an exception is read', () => {
    const log = lines(
      ...SCAN,
      'com.cloudbees.jenkins.plugins.bitbucket.api.BitbucketRequestException: HTTP request error.',
      'Status: Unauthorized HTTP 401',
      'Response: {"type": "error", "error": {"message": "API Token provided has no Bitbucket scopes"}}',
      'ERROR: [Tue Nov 24] Could not fetch sources from navigator com.cloudbees.jenkins.plugins.bitbucket.BitbucketSCMNavigator',
      'Finished: FAILURE',
    )
    expect(ids(log)).toEqual(['A4', 'L16', 'L22'])
  })
})
