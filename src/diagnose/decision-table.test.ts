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

const ENDED = { kind: 'failed', words: 'fatal: unable to access: The requested URL returned error: 410' } as const
const REFUSED = {
  kind: 'failed',
  words: "fatal: Authentication failed for 'https://bitbucket.org/acme/app.git/'",
} as const
const ENDED_WITH_CREDENTIAL = { without: REFUSED, with: ENDED }
const SHADOWED = {
  kind: 'found',
  store: 'folder team',
  typeName: 'Username with password',
  shadows: ['system'],
} as const

describe('what settles an open question', () => {
  const first = (given: Partial<Facts>) => decide(factsOf(given))[0]

  test('names the controller and the job where they are known, and no option of another command', () => {
    const jenkins = findingsOf({ checkUrl: { without: ENDED, with: ENDED } })
    expect(first({ jenkins })).toMatchObject({
      code: 'D190',
      details: { causes: ['D101', 'D111'] },
      settledBy: [
        'keyturn doctor --jenkins http://jenkins.example.org --job team/app --secret-stdin',
        'look at the account that runs the build: keyturn doctor --jenkins http://jenkins.example.org --job team/app --as-home FOLDER',
      ],
    })
    const refused = findingsOf({ checkUrl: { without: REFUSED, with: REFUSED } })
    expect(first({ jenkins: refused })?.settledBy).toEqual([
      'give the secret, and the e-mail of its owner: keyturn doctor --jenkins http://jenkins.example.org --job team/app --secret-stdin --email ADDRESS',
    ])
  })

  test('a test of the controller that fails now is no matter of an old build', () => {
    const jenkins = findingsOf({ checkUrl: { without: REFUSED, with: REFUSED } })
    expect(first({ jenkins, shape: API_TOKEN, answers: { 'git-configured': YES } })?.details['causes']).toEqual([
      'another secret is stored in Jenkins than the one given here',
      'the agent sends a credential of its own',
    ])
  })

  test('a program that git asks in the end is named, and not run', () => {
    const chain = chainOf([
      { kind: 'netrc', shape: API_TOKEN },
      { kind: 'askpass', where: 'GIT_ASKPASS in the environment', standing: 'sent next' },
    ])
    const diagnosis = first({ chain, answers: { 'git-anonymous': no('unauthorized') } })
    expect(diagnosis?.code).toBe('D191')
    expect(JSON.stringify(diagnosis?.details)).toContain(
      'git asks GIT_ASKPASS in the environment, which keyturn does not run',
    )
  })

  test.each([
    [{}, '--username NAME'],
    [{ bearer: true }, '--bearer'],
  ] as const)('a token whose scopes were listed is known, and is asked about with a repository, %o', (sent, flags) => {
    const listed = no('scope missing', {
      granted: ['read:repository:bitbucket', 'write:repository:bitbucket'],
      missing: ['read:user:bitbucket'],
    })
    const asked = `keyturn doctor https://bitbucket.org/WORKSPACE/REPOSITORY.git ${flags} --secret-stdin`
    expect(decide({ use: 'git-fetch', shape: API_TOKEN, answers: { 'rest-bearer': listed }, ...sent })).toMatchObject([
      {
        code: 'D191',
        details: { known: 'yes' },
        settledBy: [`name a private repository, and give the secret: ${asked}`],
      },
    ])
  })

  test('a credential that was asked for without a job is looked for again without a job', () => {
    const { item: _, ...controller } = findingsOf({
      credentialId: 'nope',
      resolution: { kind: 'not found', known: ['system: bb'] },
    })
    expect(first({ jenkins: controller })).toEqual({
      code: 'D113',
      rule: 'jenkins-id-not-found',
      details: { id: 'nope', known: ['system: bb'], controller: 'http://jenkins.example.org' },
      evidence: [{ asked: 'Which credential has the id "nope"?', answered: '"nope", which no store holds' }],
      repairs: [
        {
          text: 'Ask for "bb", whose id is the most like it, or name the job: its folders hold credentials too.',
          commands: ['keyturn doctor --jenkins http://jenkins.example.org --credential bb'],
        },
      ],
    })
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
      {
        when: 'a credential of a folder that is an app password and hides another',
        given: { jenkins: findingsOf({ resolution: SHADOWED, checkUrl: ENDED_WITH_CREDENTIAL }) },
        gives: ['D101', 'D114'],
      },
      {
        when: 'an API token is given, and with what Jenkins holds the controller is answered 410',
        given: {
          jenkins: findingsOf({ checkUrl: ENDED_WITH_CREDENTIAL }),
          shape: API_TOKEN,
          answers: { 'git-configured': YES },
        },
        gives: ['D101'],
      },
      {
        when: 'an app password is given, and with what Jenkins holds the controller is answered 401',
        given: {
          jenkins: findingsOf({ resolution: SHADOWED, checkUrl: { without: REFUSED, with: REFUSED } }),
          shape: APP_PASSWORD,
          answers: { 'git-configured': no('app password removed') },
        },
        gives: ['D114'],
      },
      {
        when: 'the agent sends a token of its own, which Bitbucket knows and does not let in',
        given: {
          jenkins: findingsOf({ lastBuild: { number: 3, result: 'FAILURE', text: '' } }),
          shape: API_TOKEN,
          answers: { 'git-anonymous': no('unauthorized'), 'git-configured': no('scope missing') },
          chain: chainOf([{ kind: 'netrc', shape: API_TOKEN }]),
          chainAnswer: no('no access'),
        },
        gives: ['D115'],
      },
      {
        when: 'a public repository, and a job that nobody has built yet',
        given: {
          jenkins: findingsOf(),
          shape: APP_PASSWORD,
          answers: { 'git-anonymous': YES, 'git-push': no('app password removed') },
        },
        gives: ['D119', 'D101'],
      },
      {
        when: 'a public repository, and a stored app password',
        given: { shape: APP_PASSWORD, answers: { 'git-anonymous': YES, 'git-push': no('app password removed') } },
        gives: ['D101', 'D119'],
      },
      {
        when: 'a secret in the URL of a job that was not built, with which the controller reads a private repository',
        given: {
          jenkins: findingsOf({
            urlHasSecret: true,
            checkUrl: { without: { kind: 'connected' }, with: { kind: 'connected' } },
          }),
          answers: { 'git-anonymous': no('unauthorized') },
        },
        gives: ['D100'],
      },
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
