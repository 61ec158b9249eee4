import { describe, expect, it } from 'vitest'
import { maskAuthorization, maskText } from './request-record.ts'
import { SandboxWorld } from './world.ts'

const town = (): { readonly world: SandboxWorld; readonly secrets: readonly string[] } => {
  const world = new SandboxWorld({ folder: '/nowhere', seed: 'masks', now: '2026-11-23' })
  world.addUser({ username: 'alice', email: 'alice@example.com' })
  world.addWorkspace('acme')
  const secrets = [
    world.addAppPassword('alice'),
    world.addAppPassword('alice', { unprefixed: true }),
    world.addApiToken('alice', { name: 'ci' }),
    world.addAccessToken({ resource: 'acme', name: 'ci', scopes: ['repository'] }),
    world.addOAuthToken({ actsAs: { user: 'alice' }, scopes: ['repository'] }),
    world.addOrganizationKey('admin'),
  ]
  return { world, secrets }
}

describe('what a record shows of a secret', () => {
  it('is nothing, whichever kind it is and wherever the client put it', () => {
    const { world, secrets } = town()
    expect(new Set(secrets).size).toBe(world.issued().length)
    for (const secret of secrets) {
      const texts = [secret, `/a?token=${encodeURIComponent(secret)}&x=1`, `"${secret}" ${secret}`]
      expect(texts.map((text) => maskText(text))).toEqual(['***', '/a?token=***&x=1', '"***" ***'])
    }
  })

  it('is its name, and the user name is a text of the client like any other', () => {
    const { world, secrets } = town()
    const [, , token = ''] = secrets
    expect(maskAuthorization(world, { scheme: 'basic', username: `x${token}`, secret: token })).toEqual({
      scheme: 'basic',
      username: '***',
      secret: 'API token "ci" of alice',
    })
    expect(maskAuthorization(world, { scheme: 'bearer', secret: 'never issued' })).toEqual({
      scheme: 'bearer',
      secret: 'unknown secret',
    })
  })

  it('a token of another sandbox, and the secret of a consumer, are masked as well', () => {
    const other = new SandboxWorld({ folder: '/nowhere', seed: 'other', now: '2026-11-23' })
    other.addUser({ username: 'alice', email: 'alice@example.com' })
    const consumer = other.addOAuthConsumer('ci')
    for (const secret of [other.addAppPassword('alice'), other.addApiToken('alice', { name: 'ci' }), consumer.secret]) {
      expect(maskText(`/a/${secret}/b`)).toBe('/a/***/b')
    }
  })
})
