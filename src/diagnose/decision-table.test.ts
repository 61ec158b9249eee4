import { describe, expect, test } from 'vitest'
import { DECISION_TABLE, decide } from './decision-table.ts'
import type { Facts } from './facts.ts'
import { API_TOKEN, APP_PASSWORD, chainOf, findingsOf, no, YES } from './sample-facts.ts'

const REPOSITORY = { workspace: 'acme', slug: 'app' }

function factsOf(given: Partial<Facts>): Facts {
  return { use: 'git-fetch', repository: REPOSITORY, answers: {}, ...given }
}

describe.each(DECISION_TABLE.map((rule) => ({ rule, id: rule.id })))('$id', ({ rule }) => {
  test.each(rule.examples)('$when: $gives', ({ given, gives }) => {
    expect(rule.decide(factsOf(given))?.code ?? 'pass').toBe(gives)
  })

  test('has a source and examples for both sides, as far as it can pass', () => {
    expect(rule.source).not.toBe('')
    expect(rule.examples.length).toBeGreaterThanOrEqual(3)
  })

  test('what it decides has evidence or says what would settle it', () => {
    for (const { given } of rule.examples) {
      const diagnosis = rule.decide(factsOf(given))
      if (diagnosis === undefined) continue
      expect([...diagnosis.evidence, ...(diagnosis.settledBy ?? [])].length).toBeGreaterThan(0)
      expect(diagnosis.rule).toBe(rule.id)
    }
  })
})

describe('the table as a whole', () => {
  const refused = { 'git-anonymous': no('unauthorized'), 'git-configured': no('unauthorized') }
  const CASES: readonly { readonly when: string; readonly given: Partial<Facts>; readonly gives: readonly string[] }[] =
    [
      {
        when: 'an app password in git',
        given: { shape: APP_PASSWORD, answers: { ...refused, 'git-configured': no('app password removed') } },
        gives: ['D101'],
      },
      {
        when: 'no scopes, unsettled',
        given: { shape: API_TOKEN, answers: { ...refused, 'rest-email': no('no Bitbucket scopes') } },
        gives: ['D104'],
      },
      {
        when: 'the e-mail in git',
        given: { shape: API_TOKEN, username: 'a@example.com', answers: { ...refused, 'git-sentinel': YES } },
        gives: ['D106'],
      },
      {
        when: 'everything right',
        given: { shape: API_TOKEN, answers: { ...refused, 'git-configured': YES } },
        gives: ['D100'],
      },
      {
        when: 'a stale helper before a right Jenkins credential',
        given: {
          shape: API_TOKEN,
          answers: { ...refused, 'git-configured': YES },
          jenkins: findingsOf({ lastBuild: { number: 1, result: 'FAILURE', text: '' } }),
          chain: chainOf([{ shape: APP_PASSWORD }, { kind: 'askpass', shape: API_TOKEN, standing: 'masked' }]),
          chainAnswer: no('app password removed'),
        },
        gives: ['D111'],
      },
      {
        when: 'user@ in the URL and an e-mail in the credential: both must change',
        given: {
          shape: API_TOKEN,
          username: 'a@example.com',
          answers: { ...refused, 'git-sentinel': YES },
          jenkins: findingsOf({ urlUsername: 'nobody', lastBuild: { number: 1, result: 'FAILURE', text: '' } }),
        },
        gives: ['D110', 'D106'],
      },
      {
        when: 'an app password that is shadowed by nothing but whose owner is pinned',
        given: {
          shape: APP_PASSWORD,
          answers: refused,
          jenkins: findingsOf({ urlUsername: 'bob', lastBuild: { number: 1, result: 'FAILURE', text: '' } }),
        },
        gives: ['D101'],
      },
      {
        when: 'a header that holds an app password is one fault, not two',
        given: {
          shape: APP_PASSWORD,
          answers: { ...refused, 'git-configured': no('app password removed') },
          chain: chainOf([{ kind: 'extra header', shape: APP_PASSWORD }]),
        },
        gives: ['D112'],
      },
      { when: 'nothing known', given: {}, gives: ['D191'] },
    ]

  test.each(CASES)('$when: $gives', ({ given, gives }) => {
    expect(decide(factsOf(given)).map(({ code }) => code)).toEqual(gives)
  })

  test('an unknown answer never becomes a refusal, whichever probe it belongs to', () => {
    const unknown = { kind: 'unknown', reason: 'timed out', evidence: { asked: '', answered: '' } } as const
    for (const probe of [
      'git-configured',
      'git-sentinel',
      'git-push',
      'rest-configured',
      'rest-email',
      'rest-bearer',
      'rest-repository',
      'site',
    ] as const) {
      for (const use of ['git-fetch', 'git-push', 'rest'] as const)
        expect(
          decide(factsOf({ use, shape: API_TOKEN, answers: { [probe]: unknown } })).map(({ code }) => code),
        ).toEqual(['D191'])
    }
  })

  test('ids are unique', () => {
    const ids = DECISION_TABLE.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })
})
