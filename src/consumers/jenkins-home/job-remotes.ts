import { encodeUtf8 } from '../../formats/byte-text.ts'
import { percentDecode, readUrl, type UrlReading } from '../../formats/url.ts'
import type { XmlElement } from '../../formats/xml.ts'
import type { PlaceRef } from '../../model/place.ts'
import type { Demand, Operation, Repository, Use } from '../../model/use.ts'
import { isBitbucketHost, repositoryOf } from '../bitbucket-hosts.ts'
import { gitUrlElement, otherHost, type ScmReader } from '../jenkins-scm.ts'
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

/** What a job fetches from another host with, as far as it names a credential. */
export interface OtherRemote {
  readonly host: string
  readonly credentialId: string
  readonly by: string
}

/** Remotes of a document, in its order. */
export interface Remotes {
  readonly urls: readonly JobUrl[]
  readonly others: readonly OtherRemote[]
}

/** As it stands in the document. */
type Remote = Omit<JobUrl, 'address' | 'use'>

const LIBRARY = 'org.jenkinsci.plugins.workflow.libs.LibraryConfiguration'

/** URLs of the git plugin: freestyle and pipeline jobs (`UserRemoteConfig`), multibranch projects and libraries (`GitSCMSource`). */
export function jobRemotes(root: XmlElement, file: ItemFile): Remotes {
  const urls: JobUrl[] = []
  const others: OtherRemote[] = []
  const visit = (element: XmlElement, library: string | undefined): void => {
    if (element.children.length === 0) return
    const name = element.name === LIBRARY ? (child(element, 'name')?.text ?? '') : library
    const remote = remoteAt(element)
    if (remote !== undefined && 'url' in remote)
      urls.push({ ...remote, address: urlAddress(file, urls.length), use: useOf(remote.url, name, file) })
    else if (remote !== undefined) others.push({ ...remote, by: byName(name, file) })
    for (const inner of element.children) visit(inner, name)
  }
  visit(root, undefined)
  return { urls, others }
}

function remoteAt(element: XmlElement): Remote | Omit<OtherRemote, 'by'> | undefined {
  const holder = gitUrlElement(element)
  if (holder === undefined) return undefined
  const url = readUrl(encodeUtf8(holder.text))
  const credentialElement = child(element, 'credentialsId')
  if (url === undefined || !isBitbucketHost(url.host)) {
    const [host, credentialId] = [otherHost(holder.text), credentialElement?.text ?? '']
    return host === undefined || credentialId === '' ? undefined : { host, credentialId }
  }
  return { element: holder, url, ...(credentialElement?.text ? { credentialElement } : {}) }
}

/** How a demand names the place that refers to its credential. */
export type ReferenceTo = (reader: ScmReader) => PlaceRef

/** What a job asks of Bitbucket, and through which credential. */
export function jobDemands(
  sources: readonly XmlElement[],
  { urls, others }: Remotes,
  file: ItemFile,
  referenceTo: ReferenceTo,
): readonly Demand[] {
  const inGit = urls.flatMap((url) => urlDemands(url, file, referenceTo('git')))
  const elsewhere = others.map(({ host, credentialId, by }): Demand => {
    const item = addressPath(file.name)
    return { operation: 'git-fetch', by, of: { kind: 'other host', credentialId, item, host } }
  })
  return [...inGit, ...elsewhere, ...branchSourceDemands(sources, file, referenceTo('branch-source'))]
}

function useOf({ path }: UrlReading, library: string | undefined, file: ItemFile): Use {
  const repository = repositoryOf(path)
  return { operation: 'git-fetch', ...(repository === undefined ? {} : { repository }), by: byName(library, file) }
}

/** `library`: the one that the remote is the source of. */
function byName(library: string | undefined, file: ItemFile): string {
  return library === undefined ? `job ${file.name}` : libraryName(library, file)
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
