import type { Failure } from '../../model/failure.ts'
import type { StoredSecretSize } from '../../model/jenkins-findings.ts'
import { storeName } from './address.ts'
import type { JenkinsClient } from './client.ts'
import type { ShownCredential } from './controller-memory.ts'
import { gapOf } from './gap.ts'
import { attempt } from './items.ts'
import type { ListedCredential } from './store-listing.ts'
import { storedCiphertext } from './stored-ciphertext.ts'

/** Version, two lengths and the initialisation vector before the blocks (core, Secret.getEncryptedValue). */
const HEADER = 25
const BLOCK = 16

/** How long the stored secret is, to a block. The ciphertext itself is not kept. */
export async function storedSecretSize(
  client: JenkinsClient,
  row: ListedCredential,
  element: ShownCredential | undefined,
  gaps: Failure[],
): Promise<StoredSecretSize | undefined> {
  if (element === undefined || element === 'other') return undefined
  if (element.size !== undefined) return element.size
  const { store, domain, id } = row
  const shown = await attempt(gaps, () => storedCiphertext(client, { store, domain, id, type: element.type }))
  if (shown?.ciphertext !== undefined) return sizeOf(shown.ciphertext)
  gaps.push(
    gapOf(
      client,
      `how long the stored secret of "${id}" in ${storeName(store)} is was not shown; it needs ${store.kind === 'folder' ? `Item/Configure on ${store.folder}` : 'Credentials/Update'}`,
    ),
  )
  return undefined
}

/** PKCS #5 fills the last block with 1 to 16 bytes. Other forms of ciphertext tell nothing here. */
export function sizeOf(ciphertext: string): StoredSecretSize | undefined {
  const bytes = Buffer.from(ciphertext.slice(1, -1), 'base64')
  const blocks = bytes.length - HEADER
  const isFirstVersion = bytes[0] === 1 && bytes.length > HEADER && bytes.readUInt32BE(5) === blocks
  if (!isFirstVersion || blocks % BLOCK !== 0) return undefined
  return { shortest: blocks - BLOCK, longest: blocks - 1 }
}
