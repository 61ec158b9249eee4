import { encodeUtf8 } from '../../formats/byte-text.ts'
import { percentDecode, readUrl, type UrlReading } from '../../formats/url.ts'
import type { XmlElement } from '../../formats/xml.ts'
import type { Demand, Operation, Repository } from '../../model/use.ts'
import { isBitbucketHost, repositoryOf } from '../bitbucket-hosts.ts'
import { addressPath } from './layout.ts'
import { child, descendants } from './stored-credentials.ts'

/** A git URL of Bitbucket in a job. */
export interface JobUrl {
  readonly address: string
  readonly element: XmlElement
  /** Offsets into the UTF-8 byte text of the element's text. */
  readonly url: UrlReading
  readonly credentialId?: string
}

const BRANCH_SOURCE = 'com.cloudbees.jenkins.plugins.bitbucket.BitbucketSCMSource'
const NAVIGATOR = 'com.cloudbees.jenkins.plugins.bitbucket.BitbucketSCMNavigator'
const GIT_REMOTE = 'hudson.plugins.git.UserRemoteConfig'
const GIT_SOURCE = 'jenkins.plugins.git.GitSCMSource'

/** URLs of the git plugin: freestyle and pipeline jobs (`UserRemoteConfig`), multibranch projects (`GitSCMSource`). */
export function jobUrls(root: XmlElement, item: string): readonly JobUrl[] {
  const found = [root, ...descendants(root)].flatMap((element) => {
    const field = isA(element, GIT_REMOTE) ? 'url' : isA(element, GIT_SOURCE) ? 'remote' : undefined
    const holder = field === undefined ? undefined : child(element, field)
    const url = holder === undefined ? undefined : readUrl(encodeUtf8(holder.text))
    if (holder === undefined || url === undefined || !isBitbucketHost(url.host)) return []
    const credentialId = child(element, 'credentialsId')?.text
    return [{ element: holder, url, ...(credentialId ? { credentialId } : {}) }]
  })
  return found.map((one, index) => ({
    ...one,
    address: `job/${addressPath(item)}/url${index === 0 ? '' : `#${index + 1}`}`,
  }))
}

/** What a job asks of Bitbucket, and through which credential. */
export function jobDemands(root: XmlElement, item: string): readonly Demand[] {
  return [...jobUrls(root, item).flatMap((url) => urlDemands(url, item)), ...branchSourceDemands(root, item)]
}

/** Without a credential id git asks the agent's own helpers and netrc. */
function urlDemands({ url, element, credentialId }: JobUrl, item: string): readonly Demand[] {
  const { username, password, host, path } = url
  if (password !== undefined && password[1] > password[0]) return []
  const repository = repositoryOf(path)
  const name = username === undefined ? undefined : percentDecode(encodeUtf8(element.text).slice(...username))
  const of: Demand['of'] =
    credentialId === undefined
      ? { kind: 'host', host, ...(name === undefined ? {} : { username: name }) }
      : { kind: 'jenkins', credentialId, item: addressPath(item) }
  return [{ operation: 'git-fetch', ...(repository === undefined ? {} : { repository }), by: `job ${item}`, of }]
}

/** Branch Source speaks REST and git with one credential; the checkout may have its own (old field). */
function branchSourceDemands(root: XmlElement, item: string): readonly Demand[] {
  return [root, ...descendants(root)].flatMap((element) => {
    if (!isA(element, BRANCH_SOURCE) && !isA(element, NAVIGATOR)) return []
    const server = child(element, 'serverUrl')?.text ?? child(element, 'bitbucketServerUrl')?.text ?? ''
    if (server !== '' && readUrl(server)?.host !== 'bitbucket.org') return []
    const scan = child(element, 'credentialsId')?.text ?? child(element, 'scanCredentialsId')?.text
    const checkout = child(element, 'checkoutCredentialsId')?.text
    const repository = sourceRepository(element)
    const demand = (operation: Operation, credentialId: string | undefined): readonly Demand[] =>
      credentialId
        ? [{ ...demandBy(item, operation, repository), of: { kind: 'jenkins', credentialId, item: addressPath(item) } }]
        : []
    return [
      ...demand('rest', scan),
      ...demand('git-fetch', checkout && !/^(SAME|ANONYMOUS)$/.test(checkout) ? checkout : scan),
    ]
  })
}

function demandBy(item: string, operation: Operation, repository: Repository | undefined): Omit<Demand, 'of'> {
  return { operation, by: `job ${item} (Branch Source)`, ...(repository === undefined ? {} : { repository }) }
}

function sourceRepository(element: XmlElement): Repository | undefined {
  const [workspace, slug] = [child(element, 'repoOwner')?.text, child(element, 'repository')?.text]
  return workspace && slug ? { workspace, slug } : undefined
}

/** XStream names the type by the element, or by a `class` attribute where the element is a field. */
function isA(element: XmlElement, type: string): boolean {
  return element.name === type || element.attributes['class'] === type
}
