import { expect, test } from 'vitest'
import type { Diagnosis } from '../../model/diagnosis.ts'
import type { JenkinsFindings } from '../../model/jenkins-findings.ts'
import { VERSION } from '../../model/version.ts'
import { type Reported, type ReportOptions, reportText } from './report.ts'

const READ = 'read:repository:bitbucket'
const WRITE = 'write:repository:bitbucket'

const REFUSED = {
  asked: 'GET https://bitbucket.org/acme/app.git/info/refs?service=git-upload-pack as alice with #0123456789ab',
  answered: '403 Your credentials lack one or more required privilege scopes.',
}

const LACKS_SCOPE: Diagnosis = {
  code: 'D105',
  rule: 'scope-missing',
  details: { use: 'git-fetch', missing: [READ] },
  evidence: [REFUSED],
  repairs: [],
  missing: [READ],
}

const BRANCH_SOURCE = 'cloudbees-bitbucket-branch-source'

const FINDINGS: JenkinsFindings = {
  controller: 'https://ci.corp.example:8443/jenkins',
  version: '2.568.2',
  item: 'team/app',
  url: 'https://bitbucket.org/acme/app.git',
  urlHasSecret: false,
  credentialId: 'bb',
  resolution: { kind: 'found', store: 'system', typeName: 'Username with password', username: 'alice', shadows: [] },
  lastBuild: { number: 7, result: 'FAILURE', text: '' },
  plugins: { git: '5.10.1' },
  gaps: ['plugin versions: 403'],
}

const RESULT: Reported = {
  subject: {
    words: 'Jenkins job team/app',
    use: 'git-fetch',
    kind: 'api-token',
    username: 'alice',
    repository: { workspace: 'acme', slug: 'app' },
  },
  diagnoses: [LACKS_SCOPE],
  answers: {
    'git-configured': { kind: 'no', reason: 'scope missing', missing: [READ], granted: [WRITE], evidence: REFUSED },
  },
  chain: {
    sources: [
      {
        kind: 'netrc',
        where: '/home/alice/.netrc:3',
        username: 'alice',
        standing: 'sent first',
        why: 'libcurl reads netrc',
      },
    ],
  },
  findings: FINDINGS,
}

const report = (result: Reported, options: Partial<ReportOptions> = {}): string =>
  reportText(result, { anonymous: false, git: 'git version 2.39.5', ...options })

test('answers what a person who helps asks first, then shows what was seen', () => {
  expect(report(RESULT).split('\n').slice(1)).toEqual([
    '',
    `- keyturn ${VERSION}, Node ${process.versions.node}, ${process.platform} ${process.arch}`,
    '- git version 2.39.5',
    '- Jenkins 2.568.2, git 5.10.1',
    '',
    '## What is asked first',
    '',
    '| question | answer |',
    '|---|---|',
    '| What was examined? | Jenkins job team/app |',
    '| Which URL? | https://bitbucket.org/acme/app.git |',
    '| What for? | git fetch |',
    '| Which kind of secret? | API token |',
    '| With scopes, and for which app? | with scopes, for Bitbucket |',
    `| Which scopes? | \`${WRITE}\` |`,
    `| Which are missing? | \`${READ}\` |`,
    '| Which username? | `alice` |',
    '',
    '## D105 A scope is missing',
    '',
    `For fetching with git the token lacks ${READ}.`,
    '',
    `- ${REFUSED.asked}: ${REFUSED.answered}`,
    '',
    '## What Bitbucket answered',
    '',
    '| asked | answered | request | reply |',
    '|---|---|---|---|',
    `| Git, as given | refused: scope missing | ${REFUSED.asked} | ${REFUSED.answered} |`,
    '',
    '## Where git looks',
    '',
    '| standing | source | username | why |',
    '|---|---|---|---|',
    '| sent first | netrc, /home/alice/.netrc:3 | alice | libcurl reads netrc |',
    '',
    '## What Jenkins tells',
    '',
    '| about | told |',
    '|---|---|',
    '| controller | https://ci.corp.example:8443/jenkins |',
    '| job | team/app |',
    '| URL of the job | https://bitbucket.org/acme/app.git |',
    '| username in that URL | none |',
    '| credential id | bb |',
    '| the id means | Username with password of the store system |',
    '| last build | 7, FAILURE |',
    '| could not be read | plugin versions: 403 |',
    '',
  ])
})

