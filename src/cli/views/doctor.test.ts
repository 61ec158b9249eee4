import { expect, test } from 'vitest'
import type { Diagnosis } from '../../model/diagnosis.ts'
import { type DoctorResult, doctorExitCode, doctorLines } from './doctor.ts'

const EVIDENCE = {
  asked: 'GET https://bitbucket.org/acme/app.git/info/refs?service=git-upload-pack as <e-mail>',
  answered: '401 \u001b[31mrefused',
}

function resultOf(code: Diagnosis['code'], more: Partial<Diagnosis> = {}): DoctorResult {
  const diagnosis: Diagnosis = {
    code,
    rule: 'example',
    details: { right: 'x-bitbucket-api-token-auth' },
    evidence: [EVIDENCE],
    repairs: [],
    ...more,
  }
  return {
    subject: { words: 'git for https://bitbucket.org/acme/app.git', kind: 'api-token', fingerprint: '#0123456789ab' },
    diagnoses: [diagnosis],
    answers: {
      'git-configured': { kind: 'no', reason: 'unauthorized', missing: [], evidence: EVIDENCE },
      'git-sentinel': { kind: 'yes', scopes: 'not reported', evidence: EVIDENCE },
      'rest-bearer': { kind: 'unknown', reason: 'timed out', evidence: EVIDENCE },
    },
  }
}

const LONG = `keyturn plan ${'/very/long/folder'.repeat(6)}/.netrc -o plan.json`

test('the cause comes first, commands stand alone and whole, and nothing steers the terminal', () => {
  const repairs = [{ text: 'Set the username.', commands: [LONG, 'keyturn apply plan.json'] }]
  expect(doctorLines(resultOf('D106', { repairs }))).toEqual([
    '~ Git does not take the e-mail as username (D106)',
    '',
    '  The token is accepted under x-bitbucket-api-token-auth. The e-mail is for REST',
    '  only.',
    '',
    '  Evidence',
    '    GET https://bitbucket.org/acme/app.git/info/refs?service=git-upload-pack as',
    '    <e-mail>',
    '      401 \ufffd[31mrefused',
    '',
    '  Repair',
    '    Set the username.',
    `      ${LONG}`,
    '      keyturn apply plan.json',
    '',
    '  Examined',
    '    git for https://bitbucket.org/acme/app.git, api-token #0123456789ab',
    '',
    '  Bitbucket',
    '    Git, as stored       refused: unauthorized',
    '    Git, fixed username  accepted',
    '    REST, Bearer         could not be checked: timed out',
  ])
})

test('what is asked with the secret that was given is not called stored, for a controller shows none', () => {
  const lines = doctorLines({ ...resultOf('D101'), findings: { gaps: [] } })
  expect(lines).toContain('    Git, as given        refused: unauthorized')
  expect(lines.join()).not.toContain('as stored')
})

test.each([
  { code: 'D100', exit: 0, symbol: '=' },
  { code: 'D101', exit: 3, symbol: '!' },
  { code: 'D190', exit: 3, symbol: '?' },
  { code: 'D119', exit: 5, symbol: '?' },
  { code: 'D191', exit: 5, symbol: '?' },
] as const)('$code ends with exit code $exit and begins with $symbol', ({ code, exit, symbol }) => {
  const result = resultOf(code)
  expect(doctorExitCode(result)).toBe(exit)
  expect(doctorLines(result)[0]?.charAt(0)).toBe(symbol)
})

test('the chain is read from the first to the last, with what says nothing between', () => {
  const store = '/home/alice/.git-credentials:1'
  const lines = doctorLines({
    ...resultOf('D110'),
    chain: {
      url: 'https://bitbucket.org/acme/app.git',
      side: 'push',
      route: [{ where: '/home/alice/app/.git/config:7', text: 'remote origin' }],
      pinned: { username: 'olduser', where: '/home/alice/app/.git/config:7' },
      sources: [
        {
          kind: 'netrc',
          where: '/home/alice/.netrc:1',
          username: 'alice',
          sentAs: 'olduser',
          standing: 'sent first',
          why: 'libcurl reads netrc before git asks a helper',
        },
        { kind: 'helper', where: store, standing: 'sent next', why: 'git asks it only after netrc was answered 401' },
      ],
      steps: [
        { source: 0 },
        {
          kind: 'helper',
          where: 'credential helper "cache\u001b[31m" (/home/alice/.gitconfig:2)',
          outcome: 'silent',
          why: 'it holds nothing for this host',
        },
        { source: 1 },
      ],
      notes: [{ where: 'GIT_SSL_NO_VERIFY in the environment', text: 'git checks no certificate' }],
    },
  })
  expect(lines.slice(lines.indexOf('  Where git looks'))).toEqual([
    '  Where git looks',
    '    https://bitbucket.org/acme/app.git, for pushing',
    '      from remote origin, /home/alice/app/.git/config:7',
    '      which decides the username: olduser',
    '    sent first: netrc, /home/alice/.netrc:1, username alice, sent as olduser',
    '      libcurl reads netrc before git asks a helper',
    '    silent: credential helper "cache\ufffd[31m" (/home/alice/.gitconfig:2)',
    '      it holds nothing for this host',
    '    sent next: helper, /home/alice/.git-credentials:1',
    '      git asks it only after netrc was answered 401',
    '    After a 401 git asks /home/alice/.git-credentials:1. After a 403, 404 or 410',
    '    it stops. It never changes a netrc.',
    '',
    '  Also in force',
    '    GIT_SSL_NO_VERIFY in the environment',
    '      git checks no certificate',
  ])
})
