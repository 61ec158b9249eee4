import type { ItemKind } from '../../model/jenkins-findings.ts'
import type { ItemReference } from './item-config.ts'
import { childText, descendants, type XmlDocument } from './xml-document.ts'

const BRANCH_PROPERTY = 'org.jenkinsci.plugins.workflow.multibranch.BranchJobProperty'

/** Written into branch jobs by Branch Source; since 936.0.0 it names the credential and holds no copy of it. */
const AUTHENTICATOR = /^com\.cloudbees\.jenkins\.plugins\.bitbucket\..*GitClientAuthenticatorExtension$/

const ROOTS: readonly (readonly [RegExp, ItemKind])[] = [
  [/MultiBranchProject$/, 'multibranch'],
  [/OrganizationFolder$/, 'organization'],
  [/\.Folder$/, 'folder'],
]

export function itemKind({ root }: XmlDocument): ItemKind {
  const known = ROOTS.find(([pattern]) => pattern.test(root.name))
  if (known !== undefined) return known[1]
  return [...descendants(root)].some(({ name }) => name === BRANCH_PROPERTY) ? 'branch' : 'job'
}

/** Freestyle and pipeline jobs, branches included: they hold no items and have no store of their own. */
export function isPlainJob({ root }: XmlDocument): boolean {
  return root.name === 'project' || root.name === 'flow-definition'
}

/** The workspace that a Branch Source asks for; a branch job carries the mark of the source that made it. */
export function branchSourceWorkspace({ root }: XmlDocument, reference: ItemReference | undefined): string | undefined {
  if (reference?.kind === 'branch source') return reference.workspace
  const isMade = [...descendants(root)].some(({ name }) => AUTHENTICATOR.test(name))
  return isMade && reference?.kind === 'git' ? reference.url.repository?.workspace : undefined
}

/** `git@bitbucket.org:…` or `ssh://git@bitbucket.org/…`. */
export function sshRemote({ root }: XmlDocument): string | undefined {
  for (const element of descendants(root)) {
    if (element.name !== 'hudson.plugins.git.UserRemoteConfig' && element.attributes['class'] !== GIT_SOURCE) continue
    const url = (childText(element, 'url') ?? childText(element, 'remote') ?? '').trim()
    if (/^(?:ssh:\/\/)?[\w.-]+@(?:altssh\.)?bitbucket\.org[:/]/i.test(url)) return url
  }
  return undefined
}

const GIT_SOURCE = 'jenkins.plugins.git.GitSCMSource'
