import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { apiToken } from '../../test/support/synthetic-secrets.ts'
import type { Context } from '../model/ports.ts'
import { Secret } from '../model/secret.ts'
import { nodeSystem } from '../system/node-system.ts'
import { openVault, type VaultToken } from './vault.ts'

const context: Context = {
  system: nodeSystem({ environment: {} }),
  seal: Secret.sealer(new Uint8Array(32)),
  digest: () => 'hmac:0',
  logins: [],
}
let folder = ''
const folders = () => ({ config: join(folder, 'config'), state: join(folder, 'state') })

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-vault-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function token(name: string, text = apiToken()): VaultToken {
  return {
    name,
    kind: 'api-token',
    secret: context.seal(text),
    scopes: ['read:repository:bitbucket'],
    email: 'a@example.org',
    addedAt: '2026-11-23T09:00:00.000Z',
  }
}

describe('the vault', () => {
  it('gives back what was added, in a new process as well', async () => {
    const text = apiToken()
    await (await openVault(folders(), context)).add(token('ci', text))
    const found = await (await openVault(folders(), context)).find('ci')
    expect(found).toEqual(token('ci', text))
    expect(found?.secret.reveal()).toBe(text)
  })

  it('keeps no readable secret on disk, and nothing that others can read', async () => {
    const text = apiToken()
    const vault = await openVault(folders(), context)
    // A short name would be found among random bytes now and then.
    const name = 'jenkins-of-payments'
    await vault.add(token(name, text))
    const stored = await readFile(join(folder, 'state', 'vault.age'), 'latin1')
    expect([stored.startsWith('age-encryption.org/v1'), stored.includes(text), stored.includes(name)]).toEqual([
      true,
      false,
      false,
    ])
    for (const path of ['config/identity.txt', 'state/vault.age'])
      expect((await stat(join(folder, path))).mode & 0o077).toBe(0)
  })

  it('refuses a second token of the same name', async () => {
    const vault = await openVault(folders(), context)
    await vault.add(token('ci'))
    await expect(vault.add(token('ci'))).rejects.toMatchObject({ code: 'R110' })
    expect(await vault.list()).toHaveLength(1)
  })

  it('removes', async () => {
    const vault = await openVault(folders(), context)
    await vault.add(token('ci'))
    expect([await vault.remove('ci'), await vault.remove('ci'), await vault.list()]).toEqual([true, false, []])
  })

  it('keeps every token that is added at the same time, also where there was no vault before', async () => {
    for (let round = 0; round < 5; round++) {
      const vaults = await Promise.all([1, 2, 3].map(() => openVault(folders(), context)))
      const names = vaults.map((_, index) => `t${round}-${index}`)
      await Promise.all(vaults.map((vault, index) => vault.add(token(names[index] ?? ''))))
      const kept = (await vaults[0]?.list())?.map(({ name }) => name) ?? []
      expect(names.filter((name) => !kept.includes(name))).toEqual([])
    }
  })

  it('opens with the passphrase that it was made with, and with no other', async () => {
    await (await openVault(folders(), context, 'correct horse')).add(token('ci'))
    expect((await (await openVault(folders(), context, 'correct horse')).list()).map(({ name }) => name)).toEqual([
      'ci',
    ])
    await expect(openVault(folders(), context, 'wrong')).rejects.toMatchObject({
      code: 'R109',
      parts: { because: 'the passphrase does not open it' },
    })
    await expect(openVault(folders(), context)).rejects.toMatchObject({ code: 'R109' })
  })

  it('says that it is damaged, and leaves it as it is', async () => {
    const vault = await openVault(folders(), context)
    await vault.add(token('ci'))
    const path = join(folder, 'state', 'vault.age')
    const damaged = (await readFile(path)).subarray(0, -3)
    await writeFile(path, damaged)
    await expect(vault.list()).rejects.toMatchObject({ code: 'R109', parts: { at: path } })
    await expect(vault.add(token('two'))).rejects.toMatchObject({ code: 'R109' })
    expect(await readFile(path)).toEqual(damaged)
  })
})