test('--anonymous leaves the services and the fixed usernames, and no name of a host, a person, a workspace or a job', () => {
  const text = report(RESULT, { anonymous: true })
  expect(text).not.toMatch(/acme|alice|corp|team|\bci\b|8443|\bbb\b/)
  expect(text).toContain(
    'GET https://bitbucket.org/WORKSPACE/REPOSITORY.git/info/refs?service=git-upload-pack as USERNAME',
  )
  expect(text).toContain('| controller | https://host-1/jenkins |')
  expect(text).toContain('| sent first | netrc, .../.netrc:3 | USERNAME | libcurl reads netrc |')
  expect(text).toContain('| What was examined? | Jenkins job JOB |')
})

test.each([
  ['https://ci.example.org/job/x and https://ci.example.org', 'https://host-1/job/JOB and https://host-1'],
  ['https://api.bitbucket.org/2.0/user', 'https://api.bitbucket.org/2.0/user'],
  ['https://initech.atlassian.net', 'https://SITE.atlassian.net'],
  ['Could not resolve host: git.corp.example', 'Could not resolve host: host-1'],
  ['10.1.2.3:8080 refused', 'host-1 refused'],
  ['C:\\Users\\peter\\_netrc', '.../_netrc'],
  ['Could not resolve proxy: gitproxy', 'Could not resolve proxy: host-1'],
  ['Failed to connect to gitproxy port 3128', 'Failed to connect to host-1 port 3128'],
  ['Connect to px:3128 [px/10.0.0.1] failed', 'Connect to host-1:3128 [host-1/host-2] failed'],
  ['UnknownHostException: gitlab', 'UnknownHostException: host-1'],
  ['2001:db8::1 at 10:20:30', 'host-1 at 10:20:30'],
  [
    'org.eclipse.jgit.errors.TransportException of remote.origin.url',
    'org.eclipse.jgit.errors.TransportException of remote.origin.url',
  ],
  ['git@bitbucket.org:ws/slug.git', 'git@bitbucket.org:WORKSPACE/REPOSITORY.git'],
  ['http.https://peter@bitbucket.org/ws/.extraheader', 'http.https://USERNAME@bitbucket.org/WORKSPACE/.extraheader'],
  ['https://api.bitbucket.org/2.0/workspaces/ws?q=name', 'https://api.bitbucket.org/2.0/workspaces/WORKSPACE?q=...'],
  [
    'https://api.bitbucket.org/2.0/repositories/ws/slug/src/dev',
    'https://api.bitbucket.org/2.0/repositories/WORKSPACE/REPOSITORY/src/...',
  ],
  ['GET /2.0/repositories/ws', 'GET /2.0/repositories/WORKSPACE'],
  ['https://git.example.org/ws/slug.git', 'https://host-1/...'],
  ['https://bitbucket.org/account/settings/ssh-keys/', 'https://bitbucket.org/account/settings/ssh-keys/'],
  ['https://id.atlassian.com/manage-profile/security', 'https://id.atlassian.com/manage-profile/security'],
  ['Could not fetch branches from source peter source', 'Could not fetch branches from source SOURCE'],
  ['using credential peter key', 'using credential CREDENTIAL'],
  ['+refs/heads/peter:refs/remotes/origin/peter', '+refs/heads/BRANCH:refs/remotes/origin/BRANCH'],
  ['its domain "corp" leaves out bitbucket.org', 'its domain "DOMAIN" leaves out bitbucket.org'],
  ['What does /tmp/x/Bob Smith/jörg/.git-credentials:1 hold', 'What does .../.git-credentials:1 hold'],
  ['/home/a/.netrc and /home/b/.netrc', '.../.netrc and .../.netrc'],
  [
    'credential helper "/opt/Bob (old)/x" (/home/Bob Smith/.gitconfig:3)',
    'credential helper ".../x" (.../.gitconfig:3)',
  ],
])('--anonymous turns %s into %s', (given, shown) => {
  const { findings: _, ...machine } = RESULT
  const result = { ...machine, diagnoses: [{ ...LACKS_SCOPE, evidence: [{ asked: given, answered: 'x' }] }] }
  expect(report(result, { anonymous: true })).toContain(`- ${shown}: x\n`)
})

