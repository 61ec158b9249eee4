import { describe, expect, it } from 'vitest'
import { usernameFor } from './usernames.ts'

const owner = { email: 'dev@example.org', username: 'dev' }

describe('usernameFor', () => {
  it.each([
    ['git-fetch', 'api-token', 'x-bitbucket-api-token-auth'],
    ['git-push', 'api-token', 'x-bitbucket-api-token-auth'],
    ['git-fetch', 'access-token', 'x-token-auth'],
    ['rest', 'api-token', 'dev@example.org'],
    ['web', 'api-token', 'dev@example.org'],
  ] as const)('%s with an %s signs in as %s', (operation, kind, username) => {
    expect(usernameFor(operation, kind, owner)).toMatchObject({ kind: 'use', username })
  })

  it('presents an access token to REST without a username', () => {
    expect(usernameFor('rest', 'access-token', owner).kind).toBe('bearer')
  })

  it('knows no REST username for an API token whose owner is not known by e-mail', () => {
    expect(usernameFor('rest', 'api-token', { username: 'dev' }).kind).toBe('impossible')
  })

  it('never offers a username for an app password', () => {
    expect(usernameFor('git-fetch', 'app-password', owner).kind).toBe('impossible')
  })
})
