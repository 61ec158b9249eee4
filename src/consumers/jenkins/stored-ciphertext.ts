import { Failure } from '../../model/failure.ts'
import type { Store } from './address.ts'
import type { JenkinsClient } from './client.ts'
import { credentialPath, pageOf } from './controller-path.ts'
import { type CredentialType, ciphertextOf, secretName } from './credential-element.ts'
import { folderCredentials } from './folder-credentials.ts'
import { decodeEntities } from './plain-words.ts'
import { readXml } from './xml-document.ts'

export interface StoredSecret {
  readonly store: Store
  readonly domain: string
  readonly id: string
  readonly type: CredentialType
}

export interface ShownSecret {
  /** Absent: this login is not shown it. */
  readonly ciphertext?: string
  /** What was answered in its place and is no refusal of Jenkins: it may be there the next time. */
  readonly hiddenBy?: Failure
}

/**
 * The ciphertext that Jenkins stores, without the plain text: from the update form (Credentials/Update) or from the folder's
 * `config.xml` (Item/Configure), which grows with the folder.
 */
export async function storedCiphertext(client: JenkinsClient, of: StoredSecret): Promise<ShownSecret> {
  const form = await orHidden(() => fromUpdateForm(client, of))
  if (form.ciphertext !== undefined) return form
  const folder = await orHidden(() => fromFolder(client, of))
  return folder.ciphertext === undefined ? { ...folder, ...form } : folder
}

/** Only what is refused or has another form counts as hidden; an unreachable controller does not. */
async function orHidden(read: () => Promise<string | undefined>): Promise<ShownSecret> {
  try {
    const ciphertext = await read()
    return ciphertext === undefined ? {} : { ciphertext }
  } catch (error) {
    if (error instanceof Failure && error.code === 'R404') return { hiddenBy: error }
    if (error instanceof Failure && error.code === 'R403') return {}
    throw error
  }
}

async function fromFolder(client: JenkinsClient, of: StoredSecret): Promise<string | undefined> {
  if (of.store.kind !== 'folder') return undefined
  const body = await client.get(pageOf(of.store.folder, 'config.xml'))
  const config = body === undefined ? undefined : readXml(Buffer.from(body).toString('utf8'))
  if (config === undefined) return undefined
  return folderCredentials(config).find(({ domain, id }) => domain === of.domain && id === of.id)?.ciphertext
}

/** The hidden input of the form holds `Secret.getEncryptedValue()` (core, lib/form/password). */
async function fromUpdateForm(client: JenkinsClient, of: StoredSecret): Promise<string | undefined> {
  const path = `${credentialPath(of.store, of.domain, of.id)}/update` as const
  const body = await client.get(path)
  if (body === undefined) throw notTheForm(client.baseUrl + path, 'HTTP 404, although the credential is there')
  const inputs =
    Buffer.from(body)
      .toString('utf8')
      .match(/<input\b[^>]*>/gi) ?? []
  const field = inputs.map(attributesOf).find((attributes) => attributes.get('name') === `_.${secretName(of.type)}`)
  if (field === undefined)
    throw notTheForm(client.baseUrl + path, 'it answered 200, but not with the form of this credential')
  return ciphertextOf(field.get('value'))
}

function notTheForm(at: string, because: string): Failure {
  return new Failure('R404', { at, because })
}

function attributesOf(tag: string): ReadonlyMap<string, string> {
  const pairs = [...tag.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)]
  return new Map(
    pairs.map(([, name, double, single]) => [String(name).toLowerCase(), decodeEntities(double ?? single ?? '')]),
  )
}
