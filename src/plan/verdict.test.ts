import { describe, expect, it, test } from 'vitest'
import { diagnosed, FETCH, madePin, madePlace, PUSH, REST, SCANNED } from '../../test/support/made-plan.ts'
import type { DiagnosisCode } from '../model/diagnosis.ts'
import type { Hindrance, Place, SecretField } from '../model/place.ts'
import type { SecretKind } from '../model/secret.ts'
import type { PlanPolicy } from './plan-input.ts'
import { isSettled, isTooShort, type Verdict, verdictOn } from './verdict.ts'

const hidden = (uses: Place['uses'] = SCANNED, secret: Partial<SecretField> = {}): Place => ({
  ...madePlace('a', { uses }),
  secret: { kind: 'unknown', encoding: 'opaque', ...secret },
})
const sized = (longest: number): Partial<SecretField> => ({ size: { shortest: longest - 15, longest } })
const ofKind = (kind: SecretKind): Place => madePlace('a', { kind })

function verdict(code: DiagnosisCode, { uses = SCANNED, settledBy }: { uses?: Place['uses']; settledBy?: string[] }) {
  const settled = settledBy === undefined ? {} : { settledBy }
  return verdictOn(hidden(uses), { code, rule: 'r', details: {}, evidence: [], repairs: [], ...settled }, false)
}

test.each(['D132', 'D139'] as const)('what Jenkins itself cannot use gets a new secret: %s', (code) => {
  expect(verdict(code, {}).kind).toBe('new secret')
})

test.each<readonly [DiagnosisCode, Verdict]>([
  ['D190', { kind: 'manual', reason: 'its cause could not be told', wayOut: 'Build the job once' }],
  ['D191', { kind: 'manual', reason: 'whether it works could not be told', wayOut: 'Build the job once' }],
])('what is not known to fail is not said to have a cause: %s', (code, expected) => {
  expect(verdict(code, { settledBy: ['build the job once'] })).toEqual(expected)
})

test('what a controller hides and nothing was seen to use is settled by a token alone', () => {
  const wayOut = 'Name the token to use: keyturn plan --token NAME'
  expect(verdict('D191', { uses: [], settledBy: ['name a repository'] })).toMatchObject({ wayOut })
})

test('what a file holds and nothing was seen to use is settled as the doctor says: whoever can read it can try it', () => {
  const diagnosis = diagnosed('D191', { settledBy: ['name a repository'] })
  const wayOut = 'Name a repository'
  expect(verdictOn(madePlace('a', { kind: 'api-token', uses: [] }), diagnosis, false)).toMatchObject({ wayOut })
})

test.each<readonly [DiagnosisCode, reason: string, wayOut: string]>([
  ['D123', 'the OAuth token has ended', 'let its tool ask for a new one'],
  ['D126', 'the header with the credential does not arrive at Bitbucket', 'look at what stands between'],
  ['D128', 'Bitbucket limits the rate', 'wait up to an hour, then plan again'],
  ['D129', 'the workspace is over its user limit', 'an administrator of the workspace'],
  ['D130', 'the account is locked after failed attempts', 'stop what tries again'],
])('what says nothing about a token is named, with what ends it: %s', (code, reason, wayOut) => {
  const found = verdictOn(ofKind('api-token'), diagnosed(code), false)
  expect(found).toMatchObject({ kind: 'manual', reason, wayOut: expect.stringMatching(new RegExp(`^${wayOut}`, 'i')) })
})

test('what to do is never what was done: a token that was named and did not go there is said to need another word', () => {
  const wayOuts = [undefined, diagnosed('D128'), diagnosed('D133'), diagnosed('D190'), diagnosed('D191')].map((one) => {
    const found = verdictOn(ofKind('unknown'), one, true)
    return found.kind === 'manual' ? found.wayOut : ''
  })
  expect(wayOuts.filter((words) => !words.endsWith('keyturn plan --token NAME --replace'))).toEqual([])
})

test.each<readonly [SecretKind, Verdict['kind'], because: string]>([
  ['app-password', 'new secret', 'app passwords ended on 2026-07-28'],
  ['account-password', 'new secret', 'account passwords ended on 2022-03-01'],
  ['api-token', 'keep', 'it was not checked'],
  ['access-token', 'keep', 'it was not checked'],
  ['oauth-consumer', 'manual', 'what it holds could not be told'],
  ['unknown', 'manual', 'what it holds could not be told'],
])('what nobody asked Bitbucket about is judged by its kind: %s', (kind, expected, reason) => {
  expect(verdictOn(ofKind(kind), undefined, false)).toMatchObject({ kind: expected, reason })
})

