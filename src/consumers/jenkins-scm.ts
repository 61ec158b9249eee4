import { encodeUtf8 } from '../formats/byte-text.ts'
import { readUrl } from '../formats/url.ts'
import { isBitbucketHost } from './bitbucket-hosts.ts'

/** An element of the configuration of an item, whichever parser read it. */
export interface ScmElement<Element> {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly Element[]
  /** Text directly inside, references decoded. */
  readonly text: string
}

/**
 * Who reads the credential that an element names. Branch Source asks REST with it and git does not, so that the two of one project can
 * be told to use two credentials.
 */
export type ScmReader = 'git' | 'branch-source'

/** A remote of the git plugin: freestyle and pipeline jobs (`UserRemoteConfig`), multibranch projects and libraries (`GitSCMSource`). */
const GIT_URL_FIELDS: Readonly<Record<string, string>> = {
  'hudson.plugins.git.UserRemoteConfig': 'url',
  'jenkins.plugins.git.GitSCMSource': 'remote',
}
const BRANCH_SOURCE = /^com\.cloudbees\.jenkins\.plugins\.bitbucket\.BitbucketSCM(?:Source|Navigator)$/
/** `scanCredentialsId` and `checkoutCredentialsId` are of Branch Source before 2.2.0; `SAME` and `ANONYMOUS` name none. */
const BRANCH_SOURCE_FIELDS = ['credentialsId', 'scanCredentialsId', 'checkoutCredentialsId']
const NO_ID = /^\s*(?:SAME|ANONYMOUS)?\s*$/

/** XStream names the class in the element's name, or in its `class` attribute where the element is a field. */
export function classOf<Element extends ScmElement<Element>>(element: Element): string {
  return element.attributes['class'] ?? element.name
}

/** The element whose text is the URL of a remote, wherever that is. */
export function gitUrlElement<Element extends ScmElement<Element>>(element: Element): Element | undefined {
  const field = GIT_URL_FIELDS[classOf(element)] ?? GIT_URL_FIELDS[element.name]
  return field === undefined ? undefined : childNamed(element, field)
}

/** The host of a remote over http that is not Bitbucket's. */
export function otherHost(url: string): string | undefined {
  const read = /^https?:/i.test(url.trim()) ? readUrl(encodeUtf8(url.trim())) : undefined
  return read === undefined || isBitbucketHost(read.host) ? undefined : read.host
}

/** Of Bitbucket Cloud; a source of another server signs in elsewhere. */
export function isBranchSource<Element extends ScmElement<Element>>(element: Element): boolean {
  if (!BRANCH_SOURCE.test(classOf(element)) && !BRANCH_SOURCE.test(element.name)) return false
  const server = (childNamed(element, 'serverUrl') ?? childNamed(element, 'bitbucketServerUrl'))?.text.trim() ?? ''
  return server === '' || readUrl(encodeUtf8(server))?.host === 'bitbucket.org'
}

/**
 * The elements directly below this one whose text is the id of a credential for Bitbucket Cloud and can be told to name another.
 * Submodules have none of their own: they follow their parent. Remotes of other hosts keep their credential; keys for SSH
 * (`SSHCheckoutTrait`), bindings and scripts stay out: where they send it is not known here.
 */
export function idElements<Element extends ScmElement<Element>>(
  element: Element,
  reader: ScmReader,
): readonly Element[] {
  const isHolder = reader === 'git' ? isRemoteOfBitbucket(element) : isBranchSource(element)
  const fields = !isHolder ? [] : reader === 'git' ? ['credentialsId'] : BRANCH_SOURCE_FIELDS
  return fields.flatMap((name) => {
    const found = childNamed(element, name)
    return found === undefined || NO_ID.test(found.text) ? [] : [found]
  })
}

function isRemoteOfBitbucket<Element extends ScmElement<Element>>(element: Element): boolean {
  const url = gitUrlElement(element)
  const host = url === undefined ? undefined : readUrl(encodeUtf8(url.text.trim()))?.host
  return host !== undefined && isBitbucketHost(host)
}

function childNamed<Element extends ScmElement<Element>>(element: Element, name: string): Element | undefined {
  return element.children.find((below) => below.name === name)
}
