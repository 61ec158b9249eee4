import type { Repository } from '../../model/use.ts'
import { gitUrlElement, isBranchSource } from '../jenkins-scm.ts'
import { ownText } from './own-text.ts'
import { type RemoteUrl, readRemoteUrl } from './remote-url.ts'
import { inlineScript, scriptRemotes } from './script-remotes.ts'
import { childText, descendants, type XmlDocument, type XmlElement } from './xml-document.ts'

/** What an item says about one remote or source at Bitbucket Cloud. */
export type ItemReference =
  | {
      readonly kind: 'git'
      /** Counts the item's remotes at Bitbucket from 1. */
      readonly remote: number
      /** As written. */
      readonly text: string
      readonly url: RemoteUrl
      readonly element: XmlElement
      readonly credentialsId?: string
    }
  /** A remote in the text of an inline pipeline: it can be reported, not changed. */
  | { readonly kind: 'script'; readonly url: RemoteUrl; readonly text: string; readonly credentialsId?: string }
  | {
      readonly kind: 'branch source'
      /** `repoOwner`. An organization folder names no repository. */
      readonly workspace: string
      readonly repository?: Repository
      readonly credentialsId?: string
      /** Only in configurations of old versions; otherwise the checkout uses `credentialsId`. */
      readonly checkoutCredentialsId?: string
    }

/** Git plugin remotes, plain git sources, Bitbucket Branch Source and remotes in inline pipelines, wherever they stand. */
export function itemReferences(config: XmlDocument): readonly ItemReference[] {
  const found: ItemReference[] = []
  let remote = 0
  for (const element of descendants(config.root)) {
    const urlElement = gitUrlElement(element)
    if (urlElement !== undefined) {
      const text = ownText(urlElement.text)
      const url = readRemoteUrl(text)
      if (url !== undefined) remote++
      const id = credentialsIdOf(element)
      if (url !== undefined) found.push({ kind: 'git', remote, text, url, element: urlElement, ...id })
    }
    if (isBranchSource(element)) found.push(branchSource(element))
    const script = inlineScript(element)
    if (script !== undefined) found.push(...scriptReferences(script))
  }
  return found
}

function branchSource(element: XmlElement): ItemReference {
  const workspace = ownText(childText(element, 'repoOwner') ?? '')
  const slug = ownText(childText(element, 'repository') ?? '')
  const repository = workspace === '' || slug === '' ? {} : { repository: { workspace, slug } }
  const checkout = childText(element, 'checkoutCredentialsId') ?? ''
  const own = /^(SAME|ANONYMOUS)?$/.test(checkout) ? {} : { checkoutCredentialsId: ownText(checkout) }
  return { kind: 'branch source', workspace, ...repository, ...credentialsIdOf(element), ...own }
}

/** `scanCredentialsId` is what older versions of Branch Source wrote. */
function credentialsIdOf(element: XmlElement): { readonly credentialsId?: string } {
  const id = (childText(element, 'credentialsId') ?? childText(element, 'scanCredentialsId') ?? '').trim()
  return id === '' ? {} : { credentialsId: ownText(id) }
}

/** A remote at Bitbucket in the text of an inline pipeline. */
const AT_BITBUCKET = /^https?:\/\/[^/]*bitbucket\.org\/./

function scriptReferences(script: string): readonly ItemReference[] {
  return scriptRemotes(script).flatMap(({ text, id }) => {
    const own = ownText(text)
    const url = AT_BITBUCKET.test(text) ? readRemoteUrl(own) : undefined
    if (url === undefined) return []
    return [{ kind: 'script', url, text: own, ...(id === undefined ? {} : { credentialsId: ownText(id) }) }]
  })
}
