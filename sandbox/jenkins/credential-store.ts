import { type Credential, readCredential } from './credential.ts'
import type { SecretCipher } from './secret-cipher.ts'
import { child, childText, element, type XmlElement } from './xml-element.ts'

/** One domain and its credentials. `listName` keeps what the file had: `list` where `createDomain` made it. */
export interface DomainEntry {
  domain: XmlElement
  readonly listName: string
  readonly credentials: Credential[]
}

/** The map `domain -> credentials` of one store, in memory. Identity of a domain is its name; global has none. */
export interface CredentialStore {
  readonly domains: DomainEntry[]
}

export const DOMAIN = 'com.cloudbees.plugins.credentials.domains.Domain'
const COPY_ON_WRITE_LIST = 'java.util.concurrent.CopyOnWriteArrayList'

export function emptyStore(): CredentialStore {
  return { domains: [globalDomain()] }
}

function globalDomain(): DomainEntry {
  return { domain: element(DOMAIN, [element('specifications')]), listName: COPY_ON_WRITE_LIST, credentials: [] }
}

/** Reads the parent of `<domainCredentialsMap>`, or of the `<credentials>` list of very old files. */
export function readStore(holder: XmlElement | undefined, cipher: SecretCipher): CredentialStore {
  const domains: DomainEntry[] = []
  for (const entry of child(holder, 'domainCredentialsMap')?.children ?? []) {
    const [domain, list] = entry.children
    if (domain !== undefined && list !== undefined && !domains.some((each) => sameDomain(each.domain, domain))) {
      domains.push({ domain, listName: list.name, credentials: readList(list, cipher) })
    }
  }
  const oldList = child(holder, 'credentials')
  if (oldList !== undefined && domains.length === 0) {
    domains.push({ ...globalDomain(), credentials: readList(oldList, cipher) })
  }
  if (!domains.some((each) => domainName(each) === undefined)) domains.unshift(globalDomain())
  return { domains }
}

/** One unreadable element is skipped, and lost at the next save (core RobustCollectionConverter). */
function readList(list: XmlElement, cipher: SecretCipher): Credential[] {
  return list.children.flatMap((each) => readCredential(each, cipher) ?? [])
}

function sameDomain(a: XmlElement, b: XmlElement): boolean {
  return childText(a, 'name') === childText(b, 'name')
}

export function writeStore(store: CredentialStore): XmlElement {
  const entries = store.domains.map((each) =>
    element('entry', [
      each.domain,
      element(
        each.listName,
        each.credentials.map((credential) => credential.element),
      ),
    ]),
  )
  return element('domainCredentialsMap', entries, { class: 'hudson.util.CopyOnWriteMap$Hash' })
}

export function domainName(entry: DomainEntry): string | undefined {
  return childText(entry.domain, 'name')
}

export function findDomain(store: CredentialStore, urlName: string): DomainEntry | undefined {
  return store.domains.find((each) => (domainName(each) ?? '_') === urlName)
}

export function findCredential(entry: DomainEntry, id: string): Credential | undefined {
  return entry.credentials.find((each) => each.id === id)
}

/** False when the id is taken in this domain. */
export function addCredential(entry: DomainEntry, credential: Credential): boolean {
  if (findCredential(entry, credential.id) !== undefined) return false
  entry.credentials.push(credential)
  return true
}

export function replaceCredential(entry: DomainEntry, credential: Credential): void {
  const at = entry.credentials.findIndex((each) => each.id === credential.id)
  if (at >= 0) entry.credentials[at] = credential
}

export function removeCredential(entry: DomainEntry, id: string): void {
  const at = entry.credentials.findIndex((each) => each.id === id)
  if (at >= 0) entry.credentials.splice(at, 1)
}

/** False when a domain of that name exists. The list of a domain made this way is an ArrayList. */
export function addDomain(store: CredentialStore, domain: XmlElement): boolean {
  if (store.domains.some((each) => sameDomain(each.domain, domain))) return false
  store.domains.push({ domain, listName: 'list', credentials: [] })
  return true
}

/** Dropping the global domain takes every credential in it; an empty one reappears (CredentialsStoreAction has no guard). */
export function removeDomain(store: CredentialStore, entry: DomainEntry): void {
  store.domains.splice(store.domains.indexOf(entry), 1)
  if (domainName(entry) === undefined) store.domains.unshift(globalDomain())
}
