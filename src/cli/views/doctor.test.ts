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
