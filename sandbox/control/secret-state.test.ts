import { describe, expect, it } from 'vitest'
import { AccountDesk } from '../atlassian/account-desk.ts'
import { defaultSwitches, type Switches } from '../switches.ts'
import { SandboxWorld, type World } from '../world.ts'
import { secretState } from './secret-state.ts'

const stateAt = (
  now: string,
  make: (world: World) => string,
  switches: Partial<Switches> = {},
): ReturnType<typeof secretState> | undefined => {
  const world = new SandboxWorld({ folder: '/nowhere', seed: 'states', now: '2026-01-01' })
  world.addUser({ username: 'alice', email: 'alice@example.com' })
  world.addWorkspace('acme')
  const issued = world.issuedSecret(make(world))
  world.setClock(now)
  const stage = { world, switches: { ...defaultSwitches, ...switches }, desk: new AccountDesk('') }
  return issued === undefined ? undefined : secretState(stage, issued)
}

const appPassword = (world: World): string => world.addAppPassword('alice')
const apiToken = (world: World): string => world.addApiToken('alice', { name: 'ci', expiresAt: '2026-12-01T12:00:00Z' })
const revoked = (world: World): string => {
  const secret = world.addApiToken('alice', { name: 'ci' })
  world.revokeToken(secret)
  return secret
}

describe('the state of a secret at the clock of the sandbox', () => {
  it.each([
    ['an app password in spring', '2026-03-01', appPassword, 'works', 'ends 2026-07-28, in 149 days'],
    ['in a brown-out', '2026-06-09T00:05Z', appPassword, 'refused', 'refused: a brown-out'],
    ['on its last evening', '2026-07-27T23:30Z', appPassword, 'soon', 'ends 2026-07-28, in 30 minutes'],
    ['after the end', '2026-07-28', appPassword, 'refused', 'ended 2026-07-28'],
    ['an API token', '2026-08-01', apiToken, 'works', 'expires in 122 days'],
    ['in its last days', '2026-11-19T12:00Z', apiToken, 'soon', 'expires in 12 days'],
    ['in its last hour', '2026-12-01T11:00Z', apiToken, 'soon', 'expires in 1 hour'],
    ['past its expiry', '2026-12-01T12:00Z', apiToken, 'refused', 'expired 2026-12-01'],
    ['revoked', '2026-12-01', revoked, 'refused', 'revoked 2026-01-01'],
  ] as const)('%s, %s', (_name, now, make, tone, words) => {
    expect(stateAt(now, make)).toEqual({ tone, words })
  })

  it.each([
    [{ scopes: 'none' }, 'no scopes: Bitbucket refuses it; expires in 365 days'],
    [{ app: 'jira' }, 'for jira: Bitbucket refuses it; expires in 365 days'],
  ] as const)('a token that Bitbucket never takes: %j', (options, words) => {
    const make = (world: World): string => world.addApiToken('alice', { name: 'other', ...options })
    expect(stateAt('2026-01-01', make)).toEqual({ tone: 'refused', words })
  })

  it('an access token without an expiry does not expire, and a switch is named', () => {
    const make = (world: World): string => world.addAccessToken({ resource: 'acme', name: 'ci', scopes: [] })
    expect(stateAt('2026-01-01', make)).toEqual({ tone: 'works', words: 'does not expire' })
    expect(stateAt('2026-12-01', appPassword, { deprecation: 'before' })).toEqual({
      tone: 'works',
      words: 'works, by the switch "deprecation"',
    })
  })
})
