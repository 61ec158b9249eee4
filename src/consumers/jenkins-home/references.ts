import { readUrl } from '../../formats/url.ts'
import type { XmlElement } from '../../formats/xml.ts'
import type { JobUrl } from './job-remotes.ts'
import { type ItemFile, referencesAddress } from './layout.ts'
import { child } from './stored-credentials.ts'

/**
 * Who reads the credential that an element names. Branch Source asks REST with it and git does not, so that the two of one project can
 * be told to use two credentials.
 */
export type Reader = 'git' | 'branch-source'

/** An element of an item, or of the global libraries, that names a credential by its id. */
export interface CredentialReference {
  readonly address: string
  readonly element: XmlElement
  readonly id: string
}

const BRANCH_SOURCE = 'com.cloudbees.jenkins.plugins.bitbucket.BitbucketSCMSource'
const NAVIGATOR = 'com.cloudbees.jenkins.plugins.bitbucket.BitbucketSCMNavigator'
/** `scanCredentialsId` and `checkoutCredentialsId` are of Branch Source before 2.2.0; `SAME` and `ANONYMOUS` name none. */
const BRANCH_SOURCE_FIELDS = ['credentialsId', 'scanCredentialsId', 'checkoutCredentialsId']
const NO_ID = /^(?:|SAME|ANONYMOUS)$/

/**
 * Everything that names a credential for Bitbucket and can be told to name another. Submodules have no id of their own: they follow their
 * parent. Keys for SSH (`SSHCheckoutTrait`), bindings and scripts stay out: who reads them is not known here.
 */
export function credentialReferences(
  sources: readonly XmlElement[],
  urls: readonly JobUrl[],
  file: ItemFile,
): readonly CredentialReference[] {
  return [
    ...urls.flatMap(({ credentialElement }) => referenceTo(credentialElement, 'git', file)),
    ...sources.flatMap((source) =>
      BRANCH_SOURCE_FIELDS.flatMap((field) => referenceTo(child(source, field), 'branch-source', file)),
    ),
  ]
}

function referenceTo(element: XmlElement | undefined, reader: Reader, file: ItemFile): readonly CredentialReference[] {
  if (element === undefined || NO_ID.test(element.text)) return []
  return [{ address: referencesAddress(file, reader), element, id: element.text }]
}

/** Sources and navigators of Branch Source for Bitbucket Cloud, of all elements of a document. */
export function branchSources(elements: readonly XmlElement[]): readonly XmlElement[] {
  return elements.filter((element) => {
    if (!isA(element, BRANCH_SOURCE) && !isA(element, NAVIGATOR)) return false
    const server = child(element, 'serverUrl')?.text ?? child(element, 'bitbucketServerUrl')?.text ?? ''
    return server === '' || readUrl(server)?.host === 'bitbucket.org'
  })
}

/** XStream names the type by the element, or by a `class` attribute where the element is a field. */
export function isA(element: XmlElement, type: string): boolean {
  return element.name === type || element.attributes['class'] === type
}
