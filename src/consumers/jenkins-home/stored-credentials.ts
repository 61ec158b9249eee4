import type { XmlElement } from '../../formats/xml.ts'
import { domainReach } from '../jenkins-domain.ts'
import { addressPart, addressPath, type JenkinsFile } from './layout.ts'

/** A credential element of a store, as far as keyturn reads such. */
export interface StoredCredential {
  readonly address: string
  readonly id: string
  readonly type: 'username and password' | 'secret text'
  readonly username?: XmlElement
  readonly secret: XmlElement
  readonly element: XmlElement
  readonly idElement?: XmlElement
  /** The domain's host names contain bitbucket.org. */
  readonly domainIsBitbucket: boolean
  /** As of a place. */
  readonly withheldFrom?: 'plain git' | 'jobs'
}

const USERNAME_PASSWORD = 'com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl'
const SECRET_TEXT = 'org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl'

/** The credentials of every store in a document, of which all elements are given: the system's, a folder's or a user's. */
export function storedCredentials(elements: readonly XmlElement[], file: JenkinsFile): readonly StoredCredential[] {
  const found = listsOf(elements).flatMap(({ domain, list }) =>
    list.children.flatMap((element) => credentialOf(element, domain, file)),
  )
  return numbered(found)
}

/** Every element of a store that has this id, of whatever class: to Jenkins two with one id are equal. */
export function elementsWithId(root: XmlElement, id: string): readonly XmlElement[] {
  return listsOf(everyElement(root)).flatMap(({ list }) =>
    list.children.filter((element) => child(element, 'id')?.text === id),
  )
}

function listsOf(elements: readonly XmlElement[]): readonly DomainEntry[] {
  return [...entriesOf(elements), ...oldList(elements)]
}

interface DomainEntry {
  readonly domain?: XmlElement
  readonly list: XmlElement
}

/** The list is `java.util.concurrent.CopyOnWriteArrayList`, or `list` in domains made through the API or the command line. */
function entriesOf(elements: readonly XmlElement[]): readonly DomainEntry[] {
  return elements
    .filter((element) => element.name === 'domainCredentialsMap')
    .flatMap((map) => map.children)
    .flatMap((entry) => {
      const [domain, list] = entry.children
      return entry.name === 'entry' && domain !== undefined && list !== undefined ? [{ domain, list }] : []
    })
}

/** Very old files: one `credentials` list, which Jenkins takes as the global domain. */
function oldList([root]: readonly XmlElement[]): readonly DomainEntry[] {
  if (root === undefined || !root.name.endsWith('SystemCredentialsProvider')) return []
  const list = child(root, 'credentials')
  return list === undefined ? [] : [{ list }]
}

function credentialOf(
  element: XmlElement,
  domain: XmlElement | undefined,
  file: JenkinsFile,
): readonly StoredCredential[] {
  const secret = child(element, element.name === SECRET_TEXT ? 'secret' : 'password')
  if (![USERNAME_PASSWORD, SECRET_TEXT].includes(element.name) || secret === undefined) return []
  const idElement = child(element, 'id')
  const id = idElement?.text ?? ''
  const username = element.name === USERNAME_PASSWORD ? child(element, 'username') : undefined
  const domainName = domain === undefined ? undefined : child(domain, 'name')?.text
  return [
    {
      address: `${storeOf(file)}/${domainName ? addressPart(domainName) : '_'}/${addressPart(id)}`,
      id,
      type: element.name === USERNAME_PASSWORD ? 'username and password' : 'secret text',
      ...(username === undefined ? {} : { username }),
      secret,
      element,
      ...(idElement === undefined ? {} : { idElement }),
      domainIsBitbucket: domain !== undefined && namesBitbucket(domain),
      ...withheld(element, domain),
    },
  ]
}

/** Scope SYSTEM is for the controller itself; git asks the domains that let its host through for a credential with a username. */
function withheld(element: XmlElement, domain: XmlElement | undefined): Pick<StoredCredential, 'withheldFrom'> {
  const isOfNoJob = child(element, 'scope')?.text.trim() === 'SYSTEM'
  if (isOfNoJob || (domain !== undefined && domainReach(domain) !== 'bitbucket.org')) return { withheldFrom: 'jobs' }
  return element.name === SECRET_TEXT ? { withheldFrom: 'plain git' } : {}
}

function storeOf(file: JenkinsFile): string {
  if (file.kind === 'system' || file.kind === 'libraries') return 'system'
  return file.kind === 'user' ? `user/${addressPart(file.user)}` : `folder/${addressPath(file.name)}`
}

function namesBitbucket(domain: XmlElement): boolean {
  return descendants(domain).some((element) => element.name === 'includes' && /bitbucket\.org/i.test(element.text))
}

/** Duplicate ids are possible by hand edit; Jenkins uses the first. */
function numbered(found: readonly StoredCredential[]): readonly StoredCredential[] {
  const seen = new Map<string, number>()
  return found.map((credential) => {
    const count = (seen.get(credential.address) ?? 0) + 1
    seen.set(credential.address, count)
    return count === 1 ? credential : { ...credential, address: `${credential.address}#${count}` }
  })
}

export function child(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((candidate) => candidate.name === name)
}

/** The root first, in the order of the document. */
export function everyElement(root: XmlElement): readonly XmlElement[] {
  return [root, ...descendants(root)]
}

/** In the order of the document. */
export function descendants(element: XmlElement): readonly XmlElement[] {
  const found: XmlElement[] = []
  const waiting = element.children.toReversed()
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    found.push(next)
    for (let at = next.children.length - 1; at >= 0; at--) {
      const inner = next.children[at]
      if (inner !== undefined) waiting.push(inner)
    }
  }
  return found
}
