import { describe, expect, test } from 'vitest'
import { newSecretText, newUsernamePassword, readCredential } from '../credential.ts'
import { randomness } from '../randomness.ts'
import { secretCipher } from '../secret-cipher.ts'
import type { XmlElement } from '../xml-element.ts'
import { authenticatorFor, pairForGit, restAuthorization } from './authenticator.ts'

const cipher = secretCipher({ dek: Buffer.alloc(16, 1) }, randomness('authenticator'))

function kindOf(source: XmlElement, version: string): string {
  const credential = readCredential(source, cipher)
  if (credential === undefined) throw new Error('no credential')
  return authenticatorFor(credential, cipher, version)?.kind ?? 'refused'
}

const pair = (username: string, length: number) =>
  newUsernamePassword({ id: 'bb', username, secret: 'a'.repeat(length) })

describe('what the branch source makes of a credential', () => {
  test.each([
    ['an e-mail and 192 characters', pair('ci@acme.example', 192), ['plain', 'api-token', 'api-token', 'api-token']],
    ['an e-mail and 191 characters', pair('ci@acme.example', 191), ['plain', 'plain', 'plain', 'refused']],
    ['an e-mail and 193 characters', pair('ci@acme.example', 193), ['plain', 'plain', 'plain', 'refused']],
    ['an address without a dot', pair('ci@acme', 192), ['plain', 'plain', 'plain', 'refused']],
    ['the fixed user name', pair('x-bitbucket-api-token-auth', 192), ['plain', 'plain', 'plain', 'refused']],
    ['a consumer of the old lengths', pair('k'.repeat(18), 32), ['oauth', 'oauth', 'oauth', 'oauth']],
    ['a consumer of the new lengths', pair('k'.repeat(32), 76), ['plain', 'plain', 'oauth', 'oauth']],
    ['a Secret text', newSecretText({ id: 'bb', secret: 's' }), Array(4).fill('access-token')],
  ])('%s', (_, source, kinds) => {
    expect(['936.4.3', '937.0.0', '937.3.3', '937.3.4'].map((version) => kindOf(source, version))).toEqual(kinds)
  })

  test('before 933 a Secret text is nothing', () => {
    expect(kindOf(newSecretText({ id: 'bb', secret: 's' }), '932.0')).toBe('refused')
  })
})

test('REST keeps the stored user name, and git gets the one that it needs', () => {
  const given = { username: 'ci@acme.example', password: 'p', description: 'CI' }
  const token = { kind: 'api-token', id: 'bb', pair: given } as const
  expect(restAuthorization(token, undefined)).toBe(`Basic ${Buffer.from('ci@acme.example:p').toString('base64')}`)
  expect(pairForGit(token, undefined)).toEqual({
    username: 'x-bitbucket-api-token-auth',
    password: 'p',
    description: 'User API token for bb',
  })
  expect(pairForGit({ kind: 'plain', id: 'bb', pair: given }, undefined)).toBe(given)
})

test('a pair is encoded as ISO-8859-1', () => {
  const plain = { kind: 'plain', id: 'bb', pair: { username: 'é', password: 'p', description: '' } } as const
  expect(restAuthorization(plain, undefined)).toBe(`Basic ${Buffer.from([0xe9, 0x3a, 0x70]).toString('base64')}`)
})
