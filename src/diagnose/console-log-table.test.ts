import { describe, expect, test } from 'vitest'
import { readConsoleLog } from './console-log.ts'
import { LOG_TABLE } from './console-log-table.ts'
import { decide } from './decision-table.ts'
import type { Facts } from './facts.ts'
import { REPORTED_ROWS } from './reported-rows.ts'

function factsOf(given: Partial<Facts>): Facts {
  return { use: 'git-fetch', answers: {}, ...given }
}

const decided = (...lines: readonly string[]) => decide(factsOf({ log: readConsoleLog(lines.join('\n')) }))

describe.each(LOG_TABLE.map((rule) => ({ rule, id: rule.id })))('$id', ({ rule }) => {
  test.each(rule.examples)('$when: $gives', ({ given, gives }) => {
    expect(rule.decide(factsOf(given))?.code ?? 'pass').toBe(gives)
  })

  test('has a source, and examples for both sides', () => {
    expect(rule.source).not.toBe('')
    expect(rule.examples.map(({ gives }) => gives === 'pass')).toEqual(expect.arrayContaining([true, false]))
  })
})

const AUTHENTICATION = "stderr: fatal: Authentication failed for 'https://bitbucket.org/acme/app.git/'"
const FETCH = ' > git fetch --tags -- https://bitbucket.org/acme/app.git +refs/heads/*:refs/remotes/origin/*'

/** One line, or the fewest, of each row: what a person pastes. */
const PASTED: readonly { readonly row: string; readonly lines: readonly string[] }[] = [
  { row: 'L1', lines: ['Warning: CredentialId "bb-typo" could not be found.'] },
  { row: 'L2', lines: ['No credentials specified', AUTHENTICATION] },
  { row: 'L3', lines: ['using credential bb', FETCH] },
  { row: 'L4', lines: ['using GIT_ASKPASS to set credentials User API token for bb', FETCH, AUTHENTICATION] },
  { row: 'L5', lines: ['using GIT_ASKPASS to set credentials OAuth2 token for bb', FETCH, AUTHENTICATION] },
  { row: 'L6', lines: [FETCH.replace('//', '//alice@'), AUTHENTICATION] },
  { row: 'L7', lines: ['remote: CHANGE-3222 - Functionality has been deprecated'] },
  { row: 'L8', lines: ['remote: Your credentials lack one or more required privilege scopes.'] },
  { row: 'L9', lines: ['remote: You may not have access to this repository or it no longer exists', AUTHENTICATION] },
  { row: 'L10', lines: [AUTHENTICATION] },
  { row: 'L11', lines: ["fatal: could not read Username for 'https://bitbucket.org': terminal prompts disabled"] },
  { row: 'L12', lines: ["fatal: repository 'https://bitbucket.org/acme/nope.git/' not found"] },
  { row: 'L13', lines: ["fatal: unable to access 'https://bitbucket.org/': Could not resolve host: bitbucket.org"] },
  {
    row: 'L14',
    lines: ['org.eclipse.jgit.errors.TransportException: https://bitbucket.org/acme/app.git: not authorized'],
  },
  { row: 'L15', lines: ['git@bitbucket.org: Permission denied (publickey).'] },
  {
    row: 'L16',
    lines: [
      'com.cloudbees.jenkins.plugins.bitbucket.api.BitbucketRequestException: HTTP request error.',
      'Status: Unauthorized HTTP 401',
    ],
  },
  {
    row: 'L17',
    lines: [
      'java.lang.IllegalStateException: No credentialsId bb found for project team/app and server https://bitbucket.org',
    ],
  },
  { row: 'L18', lines: ['Connecting to https://bitbucket.org with no credentials, anonymous access'] },
  { row: 'L19', lines: ['Looking up repositories of user acme', 'Finished: SUCCESS'] },
  { row: 'L20', lines: ["ERROR: Could not find credentials entry with ID 'bb'"] },
  { row: 'L21', lines: ['remote: Rate limit for this resource has been exceeded'] },
  { row: 'L22', lines: ['ERROR: [Tue Nov 24] Could not fetch branches from source 5c'] },
]

