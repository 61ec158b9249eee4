import type { XmlElement } from '../../formats/xml.ts'
import { idElements, type ScmReader } from '../jenkins-scm.ts'
import { type ItemFile, referencesAddress } from './layout.ts'

/** An element of an item, or of the global libraries, that names a credential by its id. */
export interface CredentialReference {
  readonly address: string
  readonly element: XmlElement
  readonly id: string
}

/** Everything that names a credential for Bitbucket and can be told to name another: `elements` are all of a document. */
export function credentialReferences(elements: readonly XmlElement[], file: ItemFile): readonly CredentialReference[] {
  const readBy = (reader: ScmReader): readonly CredentialReference[] => {
    const address = referencesAddress(file, reader)
    return elements
      .flatMap((each) => idElements(each, reader))
      .map((element) => ({ address, element, id: element.text }))
  }
  return [...readBy('git'), ...readBy('branch-source')]
}