const LOG_ALONE: Reported = {
  subject: { words: 'the log given here', use: 'git-fetch' },
  answers: {},
  diagnoses: [
    {
      ...LACKS_SCOPE,
      code: 'D115',
      details: { repository: 'secretws/hush' },
      evidence: [
        {
          asked: 'console log, line 2',
          answered: "fatal: repository 'https://bitbucket.org/secretws/hush.git/' not found",
        },
        { asked: 'console log, line 3', answered: 'ERROR: secretws has no hush for Smith' },
      ],
      settledBy: ['ask where it happened: keyturn doctor https://bitbucket.org/secretws/hush.git'],
    },
  ],
  log: { findings: [{ id: 'L4', captured: 'smith' }] },
}

test('--anonymous takes the names of a log from the log itself', () => {
  const text = report(LOG_ALONE, { anonymous: true })
  expect(text.slice(text.indexOf('## D115'))).toBe(
    [
      '## D115 The owner of the token has no access',
      '',
      'Bitbucket knows the token, and does not show it WORKSPACE/REPOSITORY.',
      '',
      "- console log, line 2: fatal: repository 'https://bitbucket.org/WORKSPACE/REPOSITORY.git/' not found",
      '- console log, line 3: ERROR: WORKSPACE has no REPOSITORY for USERNAME',
      '- would settle it: ask where it happened: keyturn doctor https://bitbucket.org/WORKSPACE/REPOSITORY.git',
      '',
    ].join('\n'),
  )
})

const NAMED_BITBUCKET: Reported = {
  ...RESULT,
  subject: { ...RESULT.subject, username: 'bitbucket', repository: { workspace: 'bitbucket', slug: 'git' } },
  diagnoses: [
    { ...LACKS_SCOPE, code: 'D133', details: { tool: BRANCH_SOURCE, version: '936.0.0', floor: '937.0.0' } },
    {
      ...LACKS_SCOPE,
      code: 'D113',
      details: { id: 'bitbucket', known: ['system: bitbucket', 'system: spare', 'folder team: bb'] },
      evidence: [
        { asked: `Which version of ${BRANCH_SOURCE} is installed?`, answered: '936.0.0' },
        {
          asked: 'GET https://bitbucket.org/bitbucket/git.git/info/refs as bitbucket with #0123456789ab',
          answered: '403',
        },
        { asked: 'Which credential does team/app use?', answered: '"bitbucket" of folder team' },
      ],
    },
  ],
  findings: { ...FINDINGS, credentialId: 'bitbucket', plugins: { git: '5.10.1', [BRANCH_SOURCE]: '936.0.0' } },
}

test('--anonymous leaves the names of services and plugins, whatever a workspace and a credential are called', () => {
  const text = report(NAMED_BITBUCKET, { anonymous: true })
  expect(text).toContain(`git 5.10.1, ${BRANCH_SOURCE} 936.0.0\n`)
  expect(text).toContain(`${BRANCH_SOURCE} 936.0.0 is installed; API tokens need 937.0.0.`)
  expect(text).toContain(`- Which version of ${BRANCH_SOURCE} is installed?: 936.0.0`)
  expect(text).toContain(
    '- GET https://bitbucket.org/WORKSPACE/REPOSITORY.git/info/refs as USERNAME with #0123456789ab: 403',
  )
  expect(text).toContain(`| Which scopes? | \`${WRITE}\` |`)
  expect(text).toContain('| credential id | CREDENTIAL |')
})

