import { describe, expect, it } from 'vitest'
import { ALICES_EMAIL, diagnosed, FETCH, madePlace, madePlan } from '../../test/support/made-plan.ts'
import type { Diagnosis, DiagnosisCode } from '../model/diagnosis.ts'
import type { Hindrance, Place } from '../model/place.ts'
import type { Plan } from '../model/plan.ts'
import type { SecretKind } from '../model/secret.ts'
import type { PlanPolicy } from './plan-input.ts'

interface Found {
  readonly kind?: SecretKind
  readonly code?: DiagnosisCode
}

const STORED = { kind: 'unknown', encoding: 'opaque' } as const

function diagnosesOf(codes: readonly (DiagnosisCode | undefined)[]): ReadonlyMap<string, Diagnosis> {
  return new Map(codes.flatMap((code, index) => (code === undefined ? [] : [[`p${index}`, diagnosed(code)] as const])))
}

/** What comes of each place: why it is changed or kept, or why and how a person has to act. */
function outcome({ steps, kept, manual }: Plan): readonly string[] {
  return [
    ...steps.map(({ reason, to }) => `${'keepSecret' in to ? 'new username' : 'new secret'}: ${reason}`),
    ...kept.map(({ reason }) => `keep: ${reason}`),
    ...manual.map(({ reason, wayOut }) => `manual: ${reason}. ${wayOut}`),
  ]
}

describe('a place that a detector knows to be beyond reach', () => {
  const unread: Hindrance = { kind: 'username not read', reason: 'no password opens it', wayOut: 'Give one.' }
  const closed: Hindrance = { kind: 'not writable', reason: 'it lies in a closed file', wayOut: 'Open the file.' }
  const access = 'the owner of the token has no access to the repository'
  it.each<readonly [string, Found, Hindrance, outcome: string]>([
    [
      'is left to a person where its secret would change',
      {},
      closed,
      'manual: app passwords ended on 2026-07-28; it lies in a closed file. Open the file.',
    ],
    [
      'is left to a person where its username would change',
      { kind: 'api-token', code: 'D106' },
      closed,
      'manual: git never takes the e-mail; it lies in a closed file. Open the file.',
    ],
    [
      'says both reasons where its username cannot be read either',
      {},
      unread,
      'manual: app passwords ended on 2026-07-28; no password opens it. Give one.',
    ],
    ['stays where it works and only cannot be written', { kind: 'api-token', code: 'D100' }, closed, 'keep: it works'],
    [
      'is not known to work under a username that nobody can read',
      { kind: 'api-token', code: 'D100' },
      unread,
      'manual: no password opens it. Give one.',
    ],
    [
      'keeps the way out of a cause that no change of it would mend',
      { kind: 'api-token', code: 'D115' },
      closed,
      `manual: ${access}. An administrator of the workspace grants access.`,
    ],
    [
      'wants its username read before all else',
      { kind: 'api-token', code: 'D115' },
      unread,
      'manual: no password opens it. Give one.',
    ],
  ])('%s', (_, { kind = 'app-password', code }, hindrance, expected) => {
    const place = { ...madePlace('p0', { kind, username: ALICES_EMAIL }), hindrance }
    expect(outcome(madePlan([place], { diagnoses: diagnosesOf([code]) }))).toEqual([expected])
  })
})