describe('every row of a log leads to a diagnosis of its own', () => {
  test.each(PASTED)('$row', ({ row, lines }) => {
    const codes = REPORTED_ROWS.find(({ id }) => id === row)?.codes
    const [first] = decided(...lines)
    expect(codes).toContain(first?.code)
    expect(first?.evidence.length).toBeGreaterThan(0)
    expect(first?.evidence[0]?.asked).toMatch(/^console log, line \d+$/)
  })

  test('none is left out', () => {
    const rows = REPORTED_ROWS.map(({ id }) => id).filter((id) => id.startsWith('L'))
    expect(PASTED.map(({ row }) => row)).toEqual(rows)
  })
})

describe('several classes at once', () => {
  const codes = (...lines: readonly string[]) => decided(...lines).map(({ code }) => code)

  test.each([
    {
      when: 'an id that was not found, and the 401 after it',
      lines: ['Warning: CredentialId "bb" could not be found.', FETCH, AUTHENTICATION],
      gives: ['D113'],
    },
    {
      when: 'a username in the URL of a job without a credential',
      lines: ['No credentials specified', FETCH.replace('//', '//bob@'), AUTHENTICATION],
      gives: ['D118'],
    },
    {
      when: 'an id that was not found, and a username in the URL',
      lines: ['Warning: CredentialId "bb" could not be found.', FETCH.replace('//', '//bob@'), AUTHENTICATION],
      gives: ['D113'],
    },
    {
      when: 'a network that fails before everything',
      lines: [
        'Warning: CredentialId "bb" could not be found.',
        "fatal: unable to access 'https://bitbucket.org/': Could not resolve host: bitbucket.org",
      ],
      gives: ['D135', 'D113'],
    },
    {
      when: 'a username in the URL that Bitbucket knows',
      lines: [FETCH.replace('//', '//bob@'), 'remote: Your credentials lack one or more required privilege scopes.'],
      gives: ['D105'],
    },
    {
      when: 'an address that is not allowed, in a 403',
      lines: [
        'remote: To access this repository, an admin must whitelist your IP.',
        "fatal: unable to access 'https://bitbucket.org/acme/app.git/': The requested URL returned error: 403",
      ],
      gives: ['D120'],
    },
    {
      when: 'a repository that is not shown, in a 403',
      lines: [
        'remote: The requested repository either does not exist or you do not have access.',
        "fatal: unable to access 'https://bitbucket.org/acme/app.git/': The requested URL returned error: 403",
      ],
      gives: ['D115'],
    },
    {
      when: 'a job that names a credential, and a 410',
      lines: ['using credential bb', 'using GIT_ASKPASS to set credentials main', FETCH, 'remote: CHANGE-3222'],
      gives: ['D101'],
    },
    {
      when: 'no credential, and a 410: the agent sent its own',
      lines: ['No credentials specified', FETCH, 'remote: CHANGE-3222'],
      gives: ['D101'],
    },
  ])('$when: $gives', ({ lines, gives }) => {
    expect(codes(...lines)).toEqual(gives)
  })
})

test('what the log shows narrows what is left open', () => {
  const causes = (...lines: readonly string[]) => decided(...lines)[0]?.details['causes']
  expect(causes('using GIT_ASKPASS to set credentials User API token for bb', FETCH, AUTHENTICATION)).toEqual([
    ...['D102', 'D103', 'D108', 'D112'],
  ])
  expect(causes(FETCH.replace('//', '//x-bitbucket-api-token-auth@'), AUTHENTICATION)).toEqual([
    ...['D102', 'D103', 'D108', 'D109', 'D112'],
  ])
  expect(causes(AUTHENTICATION)).toEqual([...['D102', 'D103', 'D108', 'D106', 'D107', 'D109', 'D111', 'D112']])
})

const FORBIDDEN = "fatal: unable to access 'https://bitbucket.org/acme/app.git/': The requested URL returned error: 403"

