import { type DomainReach, domainReach } from '../jenkins-domain.ts'
import { type CredentialType, ciphertextOf, credentialType, secretName } from './credential-element.ts'
import { ownText } from './own-text.ts'
import { child, childText, descendants, type XmlDocument, type XmlElement } from './xml-document.ts'

/** A credential as the `config.xml` of its folder shows it, in UTF-8. */
export interface FolderCredential {
  /** `_` is the global one. */
  readonly domain: string
  readonly domainText: string
  readonly reach: DomainReach
  readonly id: string
  /** Absent: a kind that holds no Bitbucket secret. */
  readonly type?: CredentialType
  readonly scope?: string
  readonly username?: string
  readonly description: string
  /** Absent: hidden from this login, which has no Item/Configure. */
  readonly ciphertext?: string
}

const PROPERTY = 'com.cloudbees.hudson.plugins.folder.properties.FolderCredentialsProvider_-FolderCredentialsProperty'

/** What the folder holds, in the order of the file; empty for an item without the property. */
export function folderCredentials({ root }: XmlDocument): readonly FolderCredential[] {
  const properties = child(root, 'properties')
  const property = properties === undefined ? undefined : child(properties, PROPERTY)
  if (property === undefined) return []
  const entries = [...descendants(property)].filter(({ name }) => name === 'entry')
  return entries.flatMap(({ children: [domain, list] }) => {
    if (domain === undefined || list === undefined) return []
    const reach = domainReach(domain)
    return list.children.flatMap((each) => credentialOf(each, domain, reach))
  })
}

function credentialOf(element: XmlElement, domain: XmlElement, reach: DomainReach): readonly FolderCredential[] {
  const id = ownChildText(element, 'id')
  if (id === undefined) return []
  const type = credentialType(element.name)
  const name = ownChildText(domain, 'name') ?? '_'
  const common = {
    domain: name,
    domainText: `${name} ${childText(domain, 'description') ?? ''}`,
    reach,
    id,
    description: ownChildText(element, 'description') ?? '',
  }
  if (type === undefined) return [common]
  const scope = ownChildText(element, 'scope')
  const ciphertext = ciphertextOf(childText(element, secretName(type))?.trim())
  const username = type === 'secret text' ? undefined : (ownChildText(element, 'username') ?? '')
  return [
    {
      ...common,
      type,
      ...(scope === undefined ? {} : { scope }),
      ...(username === undefined ? {} : { username }),
      ...(ciphertext === undefined ? {} : { ciphertext }),
    },
  ]
}

function ownChildText(element: XmlElement, name: string): string | undefined {
  const text = childText(element, name)
  return text === undefined ? undefined : ownText(text)
}
