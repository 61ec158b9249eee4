import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { SandboxOptions } from '../../sandbox/index.ts'
import { defaultSwitches } from '../../sandbox/switches.ts'
import type { Account } from './account.ts'
import { sandboxAsker } from './ask.ts'
import { compareRecordings, compareWithRows, type Verdict } from './compare.ts'
import { forbiddenIn } from './private-text.ts'
import { countVerdicts, exitCodeOf, tableOf } from './report.ts'
import { Row, rows } from './row.ts'
import { stageNames, startStage } from './stage.ts'
import { unaskedSwitches } from './unasked-switches.ts'
import { type Recording, walk } from './walk.ts'

const walkOf = async (
  options: SandboxOptions = {},
  change: (stage: Awaited<ReturnType<typeof startStage>>) => Account = ({ account }) => account,
  names = stageNames,
): Promise<{ recording: Recording; account: Account; asked: readonly string[] }> => {
  const stage = await startStage(options, names)
  const account = change(stage)
  const asker = sandboxAsker(stage.sandbox)
  try {
    const recording = await walk(rows, { target: 'another sandbox', account, asker, pauseMs: 0 })
    return { recording, account, asked: stage.sandbox.requests.map(({ method }) => method) }
  } finally {
    await asker.close()
    await stage.sandbox.stop()
  }
}

const differing = (verdicts: readonly Verdict[]): readonly string[] =>
  verdicts.filter(({ result }) => result.kind === 'differs').map(({ id }) => id)

describe('the rows', () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'bitbucket-authentication.md'), 'utf8')
  const sections = new Map(page.split(/^## /m).map((text) => [text.split('\n')[0] ?? '', text]))

  it.each(rows.flatMap(({ id, fact }) => (fact === undefined ? [] : [{ id, fact }])))(
    '$id cites a fact that stands in docs/bitbucket-authentication.md',
    ({ fact }) => {
      const [section = '', ...rest] = fact.split(' / ')
      expect(sections.get(section)).toContain(rest.join(' / '))
    },
  )

  const [sample] = rows
  it.each([
    ['another method', { method: 'POST' }],
    ['another host', { url: 'https://bitbucket.org.example.com/' }],
    ['plain HTTP', { url: 'http://bitbucket.org/' }],
    ['a pack to send or to fetch', { url: 'https://bitbucket.org/acme/app.git/git-receive-pack' }],
    ['a credential for www', { url: 'https://www.bitbucket.org/', as: { scheme: 'bearer', secret: 'token' } }],
    ['neither fact nor source', { fact: undefined, source: undefined }],
    ['a secret that nobody has', { as: { scheme: 'bearer', secret: 'password' } }],
  ])('do not load with %s', (_name, change) => {
    expect(Row.safeParse(sample).success).toBe(true)
    expect(Row.safeParse({ ...sample, ...change }).success).toBe(false)
  })

  it('have ids of their own', () => {
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length)
  })

  it('and all that reads them share nothing with the product under test', () => {
    const sources = readdirSync(import.meta.dirname).map((name) =>
      readFileSync(join(import.meta.dirname, name), 'utf8'),
    )
    const imports = sources.flatMap((text) => [...text.matchAll(/from '(\.[^']+)'/g)].map(([, path]) => path))
    expect(imports.filter((path) => path?.includes('/src/'))).toEqual([])
  })
})

describe('each switch of the sandbox', () => {
  const settled = rows.flatMap(({ settles }) => settles ?? [])
  it('is settled by a row, or it is said why none can', () => {
    const accounted = [...settled, ...Object.keys(unaskedSwitches)]
    expect(Object.keys(defaultSwitches).filter((name) => !accounted.includes(name))).toEqual([])
    expect(accounted.filter((name) => !Object.hasOwn(defaultSwitches, name))).toEqual([])
    expect(settled.filter((name) => Object.hasOwn(unaskedSwitches, name))).toEqual([])
  })
})