test('an account password is replaced even if its answer settles nothing', () => {
  expect(verdictOn(ofKind('account-password'), diagnosed('D191'), false).kind).toBe('new secret')
})

test('what nobody can read is replaced by the token that a person named, and otherwise left to the person', () => {
  const kinds = [true, false].map((chosen) => verdictOn(hidden(), undefined, chosen).kind)
  expect(kinds).toEqual(['new secret', 'manual'])
})

test('what can be read and is of no known kind is left to a person, even if a token was named', () => {
  expect(verdictOn(ofKind('unknown'), undefined, true).kind).toBe('manual')
})

describe('what hides a credential, or refuses its name, says nothing about its secret', () => {
  it.each([
    ['D110', 'keep'],
    ['D111', 'keep'],
    ['D116', 'new username'],
  ] as const)(
    'so it is replaced where nobody can read it and a token was named, and only there: %s',
    (code, otherwise) => {
      const diagnosis = diagnosed(code)
      const readable = ofKind('api-token')
      expect(verdictOn(hidden(), diagnosis, true).kind).toBe('new secret')
      expect([
        verdictOn(hidden(), diagnosis, false).kind,
        verdictOn(readable, diagnosis, true).kind,
        verdictOn(readable, diagnosis, false).kind,
      ]).toEqual([otherwise, otherwise, otherwise])
    },
  )

  it.each([
    ['D100', 'keep'],
    ['D115', 'manual'],
  ] as const)('but an answer about it counts, even if nobody can read it and a token was named: %s', (code, kind) => {
    expect(verdictOn(hidden(), diagnosed(code), true).kind).toBe(kind)
  })
})

describe('a secret that is too short for every token', () => {
  it.each<readonly [isShort: boolean, string, longest: number | undefined, Place['uses']]>([
    [true, '47 characters at most, for fetching', 47, [FETCH]],
    [true, 'for fetching and pushing', 47, [FETCH, PUSH]],
    [false, '48 characters at most: no longer certain', 48, [FETCH]],
    [false, 'of a length that is not known', undefined, [FETCH]],
    [false, 'used for nothing that was seen', 36, []],
    [false, 'for REST, which may take other secrets', 36, [REST]],
    [false, 'for git and REST', 36, [FETCH, REST]],
    [false, 'for Branch Source, where the secret of an OAuth consumer is as short and works', 36, SCANNED],
  ])('is told by its length alone where git presents it (%s): %s', (isShort, _, longest, uses) => {
    expect(isTooShort(hidden(uses, longest === undefined ? {} : sized(longest)))).toBe(isShort)
  })

  it('gets a new one, whatever else was found and whether or not a token was named', () => {
    const place = hidden([FETCH], sized(36))
    const all = [undefined, diagnosed('D100'), diagnosed('D191')].flatMap((diagnosis) => [
      verdictOn(place, diagnosis, true),
      verdictOn(place, diagnosis, false),
    ])
    const expected = { kind: 'new secret', reason: 'what is stored is shorter than every token that git takes' }
    expect(all).toEqual(all.map(() => expected))
  })
})

describe('Bitbucket', () => {
  const unread: Hindrance = { kind: 'username not read', reason: 'no password opens it', wayOut: 'Give the password.' }
  const replacing: PlanPolicy = { token: 'alice-token', replace: true }
  const token = ofKind('api-token')
  it.each<readonly [string, Place, PlanPolicy]>([
    ['an API token', token, {}],
    ['an API token that is to be replaced: the answer tells what it lacks', token, replacing],
    ['what nobody can read', hidden(), {}],
    ['what nobody can read, as long as the named token leaves what works', hidden(), { token: 'alice-token' }],
    ['what nobody can read, as long as no token is named to replace it', hidden(), { replace: true }],
    ['what cannot be written: it may work', { ...token, hindrance: { ...unread, kind: 'not writable' } }, {}],
  ])('is asked about %s', (_, place, policy) => {
    expect(isSettled(place, policy)).toBe(false)
  })

  it.each<readonly [string, Place, PlanPolicy]>([
    ['a username without a secret', madePin('pin'), {}],
    ['an app password, which is dead', ofKind('app-password'), {}],
    ['a secret that is too short for every token', hidden([FETCH], sized(36)), {}],
    ['what nobody can read and a named token replaces', hidden(), replacing],
    ['a username that nobody can read, under which no answer counts', { ...token, hindrance: unread }, {}],
  ])('is not asked about %s', (_, place, policy) => {
    expect(isSettled(place, policy)).toBe(true)
  })
})
