import { describe, expect, it } from 'vitest'
import { FETCH, madePlace, PUSH, REST, SCANNED } from '../../test/support/made-plan.ts'
import type { Place } from '../model/place.ts'
import type { Use } from '../model/use.ts'
import { optionalScopes, scopesFor, scopesSeen } from './scopes.ts'

const READ = 'read:repository:bitbucket'
const USER: Use = { operation: 'rest', resource: 'user', by: 'whoami.sh' }
const WEB: Use = { operation: 'web', by: 'download.sh' }
const PULL_REQUEST: Use = { operation: 'rest', resource: 'pull request', access: 'write', by: 'release.sh' }

const held = (consumer: string, uses: readonly Use[]) => madePlace('p', { consumer, uses })
const guessed = (consumer: string, uses: readonly Use[]): Place => ({
  ...held(consumer, uses),
  unresolved: 'nothing was seen to read it',
})

describe('a variable that was followed to a tool', () => {
  const variable = (tool: string) =>
    madePlace('v', { consumer: 'variables', uses: [{ operation: 'rest', by: 'ci.yml line 3', followed: true, tool }] })

  it('needs what the tool documents, as if the tool held the secret itself', () => {
    const own = madePlace('r', { consumer: 'renovate', uses: [{ operation: 'rest', by: 'config.js' }] })
    expect(scopesFor([variable('renovate')])).toEqual(scopesFor([own]))
    expect(scopesFor([variable('renovate')])).toContain('write:pullrequest:bitbucket')
  })

  it('names what settings of the tool may need besides', () => {
    expect(optionalScopes([variable('terraform-bitbucket')], [])).toMatchObject([
      { when: 'terraform-bitbucket: its resources ask for it' },
    ])
  })
})

describe('the least scopes of a token', () => {
  const TO_LIST = [READ, 'read:workspace:bitbucket']

  it.each<readonly [string, readonly Place[], readonly string[]]>([
    ['where no use is known, to read a repository', [held('netrc', [])], [READ]],
    ['where only a name suggests a use, to read a repository', [guessed('renovate', [PUSH, REST])], [READ]],
    ['nothing of a repository where none is asked for', [held('variables', [USER])], ['read:user:bitbucket']],
    ['not what the tool documents where it uses git alone', [held('sourcegraph', [FETCH])], [READ]],
    ['what the tool documents where it asks REST', [held('sourcegraph', [REST])], TO_LIST],
    ['what the tool documents where it loads from the web host', [held('sourcegraph', [WEB])], TO_LIST],
    [
      'of the tools that read a variable, what those document that ask REST',
      [
        held('variables', [
          { ...FETCH, followed: true, tool: 'renovate' },
          { ...REST, followed: true, tool: 'sourcegraph' },
        ]),
      ],
      TO_LIST,
    ],
  ])('%s', (_, places, scopes) => {
    expect(scopesFor(places)).toEqual(scopes)
  })
})

describe('the scopes of what was seen', () => {
  it('are those of each use, without what tools document and names suggest, in order', () => {
    expect(scopesSeen([held('sourcegraph', [PULL_REQUEST, FETCH, FETCH]), guessed('variables', [PUSH])])).toEqual([
      'read:pullrequest:bitbucket',
      READ,
      'write:pullrequest:bitbucket',
    ])
    expect(scopesSeen([held('sourcegraph', [])])).toEqual([])
  })
})

describe('scopes that some settings need', () => {
  const when = (places: readonly Place[]) => optionalScopes(places, []).map((one) => one.when)
  const HOOKS = 'jenkins: Branch Source manages webhooks'
  const ISSUES = 'renovate: it writes into the issue tracker'
  const STORED = 'gcm: it checks what it has stored'

  it.each<readonly [string, readonly Place[], readonly string[]]>([
    ['a tool that asks REST', [held('renovate', [FETCH, REST])], [ISSUES]],
    ['no tool that uses git alone', [held('renovate', [FETCH])], []],
    ['a tool that asks REST by itself, whatever it is used for', [held('gcm', [FETCH])], [STORED]],
    ['no tool that only a name suggests', [guessed('renovate', [REST])], []],
    [
      'Branch Source, beside other uses and places',
      [held('netrc', [FETCH]), held('jenkins', [FETCH, ...SCANNED])],
      [HOOKS],
    ],
  ])('are named of %s', (_, places, expected) => {
    expect(when(places)).toEqual(expected)
  })

  it('are named once for each tool, and in one order whatever the order of the places', () => {
    const places = [held('renovate', [REST]), held('gcm', [FETCH]), held('jenkins', SCANNED), held('renovate', [REST])]
    expect(when(places)).toEqual([HOOKS, STORED, ISSUES])
    expect(when(places.toReversed())).toEqual([HOOKS, STORED, ISSUES])
  })

  it.each<readonly [readonly string[], readonly unknown[]]>([
    [['read:issue:bitbucket'], [{ scopes: ['write:issue:bitbucket'], when: ISSUES }]],
    [['read:issue:bitbucket', 'write:issue:bitbucket'], []],
  ])('leave out what is asked for anyway: %j', (asked, expected) => {
    expect(optionalScopes([held('renovate', [REST])], asked)).toEqual(expected)
  })
})
