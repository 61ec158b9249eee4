import { z } from 'zod'
import { Failure } from '../../model/failure.ts'
import { type Store, storeName } from './address.ts'
import { asShown } from './as-shown.ts'
import type { JenkinsClient } from './client.ts'
import { credentialPath, storePath } from './controller-path.ts'
import { type CredentialElement, readCredential } from './credential-element.ts'

/** One row of a store's list. The class, scope and username are only in its `config.xml`. */
export interface ListedCredential {
  readonly store: Store
  readonly domain: string
  readonly domainText: string
  readonly id: string
  readonly typeName: string
  readonly displayName: string
  readonly description: string
}

/** So many of each domain at a time. */
const PAGE = 1000

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '')

const listing = z.object({
  domains: z.record(
    z.string(),
    z.object({
      urlName: z.string().optional(),
      description: text,
      global: z.boolean().optional(),
      credentials: z
        .array(z.object({ id: z.string(), displayName: text, typeName: text, description: text }))
        .optional(),
    }),
  ),
})

/** Jenkins answers 404, not 403, to a login without Credentials/View (credentials-plugin, CredentialsStoreAction). */
export async function listStore(client: JenkinsClient, store: Store): Promise<readonly ListedCredential[]> {
  const rows: ListedCredential[] = []
  for (let from = 0; ; from += PAGE) {
    const domains = await listPage(client, store, from)
    for (const [key, domain] of domains) rows.push(...rowsOf(store, key, domain))
    if (domains.every(([, { credentials }]) => (credentials ?? []).length < PAGE)) return rows
  }
}

type ListedDomain = z.infer<typeof listing>['domains'][string]

async function listPage(
  client: JenkinsClient,
  store: Store,
  from: number,
): Promise<readonly (readonly [string, ListedDomain])[]> {
  const fields = `credentials[id,displayName,typeName,description]{${from},${from + PAGE}}`
  const answer = await client.json(storePath(store), `domains[urlName,description,global,${fields}]`)
  if (answer === undefined) throw hiddenStore(client, store)
  const read = listing.safeParse(answer)
  if (read.success) return Object.entries(read.data.domains)
  throw new Failure('R404', {
    at: client.baseUrl + storePath(store),
    because: 'the list of credentials has another form',
  })
}

function rowsOf(store: Store, key: string, domain: ListedDomain): readonly ListedCredential[] {
  const name = domain.global === true ? '_' : key
  const domainText = `${name} ${domain.description}`
  return (domain.credentials ?? []).map((row) => ({ store, domain: name, domainText, ...row }))
}

const stores = z.object({ stores: z.record(z.string(), z.unknown()) })

/** Names of the stores beside the system's that plugins fill, for every item. */
export async function providedStores(client: JenkinsClient): Promise<readonly string[]> {
  const read = stores.safeParse(await client.json('/credentials', 'stores[_class]'))
  return read.success ? Object.keys(read.data.stores).filter((name) => name !== 'system' && /^[\w.-]+$/.test(name)) : []
}

function hiddenStore(client: JenkinsClient, store: Store): Failure {
  return new Failure('R403', {
    at: client.baseUrl + storePath(store),
    because: `HTTP 404: the credentials of ${storeName(store)} are not shown; this is the answer without com.cloudbees.plugins.credentials.CredentialsProvider.View`,
  })
}

function hiddenPage(client: JenkinsClient, path: string): Failure {
  return new Failure('R404', {
    at: client.baseUrl + path,
    because: 'HTTP 404, although its store lists it; something in front of the controller may refuse its name',
  })
}

/** `undefined`: there is no such credential. A store that is not shown is a failure, never an absence. */
export async function readElement(
  client: JenkinsClient,
  store: Store,
  domain: string,
  id: string,
): Promise<CredentialElement | 'other' | undefined> {
  const path = credentialPath(store, domain, id)
  const isListed = async () => (await listStore(client, store)).some((row) => row.domain === domain && row.id === id)
  let text = await client.xmlText(`${path}/config.xml`)
  if (text === undefined) {
    if (!(await isListed())) return undefined
    // Somebody may have made it meanwhile.
    text = await client.xmlText(`${path}/config.xml`)
    if (text === undefined) throw hiddenPage(client, `${path}/config.xml`)
  }
  const element = readCredential(text)
  if (element === 'other') return element
  if (element !== undefined && element.id === asShown(id)) return { ...element, id }
  throw new Failure('R404', {
    at: client.baseUrl + path,
    because: 'the answer is not the config.xml of this credential',
  })
}