describe('a 403 of git without a text of Bitbucket has several causes', () => {
  const first = (...lines: readonly string[]) => decided(...lines)[0]
  const WORDS = 'look for lines with "remote:" just before the 403: they say which'

  test('that git printed on a terminal, which can be asked there', () => {
    expect(first(FORBIDDEN)).toMatchObject({
      code: 'D190',
      details: { causes: ['D105', 'D115', 'D120', 'D130'] },
      evidence: [{ asked: 'console log, line 1', answered: FORBIDDEN }],
      settledBy: [WORDS, 'ask where it happened: keyturn doctor https://bitbucket.org/acme/app.git'],
    })
  })

  test('of a build, whose controller and whose agent can be asked', () => {
    const stderr = `stderr: ${FORBIDDEN}`
    expect(first('using credential bb', 'using GIT_ASKPASS to set credentials main', FETCH, stderr)).toMatchObject({
      code: 'D190',
      details: { causes: ['D105', 'D115', 'D120', 'D130'] },
      settledBy: [
        WORDS,
        'ask the controller: keyturn doctor --jenkins URL --job JOB --secret-stdin --email ADDRESS',
        'ask on the machine that was refused: keyturn doctor https://bitbucket.org/acme/app.git',
      ],
    })
  })

  test('beside a 401, whose causes are as open', () => {
    expect(first(AUTHENTICATION, FORBIDDEN)?.details['causes']).toEqual([
      ...['D105', 'D115', 'D120', 'D130', 'D102', 'D103', 'D108', 'D106', 'D107', 'D109', 'D111', 'D112'],
    ])
  })

  test.each([
    { words: 'Your credentials lack one or more required privilege scopes.', gives: 'D105' },
    { words: 'The requested repository either does not exist or you do not have access.', gives: 'D115' },
    { words: 'To access this repository, an admin must whitelist your IP.', gives: 'D120' },
    { words: 'To access this repository, enable two-step authentication.', gives: 'D120' },
    { words: 'Too many failed authentication attempts.', gives: 'D130' },
  ])('and with "$words" only one: $gives', ({ words, gives }) => {
    expect(decided(`remote: ${words}`, FORBIDDEN).map(({ code }) => code)).toEqual([gives])
  })
})

describe('what is printed after a 410 of a build', () => {
  const ENDED = FORBIDDEN.replace('403', '410')
  const first = (...lines: readonly string[]) => decided(...lines)[0]

  test('commands stand alone, behind the sentence that they belong to', () => {
    const diagnosis = first('using credential bb', 'using GIT_ASKPASS to set credentials main', FETCH, ENDED)
    expect(diagnosis?.code).toBe('D101')
    expect(diagnosis?.repairs.slice(1)).toEqual([
      {
        text: 'Store it in the Jenkins credential "bb" (Credentials, Update), with the username x-bitbucket-api-token-auth.',
        commands: [],
      },
      {
        text: 'Or let keyturn do that, which reads the token from a hidden prompt.',
        commands: [
          'keyturn token add NAME --email E-MAIL',
          'keyturn plan --jenkins URL --job JOB --token NAME -o plan.json',
          'keyturn apply plan.json --jenkins URL',
        ],
      },
    ])
  })

  test('the two that it can be are named, and without a credential of the job there is one', () => {
    const ofAgent =
      'what the account that runs the build keeps: keyturn doctor --jenkins URL --job JOB --as-home FOLDER'
    expect(first('using credential bb', FETCH, ENDED)?.settledBy).toEqual([
      'whether it is the credential "bb" of the job or one that the agent keeps: keyturn doctor --jenkins URL --job JOB',
      ofAgent,
    ])
    expect(first('No credentials specified', FETCH, ENDED)?.settledBy).toEqual([ofAgent])
  })

  test('no sentence of a repair holds a command, whatever the rule', () => {
    const sentences = LOG_TABLE.flatMap((rule) =>
      rule.examples.flatMap(({ given }) => rule.decide(factsOf(given))?.repairs.map(({ text }) => text) ?? []),
    )
    expect(sentences.filter((text) => /\bkeyturn (?:doctor|plan|apply|token|scan)\b/.test(text))).toEqual([])
  })
})

test('a curl of the build after a checkout that went well is no fault of the credential', () => {
  const checkout = ['The recommended git tool is: NONE', 'using credential ci', FETCH, ' > git checkout -f b63f']
  for (const status of [403, 410]) {
    const curl = `curl: (22) The requested URL returned error: ${status}`
    for (const lines of [[...checkout, '+ ./deploy.sh', curl, 'Finished: FAILURE'], [curl]])
      expect(decided(...lines).map(({ code }) => code)).toEqual(['D191'])
  }
})

test('a log in which nothing known occurs says so, and is never right', () => {
  for (const lines of [['Finished: SUCCESS'], ['hello'], ['BUILD FAILED', 'Finished: FAILURE'], []]) {
    const diagnoses = decided(...lines)
    expect(diagnoses.map(({ code }) => code)).toEqual(['D191'])
    expect(diagnoses[0]?.settledBy?.length).toBeGreaterThan(0)
  }
})
