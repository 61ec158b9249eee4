import { encodeUtf8 } from '../../formats/byte-text.ts'
import { percentDecode, readUrl, type UrlReading } from '../../formats/url.ts'
import type { XmlElement } from '../../formats/xml.ts'
import type { PlaceRef } from '../../model/place.ts'
import type { Demand, Operation, Repository, Use } from '../../model/use.ts'
import { isBitbucketHost, repositoryOf } from '../bitbucket-hosts.ts'
import { gitUrlElement, type ScmReader } from '../jenkins-scm.ts'
import { addressPath, type ItemFile, urlAddress } from './layout.ts'
import { child } from './stored-credentials.ts'

/** A git URL of Bitbucket in a job. */
export interface JobUrl {
  readonly address: string
  readonly element: XmlElement
  /** Offsets into the UTF-8 byte text of the element's text. */
  readonly url: UrlReading
  readonly credentialElement?: XmlElement
  /** What git does with it; without a credential it asks the agent's own helpers and netrc. */
  readonly use: Use
}

/** As it stands in the document; the library is the one that it is the source of. */
type Remote = Omit<JobUrl, 'address' | 'use'> & { readonly library?: string }

const LIBRARY = 'org.jenkinsci.plugins.workflow.libs.LibraryConfiguration'

/** URLs of the git plugin: freestyle and pipeline jobs (`UserRemoteConfig`), multibranch projects and libraries (`GitSCMSource`). */
export function jobUrls(root: XmlElement, file: ItemFile): readonly JobUrl[] {
  return remotesIn(root).map(({ library, ...remote }, index) => ({
    ...remote,
    address: urlAddress(file, index),
    use: useOf(remote.url, library, file),
  }))
}

/** In the order of the document. */
function remotesIn(root: XmlElement): readonly Remote[] {
  const found: Remote[] = []
  const visit = (element: XmlElement, library: string | undefined): void => {
    if (element.children.length === 0) return
    const name = element.name === LIBRARY ? (child(element, 'name')?.text ?? '') : library
    const remote = remoteAt(element)
    if (remote !== undefined) found.push(name === undefined ? remote : { ...remote, library: name })
    for (const inner of element.children) visit(inner, name)
  }
  visit(root, undefined)
  return found
}

function remoteAt(element: XmlElement): Remote | undefined {
  const holder = gitUrlElement(element)
  const url = holder === undefined ? undefined : readUrl(encodeUtf8(holder.text))
  if (holder === undefined || url === undefined || !isBitbucketHost(url.host)) return undefined
  const credentialElement = child(element, 'credentialsId')
  return { element: holder, url, ...(credentialElement?.text ? { credentialElement } : {}) }
}

/** How a demand names the place that refers to its credential. */
export type ReferenceTo = (reader: ScmReader) => PlaceRef

/** What a job asks of Bitbucket, and through which credential. */
export function jobDemands(
  sources: readonly XmlElement[],
  urls: readonly JobUrl[],
  file: ItemFile,
  referenceTo: ReferenceTo,
): readonly Demand[] {
  const inGit = urls.flatMap((url) => urlDemands(url, file, referenceTo('git')))
  return [...inGit, ...branchSourceDemands(sources, file, referenceTo('branch-source'))]
}

function useOf({ path }: UrlReading, library: string | undefined, file: ItemFile): Use {
  const repository = repositoryOf(path)
  const by = library === undefined ? `job ${file.name}` : libraryName(library, file)
  return { operation: 'git-fetch', ...(repository === undefined ? {} : { repository }), by }
}

function urlDemands(
  { url, element, credentialElement, use }: JobUrl,
  file: ItemFile,
  reference: PlaceRef,
): readonly Demand[] {
  const { username, password, host } = url
  if (password !== undefined && password[1] > password[0]) return []
  const name = username === undefined ? undefined : percentDecode(encodeUtf8(element.text).slice(...username))
  if (credentialElement === undefined)
    return [{ ...use, of: { kind: 'host', host, ...(name === undefined ? {} : { username: name }) } }]
  return [{ ...use, reference, of: ofJenkins(credentialElement.text, file) }]
}

function libraryName(library: string, { kind, name }: ItemFile): string {
  return kind === 'libraries' ? `library ${library}` : `job ${name} (library ${library})`
}

function ofJenkins(credentialId: string, { name }: ItemFile): Demand['of'] {
  return { kind: 'jenkins', credentialId, item: addressPath(name) }
}

/** Branch Source speaks REST and git with one credential; the checkout may have its own (old field). */
function branchSourceDemands(sources: readonly XmlElement[], file: ItemFile, reference: PlaceRef): readonly Demand[] {
  return sources.flatMap((element) => {
    const scan = child(element, 'credentialsId')?.text ?? child(element, 'scanCredentialsId')?.text
    const checkout = child(element, 'checkoutCredentialsId')?.text
    const repository = sourceRepository(element)
    const workspace = repository === undefined ? child(element, 'repoOwner')?.text : undefined
    const by = file.kind === 'libraries' ? 'global libraries (Branch Source)' : `job ${file.name} (Branch Source)`
    const whose = repository === undefined ? (workspace ? { workspace } : {}) : { repository }
    const demand = (operation: Operation, credentialId: string | undefined): readonly Demand[] =>
      credentialId ? [{ operation, ...whose, by, reference, of: ofJenkins(credentialId, file) }] : []
    return [
      ...demand('rest', scan),
      ...demand('git-fetch', checkout && !/^(SAME|ANONYMOUS)$/.test(checkout) ? checkout : scan),
    ]
  })
}

function sourceRepository(element: XmlElement): Repository | undefined {
  const [workspace, slug] = [child(element, 'repoOwner')?.text, child(element, 'repository')?.text]
  return workspace && slug ? { workspace, slug } : undefined
}