describe('the sandbox', () => {
  let own: Awaited<ReturnType<typeof walkOf>>
  beforeAll(async () => {
    own = await walkOf()
  })

  it('passes its own suite with every row, and is only read', () => {
    const verdicts = compareWithRows(rows, own.recording)
    expect(verdicts.filter(({ result }) => result.kind !== 'same')).toEqual([])
    expect(exitCodeOf(countVerdicts(verdicts))).toBe(0)
    expect(new Set(own.asked)).toEqual(new Set(['GET']))
  })

  it('answers a second time as it did the first time', async () => {
    const again = await walkOf({ seed: 'another one' })
    expect(differing(compareRecordings(rows, own.recording, again.recording))).toEqual([])
  })

  it('and a recording that was altered differ, and the row is named', () => {
    const step = own.recording.steps['git-app-password']
    if (step?.kind !== 'answered') throw new Error('the row was not answered')
    const altered: Recording = {
      ...own.recording,
      steps: {
        ...own.recording.steps,
        'git-app-password': { kind: 'answered', answer: { ...step.answer, status: 401 } },
      },
    }
    const verdicts = compareRecordings(rows, own.recording, altered)
    expect(verdicts.filter(({ result }) => result.kind === 'differs')).toEqual([
      {
        id: 'git-app-password',
        says: 'git answers an app password with 410',
        because: 'What Bitbucket answers / app password',
        result: { kind: 'differs', differences: [{ what: 'status', expected: '410', found: '401' }] },
      },
    ])
    expect(exitCodeOf(countVerdicts(verdicts))).toBe(3)
    expect(tableOf(verdicts, 'the sandbox says')).toContain('status: the sandbox says 410; found 401')
  })

  it.each([
    ['noRepositoryAccess', { noRepositoryAccess: '401-text' }],
    ['xTokenAuthForApiTokens', { xTokenAuthForApiTokens: false }],
    ['usernameCaseSensitive', { usernameCaseSensitive: false }],
    ['emailCaseSensitive', { emailCaseSensitive: true }],
    ['unknownAppPassword410', { unknownAppPassword410: true }],
    ['publicFetchChecksCredential', { publicFetchChecksCredential: true }],
    ['errorTexts', { errorTexts: '2026-01' }],
    ['bearerForApiTokens', { bearerForApiTokens: false }],
    ['bearerOnGit', { bearerOnGit: 'refused' }],
    ['unconfirmedRemovals', { unconfirmedRemovals: 'all deprecated' }],
    ['unconfirmedRemovals', { unconfirmedRemovals: 'none' }],
    ['webDownloadsTakeApiTokens', { webDownloadsTakeApiTokens: false }],
    ['webDownloadsTakeAccessTokens', { webDownloadsTakeAccessTokens: true }],
    ['webDownloadsTakeGitNames', { webDownloadsTakeGitNames: true }],
  ] as const)(
    'with the switch %s set otherwise, %j, differs in rows that settle that switch, and in no other',
    async (name, switches) => {
      const other = await walkOf({ switches })
      const verdicts = compareRecordings(rows, own.recording, other.recording)
      const found = verdicts.filter(({ result }) => result.kind === 'differs')
      expect(found.length).toBeGreaterThan(0)
      expect(found.filter(({ settles }) => settles !== name)).toEqual([])
    },
  )
})

describe('a walk', () => {
  it('leaves out the rows whose secret or name is not given, and says which', async () => {
    const { recording } = await walkOf({}, ({ account }) => ({ names: account.names, secrets: {} }))
    expect(recording.steps['git-app-password']).toEqual({ kind: 'left out', because: 'not given: appPassword' })
    expect(recording.steps['git-nobody-private']?.kind).toBe('answered')
    const asked = Object.values(recording.steps).filter(({ kind }) => kind === 'answered')
    expect(asked.length).toBe(rows.filter(({ as }) => as.scheme === 'none' || as.secret.startsWith('invented')).length)
  })

  it('ends when it is asked for fewer requests, and is not called whole', async () => {
    const { recording } = await walkOf({}, ({ sandbox, account }) => {
      sandbox.world.injectFault({ kind: 'rate-limit', match: 'api.bitbucket.org', times: 1 })
      return account
    })
    const verdicts = compareWithRows(rows, recording)
    const kinds = verdicts.map(({ id, result }) => [id.split('-')[0], result.kind].join(' '))
    expect(new Set(kinds)).toEqual(new Set(['git same', 'rest not answered', 'web not answered']))
    expect(exitCodeOf(countVerdicts(verdicts))).toBe(5)
  })

  it('says nothing of a request that failed but its code, and ends after three of them', async () => {
    const problem = Object.assign(new Error('connect to a private address'), { code: 'ECONNREFUSED' })
    const asker = { ask: () => Promise.reject(problem), close: async () => undefined }
    const account = { names: stageNames, secrets: {} }
    const recording = await walk(rows.slice(0, 4), { target: 'nobody', account, asker, pauseMs: 0 })
    const failed = { kind: 'not answered', because: 'the request failed: ECONNREFUSED' }
    expect(Object.values(recording.steps)).toEqual([
      failed,
      failed,
      failed,
      { kind: 'left out', because: 'not given: token' },
    ])
    const more = await walk(
      rows.filter(({ as }) => as.scheme === 'none'),
      { target: 'nobody', account, asker, pauseMs: 0 },
    )
    expect(Object.values(more.steps).slice(3)).toEqual(
      Object.values(more.steps)
        .slice(3)
        .map(() => ({ kind: 'not answered', because: 'the walk ended before this row' })),
    )
  })
})

describe('a recording', () => {
  const names = {
    username: 'wombat',
    email: 'wombat@numbat.example.com',
    workspace: 'quokka',
    privateRepository: 'bilby',
    publicRepository: 'dugong',
    strangerRepository: 'kowari/potoroo',
  }

  it('holds no secret, no name and no e-mail of the account that was used', async () => {
    const { recording, account } = await walkOf({}, undefined, names)
    const text = JSON.stringify(recording)
    expect(forbiddenIn(text, account)).toEqual([])
    const words = Object.values(names).flatMap((value) => value.split(/[@/.]/))
    expect(words.filter((word) => !['example', 'com'].includes(word) && text.includes(word))).toEqual([])
  })

  it('is the same for two accounts, so that strangers can compare theirs', async () => {
    const [one, other] = await Promise.all([walkOf({}, undefined, names), walkOf()])
    expect(one.recording).toEqual(other.recording)
  })
})
