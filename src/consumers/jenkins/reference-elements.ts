import { idElements } from '../jenkins-scm.ts'
import type { ReferenceGroup } from './address.ts'
import { descendants, type XmlDocument, type XmlElement } from './xml-document.ts'

/**
 * The elements of an item's configuration whose text is the id of a credential for Bitbucket Cloud, in document order, wherever they
 * stand: also in libraries of a folder. The text of an inline pipeline is code, and is left to people.
 */
export function referenceElements({ root }: XmlDocument, group: ReferenceGroup): readonly XmlElement[] {
  return [...descendants(root)].flatMap((element) => idElements(element, group))
}
