import type { Repository } from '../../model/use.ts'
import { classOf, gitUrlElement, isBranchSource } from '../jenkins-scm.ts'
import { ownText } from './own-text.ts'
import { type RemoteUrl, readRemoteUrl } from './remote-url.ts'
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
    if (isInlinePipeline(element)) found.push(...scriptReferences(childText(element, 'script') ?? ''))
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

function isInlinePipeline(element: XmlElement): boolean {
  return classOf(element) === 'org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition'
}

const NEAR = 400

/** Of the literal `credentialsId` near a URL, one of the same call or map belongs to it, else the nearest; ids in variables cannot be told. */
function scriptReferences(script: string): readonly ItemReference[] {
  const ids = [...script.matchAll(/credentialsId\s*:\s*(['"])([^'"$]{1,200})\1/g)]
  return [...script.matchAll(/https?:\/\/[^\s'"/]*bitbucket\.org\/[^\s'"]+/g)].flatMap((match) => {
    const text = ownText(match[0])
    const url = readRemoteUrl(text)
    if (url === undefined) return []
    const distance = (id: RegExpExecArray): number => Math.abs(id.index - match.index)
    const apart = (id: RegExpExecArray): number => (isOneCall(textBetween(script, id, match)) ? 0 : 1)
    const near = ids.filter((id) => distance(id) < NEAR)
    const nearest = near.sort((a, b) => apart(a) - apart(b) || distance(a) - distance(b))[0]?.[2]
    const id = nearest === undefined ? {} : { credentialsId: ownText(nearest) }
    return [{ kind: 'script', url, text, ...id } satisfies ItemReference]
  })
}

function textBetween(script: string, one: RegExpExecArray, other: RegExpExecArray): string {
  const [first, second] = one.index < other.index ? [one, other] : [other, one]
  return script.slice(first.index + first[0].length, second.index)
}

const BRACKETS = /\([^()]*\)|\[[^[\]]*\]|\{[^{}]*\}/g

/** By the text between two arguments: no bracket around one of them alone, and no end of a statement, which a line is unless it ends in a comma. */
function isOneCall(between: string): boolean {
  let outside = between
  for (let before = ''; before !== outside; ) {
    before = outside
    outside = outside.replace(BRACKETS, '')
  }
  return !/[()[\]{};]|(?:^|[^\s,])\s*\n/.test(outside)
}
