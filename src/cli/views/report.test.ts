import { expect, test } from 'vitest'
import type { Diagnosis } from '../../model/diagnosis.ts'
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
  findings: {
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
  },
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
    `| Git, as stored | refused: scope missing | ${REFUSED.asked} | ${REFUSED.answered} |`,
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
  ['https://ci.example.org/job/x and https://ci.example.org', 'https://host-1/job/x and https://host-1'],
  ['https://api.bitbucket.org/2.0/user', 'https://api.bitbucket.org/2.0/user'],
  ['https://initech.atlassian.net', 'https://SITE.atlassian.net'],
  ['Could not resolve host: git.corp.example', 'Could not resolve host: host-1'],
  ['10.1.2.3:8080 refused', 'host-1 refused'],
  ['C:\\Users\\peter\\_netrc', '.../_netrc'],
])('--anonymous turns %s into %s', (given, shown) => {
  const { findings: _, ...machine } = RESULT
  const result = { ...machine, diagnoses: [{ ...LACKS_SCOPE, evidence: [{ asked: given, answered: 'x' }] }] }
  expect(report(result, { anonymous: true })).toContain(`- ${shown}: x\n`)
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