test('--anonymous counts the ids that a controller shows', () => {
  const text = report(NAMED_BITBUCKET, { anonymous: true })
  expect(text).toContain(
    'No credential with the id "CREDENTIAL" is visible to the job; it sees 2 ids in system, 1 id in folder FOLDER.',
  )
  expect(text).toContain('- Which credential does JOB use?: "CREDENTIAL" of folder FOLDER')
  expect(text).not.toMatch(/spare|\bbb\b|team/)
})

test('--anonymous leaves of a file its name, whatever its folders are called', () => {
  const where = '/tmp/x/Smith, Bob (old)/jörg/.git-credentials:1'
  const source = { kind: 'helper', where, standing: 'sent first', why: 'the helper answers' }
  const text = report(
    {
      ...RESULT,
      diagnoses: [
        {
          ...LACKS_SCOPE,
          code: 'D111',
          details: { where, behind: 'Jenkins credential "bb"' },
          evidence: [{ asked: 'What does git send first?', answered: `helper, ${where}` }],
        },
      ],
      chain: { sources: [source] },
    },
    { anonymous: true },
  )
  expect(text).toContain('| sent first | helper, .../.git-credentials:1 |')
  expect(text).toContain('\n.../.git-credentials:1 answers before Jenkins credential "CREDENTIAL" is asked.')
  expect(text).toContain('- What does git send first?: helper, .../.git-credentials:1\n')
})

test('--anonymous leaves out jobs and logins that the gaps name', () => {
  const at = 'https://ci.corp.example:8443/jenkins'
  const gaps = [
    `${at}/job/team/job/app: HTTP 403: the user "bob" does not have hudson.model.Item.Read`,
    `${at}: not examined, but naming it too: x/y, z and 3 more`,
    `${at}: the credentials of folder team are not shown`,
  ]
  const text = report({ ...RESULT, findings: { ...FINDINGS, gaps } }, { anonymous: true })
  expect(text).toContain(
    '| https://host-1/jenkins/job/JOB/job/JOB: HTTP 403: the user "USERNAME" does not have hudson.model.Item.Read |',
  )
  expect(text).toContain('| https://host-1/jenkins: not examined, but naming it too: JOB and 3 more |')
  expect(text).toContain('| https://host-1/jenkins: the credentials of folder FOLDER are not shown |')
})

test.each([
  ['D102', 'no: created without scopes'],
  ['D103', 'with scopes, for another app than Bitbucket'],
  ['D104', 'none for Bitbucket: without scopes, or for another app'],
  ['D190', 'not known'],
] as const)('%s answers whether the token has scopes: %s', (code, words) => {
  const result: Reported = { ...RESULT, answers: {}, diagnoses: [{ ...LACKS_SCOPE, code, missing: [] }] }
  expect(report(result)).toContain(`| With scopes, and for which app? | ${words} |\n`)
})

test('an address, a control character and a bar of a table do not pass', () => {
  const evidence = [{ asked: 'as peter@corp.example', answered: 'a\u001b[31m|b' }]
  const text = report({
    ...RESULT,
    subject: { ...RESULT.subject, username: '<e-mail>' },
    answers: { x: { kind: 'unknown', reason: 'network', evidence: { asked: 'a|b', answered: '' } } },
    diagnoses: [{ ...LACKS_SCOPE, evidence }],
  })
  expect(text).toContain('- as <e-mail>: a\ufffd[31m|b')
  expect(text).toContain('| Which username? | an e-mail address |')
  expect(text).toContain('| a\\|b |')
})

test('says that git was not found', () => {
  const { git: _, ...without } = { anonymous: false, git: '' }
  expect(reportText(RESULT, without)).toContain('- git was not found\n')
})
