import type { XmlElement } from '../../formats/xml.ts'
import type { Detection, PlaceRef } from '../../model/place.ts'
import { keyFilesOf } from '../hudson-secret.ts'
import { isBranchSource } from '../jenkins-scm.ts'
import { isComputed } from './computed.ts'
import { type JobUrl, jobDemands, jobRemotes, type OtherRemote } from './job-remotes.ts'
import { type ItemFile, type JenkinsFile, readingsOf, referencesAddress } from './layout.ts'
import { type CredentialReference, credentialReferences } from './references.ts'
import { everyElement, type StoredCredential, storedCredentials } from './stored-credentials.ts'

/** What stands in a file of a Jenkins home; nothing is opened. */
export interface JenkinsElements {
  /** Absolute path. */
  readonly path: string
  readonly file: JenkinsFile
  readonly root: XmlElement
  /** All of the document, the root first. */
  readonly elements: readonly XmlElement[]
  /** Sources and navigators of Branch Source. */
  readonly sources: readonly XmlElement[]
  readonly credentials: readonly StoredCredential[]
  readonly urls: readonly JobUrl[]
  readonly others: readonly OtherRemote[]
}

export function elementsIn(path: string, file: JenkinsFile, root: XmlElement): JenkinsElements {
  const elements = everyElement(root)
  const sources = elements.filter((element) => isBranchSource(element))
  const remotes = hasRemotes(file, root) ? jobRemotes(root, file) : { urls: [], others: [] }
  return { path, file, root, elements, sources, credentials: storedCredentials(elements, file), ...remotes }
}

/** The reading of a path whose home has keys, or the first one; `undefined`: it is no file of a Jenkins home. */
export function readingOf(path: string, isThere: (path: string) => boolean): JenkinsFile | undefined {
  const readings = readingsOf(path)
  if (readings.length < 2) return readings[0]
  return readings.find(({ home }) => isThere(keyFilesOf(home).masterKey)) ?? readings[0]
}

export function demandsOf({ path, root, sources, urls, others, file }: JenkinsElements): Detection['demands'] {
  if (!hasRemotes(file, root)) return []
  return jobDemands(sources, { urls, others }, file, (reader) => referencePlace(path, referencesAddress(file, reader)))
}

/** What in it can be told to name another credential. */
export function referencesOf({ elements, file, root }: JenkinsElements): readonly CredentialReference[] {
  return hasRemotes(file, root) ? credentialReferences(elements, file) : []
}

function hasRemotes(file: JenkinsFile, root: XmlElement): file is ItemFile {
  return (file.kind === 'item' || file.kind === 'libraries') && !isComputed(root, file)
}

/** The id is for tests; a scan gives its own. */
function referencePlace(path: string, address: string): PlaceRef {
  return { id: `jenkins-home:${address}`, consumer: 'jenkins-home', at: { kind: 'file', path }, address }
}
