import type { ReferenceGroup } from './address.ts'
import { child, descendants, type XmlDocument, type XmlElement } from './xml-document.ts'

/** What holds the id of a credential that plain git signs in with (git-plugin), wherever it stands: also in libraries of a folder. */
const GIT_HOLDERS: ReadonlySet<string> = new Set([
  'hudson.plugins.git.UserRemoteConfig',
  'jenkins.plugins.git.GitSCMSource',
  'jenkins.plugins.git.GitUsernamePasswordBinding',
])

const BRANCH_SOURCE = /^com\.cloudbees\.jenkins\.plugins\.bitbucket\.BitbucketSCM(?:Source|Navigator)$/

/** Branch Source before 2.2 wrote the second and third; `SAME` and `ANONYMOUS` are no ids. */
const ID_ELEMENTS = ['credentialsId', 'scanCredentialsId', 'checkoutCredentialsId'] as const
const NO_ID = /^\s*(?:SAME|ANONYMOUS)?\s*$/

/**
 * The elements of an item's configuration whose text is the id of a credential, in document order. Submodules sign in with the
 * credential of their parent and name none; the text of an inline pipeline is code, and is left to people.
 */
export function referenceElements({ root }: XmlDocument, group: ReferenceGroup): readonly XmlElement[] {
  const isHolder = group === 'git' ? isGitHolder : isBranchSource
  return [...descendants(root)].filter(isHolder).flatMap(idsIn)
}

function idsIn(holder: XmlElement): readonly XmlElement[] {
  return ID_ELEMENTS.flatMap((name) => {
    const element = child(holder, name)
    return element === undefined || NO_ID.test(element.text) ? [] : [element]
  })
}

/** XStream names the class in the element's name or in its `class` attribute. */
function classOf(element: XmlElement): string {
  return element.attributes['class'] ?? element.name
}

function isGitHolder(element: XmlElement): boolean {
  return GIT_HOLDERS.has(classOf(element))
}

/** Of Bitbucket Cloud; a source of another server signs in elsewhere. */
export function isBranchSource(element: XmlElement): boolean {
  if (!BRANCH_SOURCE.test(classOf(element))) return false
  const server = (child(element, 'serverUrl') ?? child(element, 'bitbucketServerUrl'))?.text ?? ''
  return server === '' || /^https:\/\/bitbucket\.org\/?$/.test(server)
}
