import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { nodeFiles } from '../../src/system/node-files.ts'
import type { Sealer } from '../../src/vault/identity.ts'
import { temporaryFolder } from '../contract/fixtures.ts'
import { appPassword } from '../support/synthetic-secrets.ts'
import { openIdentity, sealQuickly } from './quick-identity.ts'

afterEach(() => sealQuickly(false))

/** Of an installation of its own. */
function openOne(): Promise<Sealer> {
  const folder = temporaryFolder()
  onTestFinished(folder.remove)
  return openIdentity(folder.path, nodeFiles())
}

const secret = Buffer.from(appPassword())

describe('the seal that most worlds use in place of age', () => {
  it('shows nothing of what it holds, and opens to it', async () => {
    const sealer = await openOne()
    sealQuickly(true)
    const sealed = await sealer.sealBytes(secret)
    expect(Buffer.from(sealed).includes(secret)).toBe(false)
    expect(Buffer.from(await sealer.openBytes(sealed))).toEqual(secret)
  })

  it('does not open when its end is missing, when a block of it was lost, or for another identity', async () => {
    const sealer = await openOne()
    sealQuickly(true)
    const sealed = await sealer.sealBytes(secret)
    await expect(sealer.openBytes(sealed.subarray(0, -1))).rejects.toThrow()
    await expect(sealer.openBytes(sealed.subarray(0, 30))).rejects.toThrow()
    await expect(sealer.openBytes(Uint8Array.from(sealed).fill(0, 60))).rejects.toThrow()
    const other = await openOne()
    await expect(other.openBytes(sealed)).rejects.toThrow()
  })

  it('is that of age where it was not chosen, and both open beside each other', async () => {
    const sealer = await openOne()
    const sealed = await sealer.sealBytes(secret)
    expect(Buffer.from(sealed).toString('latin1')).toMatch(/^age-encryption/)
    sealQuickly(true)
    expect(Buffer.from(await sealer.openBytes(sealed))).toEqual(secret)
  })
})
