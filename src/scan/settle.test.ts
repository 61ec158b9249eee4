import { describe, expect, test } from 'vitest'
import type { Place } from '../model/place.ts'
import { type Finding, settle } from './settle.ts'

function place(consumer: string, span: readonly [number, number], more: Partial<Place> = {}): Place {
  return {
    id: consumer,
    consumer,
    at: { kind: 'file', path: '/x' },
    address: 'a',
    host: 'bitbucket.org',
    secret: { kind: 'app-password', span, encoding: 'plain' },
    uses: [],
    ...more,
  }
}

const finding = (breadth: Finding['breadth'], ...places: readonly Place[]): Finding => ({
  consumer: places[0]?.consumer ?? '',
  breadth,
  detection: { places, demands: [], unread: [] },
})
const kept = (...findings: readonly Finding[]): readonly string[] =>
  settle(findings).flatMap(({ detection }) => detection.places.map(({ consumer }) => consumer))

describe('of consumers that find one secret', () => {
  test('the narrowest keeps it', () => {
    const anywhere = finding('anywhere', place('token', [10, 46]))
    const byName = finding('own names', place('renovate', [10, 46]))
    const ownFile = finding('own files', place('composer', [10, 46]))
    expect(kept(anywhere, byName)).toEqual(['renovate'])
    expect(kept(anywhere, byName, ownFile)).toEqual(['composer'])
  })

  test('among equals the one that knows the username keeps it', () => {
    const username = { text: 'alice', encoding: 'plain' } as const
    const [bare, named] = [place('token', [10, 46]), place('settings', [10, 46], { username })]
    expect(kept(finding('anywhere', bare), finding('anywhere', named))).toEqual(['settings'])
  })

  test('a tool whose configuration is a program keeps it, unless it misses the username', () => {
    const username = { text: 'alice', encoding: 'plain' } as const
    const call = finding('any program', place('program', [10, 46], { username }))
    expect(kept(call, finding('own names', place('renovate', [10, 46], { username })))).toEqual(['renovate'])
    expect(kept(call, finding('own names', place('renovate', [10, 46])))).toEqual(['program'])
    expect(kept(call, finding('own names', place('github-actions', [10, 46], { isOfStep: true })))).toEqual(['program'])
  })

  test('who only guesses what it is for gives way to who knows', () => {
    const guess = place('bitbucket-pipelines', [10, 46], { unresolved: 'its name alone says what it is for' })
    expect(kept(finding('own names', guess), finding('own names', place('bitbucket-pipes', [10, 46])))).toEqual([
      'bitbucket-pipes',
    ])
  })

  test('a login that a job may give to Bitbucket gives way to everybody who knows whose it is', () => {
    const candidate = { host: '', declares: { home: '/', credentialId: 'ci', isUseGuessed: true } }
    const found = [finding('own names', place('jenkins-casc', [10, 46], candidate))]
    expect(kept(...found, finding('anywhere', place('settings', [10, 46])))).toEqual(['settings'])
    expect(kept(...found)).toEqual(['jenkins-casc'])
  })

  test('a pipeline keeps what no consumer of its own names wants, unless it misses the username', () => {
    const username = { text: 'alice', encoding: 'plain' } as const
    const [step, tool] = [place('github-actions', [10, 46], { isOfStep: true }), place('composer', [10, 46])]
    const [bare, named] = [place('variables', [10, 46]), place('url-userinfo', [10, 46], { username })]
    expect(kept(finding('own names', step), finding('anywhere', bare))).toEqual(['github-actions'])
    expect(kept(finding('own names', step), finding('own names', tool))).toEqual(['composer'])
    expect(kept(finding('own names', step), finding('anywhere', named))).toEqual(['url-userinfo'])
  })

  test('the settings of a pipeline itself are known by names like those of any tool', () => {
    const username = { text: 'alice', encoding: 'plain' } as const
    const call = finding('any program', place('program', [10, 46], { username }))
    expect(kept(call, finding('own names', place('teamcity', [10, 46], { username })))).toEqual(['teamcity'])
  })

  test('a piece of the same bytes is the same secret', () => {
    expect(kept(finding('own files', place('a', [10, 60])), finding('anywhere', place('b', [16, 60])))).toEqual(['a'])
  })
})

describe('different secrets of one document', () => {
  test('stay apart', () => {
    expect(kept(finding('own files', place('a', [0, 10])), finding('anywhere', place('b', [10, 20])))).toEqual([
      'a',
      'b',
    ])
  })

  test('stay apart inside one base64 text', () => {
    const inner = (span: readonly [number, number]): Partial<Place> => ({
      secret: { kind: 'api-token', span: [0, 100], encoding: 'base64', inner: [{ span, encoding: 'plain' }] },
    })
    const both = finding(
      'own files',
      place('netrc', [0, 100], inner([5, 30])),
      place('netrc', [0, 100], inner([50, 70])),
    )
    expect(kept(both)).toHaveLength(2)
  })

  test('stay apart inside base64 over several lines of a block scalar', () => {
    const inner = (span: readonly [number, number]): Partial<Place> => ({
      secret: {
        kind: 'api-token',
        span: [0, 100],
        encoding: 'yaml-block',
        inner: [{ encoding: 'base64' }, { span, encoding: 'plain' }],
      },
    })
    const git = finding('own files', place('netrc', [0, 100], inner([5, 30])))
    const rest = finding('own files', place('netrc', [0, 100], inner([50, 70])))
    expect(kept(git, rest)).toHaveLength(2)
    expect(kept(git, finding('anywhere', place('token', [0, 100], inner([5, 30]))))).toEqual(['netrc'])
  })
})

test('a place that only pins a username is nobody’s rival', () => {
  const { secret: _, ...pin } = place('git-config', [0, 0])
  expect(kept(finding('own files', pin), finding('anywhere', place('b', [0, 10])))).toEqual(['git-config', 'b'])
})

test('a secret that one consumer cannot change is not left unread where another one finds it', () => {
  const part = { span: [0, 60], reason: 'malformed', detail: 'a secret', isOneSecret: true } as const
  const unsure = { span: [0, 60], reason: 'malformed', detail: 'broken from here on' } as const
  const own: Finding = { ...finding('own files'), detection: { places: [], demands: [], unread: [part, unsure] } }
  const unread = (...findings: readonly Finding[]) =>
    settle(findings).flatMap(({ detection }) => detection.unread.map(({ detail }) => detail))
  expect(unread(own)).toEqual(['a secret', 'broken from here on'])
  expect(unread(own, finding('anywhere', place('url-userinfo', [20, 50])))).toEqual(['broken from here on'])
})