describe('a token that a person names', () => {
  const named: PlanPolicy = { token: 'alice-token' }
  const replacing: PlanPolicy = { ...named, replace: true }
  const token = madePlace('p0', { kind: 'api-token' })
  const stored: Place = { ...token, secret: STORED }
  const short: Place = { ...token, secret: { ...STORED, size: { shortest: 32, longest: 47 } } }
  const wayOut = 'Name the token to use: keyturn plan --token NAME'
  it.each<readonly [string, Place, DiagnosisCode | undefined, PlanPolicy, outcome: string]>([
    [
      'replaces what nobody can read, and was not asked about for that',
      stored,
      undefined,
      replacing,
      'new secret: the token was named to replace it',
    ],
    [
      'replaces what nobody can read even if it does not replace what works',
      stored,
      undefined,
      named,
      'new secret: the controller does not show what it holds; the token was named',
    ],
    [
      'is what the plan asks for where nobody can read what is there',
      stored,
      undefined,
      {},
      `manual: what it holds could not be told. ${wayOut}`,
    ],
    [
      'is not the reason to replace what is too short to work',
      short,
      undefined,
      replacing,
      'new secret: what is stored is shorter than every token that git takes',
    ],
    ['leaves a token that was not checked', token, undefined, named, 'keep: it was not checked'],
    [
      'replaces a token that was not checked, as of a plan that asks nobody, where it was named to',
      token,
      undefined,
      replacing,
      'new secret: the token was named to replace it',
    ],
    [
      'replaces what is of no known kind and was not checked where it was named to',
      madePlace('p0', { kind: 'unknown' }),
      undefined,
      replacing,
      'new secret: the token was named to replace it',
    ],
    ...(['D121', 'D123', 'D126', 'D128', 'D129', 'D130', 'D133', 'D190'] as const).map(
      (code) =>
        [
          `replaces a token of which ${code} says nothing, or nothing good`,
          token,
          code,
          replacing,
          'new secret: the token was named to replace it',
        ] as const,
    ),
    [
      'is not the reason to replace an app password that nobody was asked about',
      madePlace('p0'),
      undefined,
      replacing,
      'new secret: app passwords ended on 2026-07-28',
    ],
    [
      'replaces what nobody can read behind a username in a URL',
      stored,
      'D110',
      named,
      'new secret: the controller does not show what it holds; the token was named',
    ],
    [
      'must be named to replace that: what is hidden may be right',
      stored,
      'D110',
      {},
      'keep: the username in the URL is what hides it',
    ],
    ['must be named to replace what works', token, 'D100', { replace: true }, 'keep: it works'],
  ])('%s', (_, place, code, policy, expected) => {
    const plan = madePlan([place], { diagnoses: diagnosesOf([code]), policy })
    expect(outcome(plan)).toEqual([expect.stringContaining(expected)])
  })
})

describe('secrets that share one username', () => {
  const shared = (found: readonly Found[]): readonly string[] => {
    const places = found.map(({ kind = 'api-token' }, index) =>
      madePlace(`p${index}`, {
        consumer: 'variables',
        path: '/srv/.env',
        span: [3, 8],
        kind,
        username: ALICES_EMAIL,
        uses: [FETCH],
      }),
    )
    return outcome(madePlan(places, { diagnoses: diagnosesOf(found.map(({ code }) => code)) }))
  }
  const differing =
    'manual: one username serves secrets that want different ones. Give each secret a username of its own, then plan again.'
  it.each<readonly [string, readonly [Found, Found], outcome: string]>([
    ['stay where each stays, whatever they are', [{ code: 'D100' }, { kind: 'access-token' }], 'keep: it works'],
    [
      'are all renewed where each is, whatever they are',
      [{ kind: 'app-password' }, { code: 'D108' }],
      'new secret: app passwords ended on 2026-07-28; git',
    ],
    [
      'are all renewed where one is, with its reason, even if another one works',
      [{ code: 'D100' }, { kind: 'app-password' }],
      'new secret: app passwords ended on 2026-07-28; other secrets share its username and change with it',
    ],
    [
      'get one new username where they are of one kind',
      [{ code: 'D106' }, { code: 'D106' }],
      'new username: git never',
    ],
    [
      'are left to a person where the new username would fit one kind and not the other',
      [{ code: 'D106' }, { kind: 'access-token', code: 'D106' }],
      differing,
    ],
    [
      'are left to a person where one works under it and another one wants a new username',
      [{ code: 'D100' }, { code: 'D106' }],
      differing,
    ],
  ])('%s', (_, found, expected) => {
    expect(shared(found)).toEqual([expect.stringContaining(expected)])
  })
})
