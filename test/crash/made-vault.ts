import { sealEnvelope } from '../../src/consumers/ansible-vault/envelope.ts'
import type { Tree } from '../contract/fixtures.ts'
import type { Random } from '../corpus/random.ts'
import { seededValues } from './made-secrets.ts'

/** What a person gives so that Ansible Vault can be read. */
export const VAULT_PASSWORDS = Buffer.from('correct horse')

/** A file of variables with one value that Ansible Vault encrypted. */
export function vaultDocument(random: Random): Tree {
  const salt = random.bytes(32)
  const envelope = { version: '1.1', width: 80 } as const
  const lines = sealEnvelope(envelope, Buffer.from(seededValues(random).OLD), VAULT_PASSWORDS, salt)
  const text = `bitbucket_user: alice\nbitbucket_password: !vault |\n  ${lines.join('\n  ')}\nlast: true\n`
  return new Map([['group_vars/all.yml', Buffer.from(text)]])
}
